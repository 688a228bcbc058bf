"""Columns that a text would read in a branch of its template that was not compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lineage.objects import STAR
from lineage.words import gap_of_branch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lineage.link.segments import Segment
    from lineage.projects import Relation, Unit
    from lineage.words import Gap

_SHOWN: Final = 5  # columns in a message


def gaps_of_branches(
    units: Sequence[Unit], segments: Sequence[Segment], relations: Iterable[Relation]
) -> Iterator[Gap]:
    """A gap for each relation that a text reads, and whose columns such a branch names."""
    columns: dict[str, dict[str, str]] = {}
    if any(unit.uncompiled for unit in units):
        columns = {r.name: {c.name.lower(): c.name for c in r.columns} for r in relations}
    for unit, segment in zip(units, segments, strict=True):
        if unit.uncompiled:
            yield from _gaps(unit, segment, columns)


def _gaps(unit: Unit, segment: Segment, columns: Mapping[str, Mapping[str, str]]) -> Iterator[Gap]:
    read = {name for meant in segment.asked.meanings.values() for name in meant} - {unit.target}
    for relation in sorted(read):
        known = columns.get(relation, {})
        named = [STAR] if STAR in unit.uncompiled else []
        named += [known[word] for word in unit.uncompiled if word in known]
        if named:
            what = ", ".join(f"{relation}.{column}" for column in named[:_SHOWN])
            yield gap_of_branch(what, (relation, unit.target), unit.file)
