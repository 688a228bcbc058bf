"""Weighing what speaks for a label: a column's name, its declared type, its seed values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.classify.proposal import Confidence, Reason
from enforcer.classify.types import contradicts, family_of, supports
from enforcer.taxonomy import NONE
from enforcer.value_kinds import ValueKind
from enforcer.values import KINDS, Needs
from enforcer.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.classify.cells import Cells
    from enforcer.column_names import Hinted
    from enforcer.taxonomy import Taxonomy
    from enforcer.words import Message

_SHORT: Final = 3
# Short words that mean nothing else.
_CLEAR: Final = frozenset(
    {"age", "bsn", "cpf", "cvc", "cvv", "dni", "dob", "fax", "ip", "sex", "ssn", "zip"}
)
_SURE: Final = 0.9
_SEVERAL: Final = 3
_ENOUGH: Final = 5  # values of which none is what the name suggests
# Whose values nearly all have a form that is known; numbers of people differ by country.
_WELL_KNOWN: Final = frozenset(
    {ValueKind.EMAIL, ValueKind.PAN, ValueKind.IBAN, ValueKind.IP, ValueKind.MAC, ValueKind.IMEI}
)


class Weighed(msgspec.Struct, frozen=True):
    """What a column most likely is, how sure that is, and why."""

    categories: tuple[str, ...]
    confidence: Confidence
    reasons: tuple[Reason, ...]


def weigh(
    hinted: Hinted | None, declared: str, cells: Cells | None, taxonomy: Taxonomy
) -> Weighed | None:
    """What a column is by what its name hints, its declared type and its values; None if nothing.

    Values that pass a check outweigh the name. Without any the name says it, a type that it
    does not fit makes it less sure, and one that tells whether makes it nothing.
    """
    found = cells.likely() if cells is not None else None
    if cells is not None and found is not None:
        kind = KINDS[found[0]]
        related = hinted is not None and _related(hinted.category, kind.categories, taxonomy)
        if hinted is None or related or kind.category != NONE:
            return _by_values(hinted if related else None, cells, found, taxonomy)
    if hinted is None:
        return None
    return _by_name(hinted, declared, cells)


def doubted(weighed: Weighed, why: Message) -> Weighed:
    """The same, less sure for another reason."""
    reasons = (*weighed.reasons, Reason("name", why))
    return Weighed(weighed.categories, Confidence.LOW, reasons)


def _by_values(
    hinted: Hinted | None,
    cells: Cells,
    found: tuple[ValueKind, int],
    taxonomy: Taxonomy,
) -> Weighed | None:
    kind, count = found
    categories = KINDS[kind].categories
    if categories == (NONE,):
        return None
    reasons = [_of_values(cells, found)]
    if hinted is not None:
        reasons.insert(0, _of_name(hinted))
        if taxonomy.covers(categories[0], hinted.category):
            categories = (hinted.category, *categories[1:])
    alone = KINDS[kind].needs is Needs.NOTHING
    sure = cells.share_of(kind) >= _SURE and count >= _SEVERAL
    high = sure and (alone or hinted is not None)
    confidence = Confidence.HIGH if high else Confidence.MEDIUM
    return Weighed(categories, confidence, tuple(reasons))


def _by_name(hinted: Hinted, declared: str, cells: Cells | None) -> Weighed | None:
    category, family = hinted.category, family_of(declared)
    reasons, confidence = [_of_name(hinted)], Confidence.MEDIUM
    if family == "boolean":
        return None
    if hinted.phrase.isascii() and len(hinted.phrase) <= _SHORT and hinted.phrase not in _CLEAR:
        confidence = Confidence.LOW
    if supports(family, category):
        confidence = Confidence.HIGH
        reasons.append(Reason("type", say("proposed-type-fits", type=declared)))
    elif contradicts(family, category):
        confidence = Confidence.LOW
        reasons.append(Reason("type", say("proposed-type-misfits", type=declared)))
    if cells is not None and cells.count:
        confidence = _with_values(category, cells, reasons, confidence)
    return Weighed((category,), confidence, tuple(reasons))


def _with_values(
    category: str, cells: Cells, reasons: list[Reason], confidence: Confidence
) -> Confidence:
    """How sure a name is in view of values that do not tell by themselves; adds the reason."""
    found = cells.supporting((category,))
    if found is not None:
        reasons.append(_of_values(cells, found))
        return Confidence.HIGH
    digests = cells.share_of(ValueKind.DIGEST)
    if digests >= _SURE:
        reasons.append(Reason("values", say("proposed-digests")))
        return Confidence.LOW
    told = next((kind for kind in _WELL_KNOWN if KINDS[kind].category == category), None)
    if told and cells.count >= _ENOUGH and not _any_passes(category, cells):
        missed = say("proposed-no-value", all=cells.count, kind=say(f"value-{told}"))
        reasons.append(Reason("values", missed))
        return Confidence.LOW
    return confidence


def _any_passes(category: str, cells: Cells) -> bool:
    return any(category in KINDS[kind].categories for kind, _count in cells.passed)


def _of_name(hinted: Hinted) -> Reason:
    return Reason("name", say("proposed-name", phrase=hinted.phrase))


def _of_values(cells: Cells, found: tuple[ValueKind, int]) -> Reason:
    kind, count = found
    words = say(f"value-{kind}")
    passed = say("proposed-values", number=count, all=cells.count, kind=words)
    return Reason("values", passed)


def _related(category: str, others: Sequence[str], taxonomy: Taxonomy) -> bool:
    return any(taxonomy.covers(category, one) or taxonomy.covers(one, category) for one in others)
