"""Segments in the words of lineage: gaps, grants, deletes and remarks, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lineage.analysis import locate
from lineage.link.joining import numbered
from lineage.words import SHARE, Delete, Gap, GapReason, Grant, Remark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lineage.link.segments import Segment
    from lineage.projects import Unit


class Telling(NamedTuple):
    """A segment, the text it is of, and how many bare queries stand in the texts before it."""

    unit: Unit
    segment: Segment
    results: int


def tellings(units: Sequence[Unit], segments: Sequence[Segment]) -> Iterator[Telling]:
    """Each text with its segment."""
    results = 0
    for unit, segment in zip(units, segments, strict=True):
        yield Telling(unit, segment, results)
        results += segment.results


def gaps_of(told: Iterable[Telling]) -> Iterator[Gap]:
    """What the texts leave open."""
    for unit, segment, results in told:
        for note in segment.notes:
            touched = tuple(numbered(name, results) for name in note.relations)
            yield Gap(note.reason, note.message, touched, locate(unit, note.offset))


def unknown_shares(grants: Sequence[Grant]) -> Iterator[Gap]:
    """Shares that somebody may see, and no text says what is in them."""
    known = {grant.principal for grant in grants if grant.kind == "share"}
    for grant in grants:
        share = grant.relation.removeprefix(SHARE)
        if share != grant.relation and share not in known:
            who, reason = grant.principal, GapReason.UNRESOLVED_NAME
            message = f"what is in the share `{share}`, which {who} may see, is not known"
            yield Gap(reason, message, (), grant.origin)


def grants_of(told: Iterable[Telling]) -> Iterator[Grant]:
    """The privileges that the texts give."""
    for unit, segment, _results in told:
        for given in segment.permitted:
            where = locate(unit, given.offset)
            yield Grant(given.relation, given.principal, given.kind, given.privileges, where)


def deletes_of(told: Iterable[Telling]) -> Iterator[Delete]:
    """The rows that the texts remove."""
    for unit, segment, _results in told:
        for removed in (r for r in segment.removed if not r.hides):
            where = locate(unit, removed.offset)
            yield Delete(removed.relation, removed.columns, removed.reads, where)


def remarks_of(told: Iterable[Telling]) -> Iterator[Remark]:
    """What the texts say of relations and columns."""
    for unit, segment, _results in told:
        for said in segment.remarked:
            where = locate(unit, said.offset)
            yield Remark(said.relation, said.column, said.key, said.value, where)


def stars_of(segments: Sequence[Segment]) -> frozenset[tuple[int, int]]:
    """Where the texts take all columns of something, by unit and offset."""
    return frozenset((unit, at) for unit, segment in enumerate(segments) for at in segment.stars)


def unions_of(segments: Sequence[Segment]) -> frozenset[tuple[int, int]]:
    """Where the texts pass columns on by their position."""
    return frozenset((unit, at) for unit, segment in enumerate(segments) for at in segment.unions)
