"""Variants: each protection with the details that laws tell apart, and what rules call them.

A detail is only ever a better or a worse kind of the same protection: `truncated:6x4`,
`keyed:whole`. Two belong to values in the clear: a value of which only a part is left that
may be nearly all of it, and one that is cut off at ninety (`generalised:cap90`), which
most people's values never reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.words import Method, Protection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enforcer.rules import Accepts

PART: Final = "part"
KEY_BESIDE: Final = "key_beside"
WHOLE: Final = "whole"
CAP90: Final = "cap90"
BIN_LAST4: Final = "bin_last4"
SIX_BY_FOUR: Final = "6x4"
YEAR: Final = "year"
ZIP3: Final = "zip3"

LADDER: Final = tuple(Protection)


class Variant(msgspec.Struct, frozen=True):
    """A protection with its detail, empty where nothing is to be told."""

    protection: Protection
    detail: str = ""

    def __str__(self) -> str:
        if self.detail == CAP90:
            return Method.GENERALISED_CAP90
        return f"{self.protection}:{self.detail}" if self.detail else self.protection


_DETAILS: Final = {
    Protection.CLEAR: ("", KEY_BESIDE, PART, CAP90),
    Protection.ENCODED: ("", KEY_BESIDE, PART),
    Protection.ENCRYPTED: ("", PART),
    Protection.TRUNCATED: ("", BIN_LAST4, SIX_BY_FOUR),
    Protection.GENERALISED: ("", ZIP3, YEAR),
    Protection.HASHED: ("", KEY_BESIDE),
    Protection.KEYED: ("", WHOLE),
}
# Weakest first. What a clear value and a hash may both be stands in the same order.
VARIANTS: Final = tuple(
    Variant(protection, detail)
    for protection in LADDER
    for detail in _DETAILS.get(protection, ("",))
)
NUMBERS: Final = {variant: number for number, variant in enumerate(VARIANTS)}
_RUNGS: Final = {protection: number for number, protection in enumerate(LADDER)}


def rung(protection: Protection) -> int:
    """How high on the ladder: 0 is clear."""
    return _RUNGS[protection]


def _meant(method: Method) -> frozenset[Variant]:
    """The variants that a rule means by a name."""
    special = {
        Method.ENCRYPTED_FIELD: (Protection.ENCRYPTED, ("", PART)),
        Method.TRUNCATED_BIN_LAST4: (Protection.TRUNCATED, (BIN_LAST4, SIX_BY_FOUR)),
        Method.GENERALISED_CAP90: (Protection.CLEAR, (CAP90,)),
    }
    name, _, detail = method.partition(":")
    protection, details = special.get(method, (Protection(name), (detail,)))
    return frozenset(
        variant
        for variant in VARIANTS
        if variant.protection is protection and (details == ("",) or variant.detail in details)
    )


MEANT: Final = {method: _meant(method) for method in Method}


def accepts(accepted: Accepts | None, variant: Variant) -> bool:
    """True when data under that protection may pass; nothing but a constant may by default."""
    if variant.protection is Protection.CONSTANT:
        return True
    if accepted is None or any(variant in MEANT[method] for method in accepted.refuse):
        return False
    if accepted.at_least is not None and rung(variant.protection) >= rung(accepted.at_least):
        return True
    return any(variant in MEANT[method] for method in accepted.accept)


def refused(accepted: Accepts | None, variants: Iterable[Variant]) -> tuple[Variant, ...]:
    """Those of the variants that are not accepted, weakest first."""
    found = {variant for variant in variants if not accepts(accepted, variant)}
    return tuple(sorted(found, key=NUMBERS.__getitem__))


def protections_of(variants: Iterable[Variant]) -> tuple[Protection, ...]:
    """The protections without their details, weakest first."""
    return tuple(sorted({variant.protection for variant in variants}, key=rung))
