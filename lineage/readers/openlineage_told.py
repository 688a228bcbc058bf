"""What an event tells of one flow, in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lineage.masking import MASKED
from lineage.openlineage import Dataset, description_of
from lineage.readers.openlineage_words import Transformation
from lineage.words import GapReason, Transform, TransformSubtype, TransformType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SUBTYPES: Final = {subtype.value: subtype for subtype in TransformSubtype}
FILTERED: Final = Transformation(type="INDIRECT", subtype="FILTER")


class Told(msgspec.Struct, frozen=True):
    """One flow: names of relations and columns; `ROWS` for rows."""

    job: Dataset
    source: tuple[str, str]
    target: tuple[str, str]
    transform: Transform
    description: str = ""
    ambiguous: bool = False


def as_said(flow: Told) -> tuple[tuple[str, str], tuple[str, str], TransformSubtype]:
    """What the standard can say of a flow."""
    return flow.source, flow.target, flow.transform.subtype


def described(details: Sequence[Told], found: Sequence[Told]) -> Iterator[Told]:
    """Our own details with the descriptions of the flows that they are details of."""
    said = {(*as_said(flow), flow.description) for flow in found}
    for detail in details:
        call = description_of(detail.source[1], detail.transform.functions)
        known = (*as_said(detail), call) in said
        yield msgspec.structs.replace(detail, description=call) if known else detail


def transform_of(way: Transformation) -> Transform:
    """A transformation in our words.

    A type that is not INDIRECT may carry the value, and an unknown subtype is the least
    certain of its type. Masking by a function that is not named is `MASKED`.
    """
    functions = (MASKED,) if way.masking else ()
    subtype = _SUBTYPES.get((way.subtype or "").upper())
    if way.type.upper() == TransformType.INDIRECT:
        known = subtype is not None and subtype.type is TransformType.INDIRECT
        return Transform(subtype if known and subtype else TransformSubtype.CONDITIONAL, functions)
    known = subtype is not None and subtype.type is TransformType.DIRECT
    return Transform(subtype if known and subtype else TransformSubtype.TRANSFORMATION, functions)


def reason_of(said: str) -> GapReason:
    """A reason of our own facet; one that we do not know is a statement that is not supported."""
    try:
        return GapReason(said)
    except ValueError:
        return GapReason.UNSUPPORTED


def subtype_of(said: str) -> TransformSubtype:
    """A subtype of our own facet; one that we do not know may carry the value."""
    return _SUBTYPES.get(said.upper(), TransformSubtype.TRANSFORMATION)
