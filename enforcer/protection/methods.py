"""What happens to the protection of a value as functions are applied to it, one after another.

Two laws hold everywhere. A protection once won is only lost to its own inverse:
`left(sha2(x), 8)` is still hashed, `decode(encode(x))` is clear again. And what is not
known protects nothing: an unknown function passes its argument on as it is, and so does a
known one whose arguments may let it keep everything.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.protection.variants import (
    CAP90,
    KEY_BESIDE,
    PART,
    WHOLE,
    ZIP3,
    Variant,
    rung,
)
from enforcer.words import Protection

if TYPE_CHECKING:
    from collections.abc import Callable


class Effect(StrEnum):
    """What a function does to a value. `mirror` is an encoding that undoes itself."""

    KEEP = "keep"
    ENCODE = "encode"
    DECODE = "decode"
    MIRROR = "mirror"
    ENCRYPT = "encrypt"
    DECRYPT = "decrypt"
    TRUNCATE = "truncate"
    GENERALISE = "generalise"
    PERTURB = "perturb"
    HASH = "hash"
    KEY = "key"
    TOKENISE = "tokenise"
    DETOKENISE = "detokenise"
    ERASE = "erase"
    COUNT = "count"
    TOTAL = "total"


class Act(msgspec.Struct, frozen=True):
    """One application of a function: its effect, and the detail that its arguments decide.

    `narrow` tells of a cut that is as short at either end, as of a value read backwards.
    """

    effect: Effect = Effect.KEEP
    detail: str = ""
    narrow: bool = False


KEEP: Final = Act()
CLEAR: Final = Variant(Protection.CLEAR)
_ENCODED: Final = Variant(Protection.ENCODED)
_ENCRYPTED: Final = Variant(Protection.ENCRYPTED)
_OPEN_SECRET: Final = Variant(Protection.ENCODED, KEY_BESIDE)
_OF_GROUPS: Final = frozenset({Effect.COUNT, Effect.TOTAL})
# What leaves enough of a hash for all values to be tried against it.
_STILL_TRIED: Final = frozenset(
    {Effect.KEEP, Effect.HASH, Effect.TRUNCATE, Effect.ENCODE, Effect.MIRROR}
)


def protect(before: Variant, act: Act, *, enumerable: bool, grouped: bool) -> Variant:
    """The protection of a value after one function.

    `enumerable` says that all values of the category can be tried, so that a hash without
    a key hides nothing, nor does a part of it: such a hash stays `hashed` here, so that what
    comes later knows it for one, and is clear where it arrives. `grouped` says that at least
    k subjects are in the group that is counted or totalled; without it a total may be one
    person's value, and a count still tells that there is a value.
    """
    if grouped and act.effect in _OF_GROUPS:
        return _raised(before, Variant(Protection.AGGREGATED))
    if enumerable and act.effect is Effect.HASH and _is_partial(before):
        return before
    if enumerable and before.protection is Protection.HASHED and act.effect not in _STILL_TRIED:
        before = Variant(Protection.CLEAR, PART)
    return _AFTER[act.effect](before, act)


def _is_partial(variant: Variant) -> bool:
    """More than an encoding lies over the value, so that a hash does not make it easier."""
    return rung(variant.protection) > rung(Protection.ENCODED)


def _raised(before: Variant, to: Variant) -> Variant:
    """The higher of two rungs; on the same one what is known for certain of both."""
    if to.protection is not before.protection:
        return max(before, to, key=lambda variant: rung(variant.protection))
    if to.detail == KEY_BESIDE or (to.protection is Protection.GENERALISED and not before.detail):
        return to
    return before


def _part_of(before: Variant) -> str:
    """The detail of something reversible that is made of a value, which may be a part only."""
    return PART if before.detail == PART else ""


def _kept(before: Variant, act: Act) -> Variant:
    if act.detail == PART and before.protection in (Protection.CLEAR, Protection.ENCODED):
        return before if before.detail == KEY_BESIDE else Variant(before.protection, PART)
    return Variant(Protection.CLEAR, CAP90) if act.detail == CAP90 and before == CLEAR else before


def _encoded(before: Variant, act: Act) -> Variant:
    return _raised(before, Variant(Protection.ENCODED, act.detail or _part_of(before)))


def _decoded(before: Variant, _act: Act) -> Variant:
    return _opened(before) if before.protection is Protection.ENCODED else before


def _opened(before: Variant) -> Variant:
    """What was encoded or encrypted is clear again; how much of it there was may be unknown."""
    return Variant(Protection.CLEAR, PART) if before.detail in (PART, KEY_BESIDE) else CLEAR


def _mirrored(before: Variant, act: Act) -> Variant:
    if before.protection is Protection.ENCODED and before.detail != KEY_BESIDE:
        return _opened(before)
    return _encoded(before, Act(act.effect))


def _encrypted(before: Variant, _act: Act) -> Variant:
    return _raised(before, Variant(Protection.ENCRYPTED, _part_of(before)))


def _decrypted(before: Variant, _act: Act) -> Variant:
    secret = before.protection is Protection.ENCRYPTED or before == _OPEN_SECRET
    return _opened(before) if secret else before


def _truncated(before: Variant, act: Act) -> Variant:
    """A cut counts at an end of the value itself, or at both of one that is encoded."""
    if before.protection is Protection.ENCRYPTED or before.detail == KEY_BESIDE:
        return before
    if before.detail == PART or (before.protection is Protection.ENCODED and not act.narrow):
        return _kept(before, Act(detail=PART))
    if act.detail == ZIP3:
        return _raised(before, Variant(Protection.GENERALISED, ZIP3))
    return _raised(before, Variant(Protection.TRUNCATED, act.detail))


def _partly(protection: Protection) -> Callable[[Variant, Act], Variant]:
    def after(before: Variant, act: Act) -> Variant:
        if before.protection is Protection.ENCRYPTED:
            return before
        detail = act.detail if protection is Protection.GENERALISED else ""
        return _raised(before, Variant(protection, detail))

    return after


def _to(protection: Protection) -> Callable[[Variant, Act], Variant]:
    def after(before: Variant, act: Act) -> Variant:
        return _raised(before, Variant(protection, act.detail))

    return after


def _keyed(before: Variant, _act: Act) -> Variant:
    whole = before in (CLEAR, _ENCODED, _ENCRYPTED)
    return _raised(before, Variant(Protection.KEYED, WHOLE if whole else ""))


def _detokenised(before: Variant, _act: Act) -> Variant:
    if before.protection is Protection.SURROGATE:
        return Variant(Protection.CLEAR, PART)
    return _decrypted(before, _act)


_AFTER: Final[dict[Effect, Callable[[Variant, Act], Variant]]] = {
    Effect.KEEP: _kept,
    Effect.ENCODE: _encoded,
    Effect.DECODE: _decoded,
    Effect.MIRROR: _mirrored,
    Effect.ENCRYPT: _encrypted,
    Effect.DECRYPT: _decrypted,
    Effect.TRUNCATE: _truncated,
    Effect.GENERALISE: _partly(Protection.GENERALISED),
    Effect.PERTURB: _partly(Protection.PERTURBED),
    Effect.HASH: _to(Protection.HASHED),
    Effect.KEY: _keyed,
    Effect.TOKENISE: _to(Protection.SURROGATE),
    Effect.DETOKENISE: _detokenised,
    Effect.ERASE: _to(Protection.CONSTANT),
    Effect.COUNT: _partly(Protection.GENERALISED),
    Effect.TOTAL: lambda before, _act: before,
}
