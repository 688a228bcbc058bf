"""What a function does to the protection of a value, and how that composes along a path.

Two laws hold everywhere. A protection once won is only lost to its own inverse:
`left(sha2(x), 8)` is still hashed, `decode(encode(x))` is clear again. And what is not
known protects nothing: an unknown function passes its argument on as it is.

Functions are known by name only. `left(email, 200)` therefore counts as truncated; a
function that commonly returns the whole value (`regexp_replace`, `replace`, `trim`, `round`
of an amount to its cents) is not in the registry for that reason.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from enforcer.protection.functions import FUNCTIONS
from enforcer.words import Method, Protection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enforcer.rules import Accepts

LADDER: Final = tuple(Protection)


class Effect(StrEnum):
    """What a function does to a value."""

    KEEP = "keep"
    ENCODE = "encode"
    DECODE = "decode"
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


_RAISES: Final = {
    Effect.ENCODE: Protection.ENCODED,
    Effect.ENCRYPT: Protection.ENCRYPTED,
    Effect.HASH: Protection.HASHED,
    Effect.KEY: Protection.KEYED,
    Effect.TOKENISE: Protection.SURROGATE,
    Effect.ERASE: Protection.CONSTANT,
}
_PARTIAL: Final = {
    Effect.TRUNCATE: Protection.TRUNCATED,
    Effect.GENERALISE: Protection.GENERALISED,
    Effect.PERTURB: Protection.PERTURBED,
    Effect.COUNT: Protection.GENERALISED,
}
_UNDOES: Final = {
    Effect.DECODE: frozenset({Protection.ENCODED}),
    Effect.DECRYPT: frozenset({Protection.ENCRYPTED}),
    Effect.DETOKENISE: frozenset({Protection.SURROGATE, Protection.ENCRYPTED}),
}


# What leaves enough of a hash for all values to be tried against it.
_STILL_TRIED: Final = frozenset({Effect.KEEP, Effect.HASH, Effect.TRUNCATE, Effect.ENCODE})


def effect_of(function: str, own: Mapping[str, Effect] | None = None) -> Effect:
    """What the function of that canonical name does; `KEEP` for one that is not known.

    Underscores do not count, so `to_base64` and `tobase64` are one. A qualified name is
    only known if the registry has it whole: `someone.sha2` is not `sha2`. `own` are the
    project's functions, by name in lower case, and come first.
    """
    name = function.lower()
    if own and name in own:
        return own[name]
    return _REGISTRY.get(name.replace("_", ""), Effect.KEEP)


_REGISTRY: Final = {
    name.replace("_", ""): Effect(effect) for effect, names in FUNCTIONS for name in names.split()
}


def protect(
    protection: Protection, effect: Effect, *, enumerable: bool, grouped: bool
) -> Protection:
    """The protection of a value after one function.

    `enumerable` says that all values of the category can be tried, so that a hash without
    a key hides nothing, nor does a part of it: such a hash stays `hashed` here, so that what
    comes later knows it for one, and is clear where it arrives. `grouped` says that at least
    k subjects are in the group that is counted or totalled; without it a total may be one
    person's value, and a count still tells that there is a value.
    """
    if protection in _UNDOES.get(effect, ()):
        return Protection.CLEAR
    if grouped and effect in (Effect.COUNT, Effect.TOTAL):
        return max(protection, Protection.AGGREGATED, key=rung)
    if enumerable and effect is Effect.HASH and rung(protection) > rung(Protection.ENCODED):
        return protection
    if enumerable and protection is Protection.HASHED and effect not in _STILL_TRIED:
        protection = Protection.CLEAR
    if effect in _PARTIAL and protection is not Protection.ENCRYPTED:
        return max(protection, _PARTIAL[effect], key=rung)
    return max(protection, _RAISES.get(effect, protection), key=rung)


def rung(protection: Protection) -> int:
    """How high on the ladder: 0 is clear."""
    return _RUNGS[protection]


_RUNGS: Final = {protection: number for number, protection in enumerate(LADDER)}


def is_hash(functions: Iterable[str]) -> bool:
    """True when a hash without a key is among the functions."""
    return any(effect_of(function) is Effect.HASH for function in functions)


def accepts(accepted: Accepts | None, protection: Protection) -> bool:
    """True when data under that protection may pass; nothing but a constant may by default."""
    if protection is Protection.CONSTANT:
        return True
    if accepted is None or Method(protection) in accepted.refuse:
        return False
    if accepted.at_least is not None and rung(protection) >= rung(accepted.at_least):
        return True
    return Method(protection) in accepted.accept


def refused(accepted: Accepts | None, protections: Sequence[Protection]) -> tuple[Protection, ...]:
    """Those of the protections that are not accepted, weakest first."""
    return tuple(sorted((p for p in protections if not accepts(accepted, p)), key=rung))
