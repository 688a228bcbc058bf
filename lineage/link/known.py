"""The relations of a project as they are known once it is linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.analysis import locate
from lineage.graph import ROWS
from lineage.link.joining import numbered
from lineage.link.segments import RESULT
from lineage.objects import PROCEDURE
from lineage.projects import DeclaredColumn, Fact, Relation, RelationKind
from lineage.words import Origin

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from lineage.link.relations import Relations
    from lineage.link.segments import Segment
    from lineage.projects import Project, Unit
    from lineage.words import Remark

_NOWHERE = Origin("", 0, 0)


def known_relations(
    project: Project,
    relations: Relations,
    columns: Mapping[str, Iterable[str]],
    segments: Sequence[Segment],
) -> tuple[Relation, ...]:
    """Every relation by name: declared ones with the columns that SQL adds, then the others.

    `columns` are those that the graph has, by relation.
    """
    declared = {relation.name: relation for relation in project.relations}
    first = _first_named(project.units, segments, declared, columns)
    complete = _complete(relations, segments)
    found = []
    for name in sorted({*columns, *relations.interfaces, *declared}):
        interface = relations.interface(name)
        names = dict.fromkeys((*interface.columns, *interface.aside))
        names.update(dict.fromkeys(columns.get(name, ())))
        names.pop(ROWS, None)
        known = declared.get(name)
        if known is None:
            known = Relation(
                name=name,
                kind=relations.kinds.get(name) or _kind_of(name),
                origin=first.get(name, _NOWHERE),
                columns=tuple(map(DeclaredColumn, names)),
                complete=name in complete,
            )
        else:
            have = {column.name for column in known.columns}
            more = tuple(DeclaredColumn(column) for column in names if column not in have)
            known = replace(known, columns=known.columns + more, complete=name in complete)
        found.append(known)
    return tuple(found)


def _first_named(
    units: Sequence[Unit],
    segments: Sequence[Segment],
    declared: Container[str],
    names: Iterable[str],
) -> dict[str, Origin]:
    """Where each relation that is not declared is first named."""
    first: dict[str, tuple[int, int]] = {}
    for unit, segment in enumerate(segments):
        for name, offset in segment.named:
            if name not in declared:
                first.setdefault(name, (unit, offset))
    for name, place in _in_places(names, segments):
        first.setdefault(name, place)
    return {name: locate(units[unit], offset) for name, (unit, offset) in first.items()}


def _in_places(
    names: Iterable[str], segments: Sequence[Segment]
) -> Iterator[tuple[str, tuple[int, int]]]:
    """What lies in a place that some text gives a stage, schema or catalog, and where it does."""
    places = {
        address.rstrip("/."): (unit, offset)
        for unit, segment in enumerate(segments)
        for _place, address, offset in segment.places
    }
    begins = tuple(places)
    for name in names if begins else ():
        if name.startswith(begins):
            yield name, places[max((b for b in begins if name.startswith(b)), key=len)]


def _complete(relations: Relations, segments: Sequence[Segment]) -> set[str]:
    """The relations all of whose columns are known."""
    complete = {name for name, known in relations.interfaces.items() if known.complete}
    results = 0
    for segment in segments:
        complete |= {numbered(n, results) for n, k in segment.known.items() if k.complete}
        results += segment.results
    return complete


def _kind_of(name: str) -> RelationKind:
    if name.startswith((RESULT, PROCEDURE)):
        return RelationKind.RESULT
    outside = name.startswith(("@", "program:")) or "://" in name or "/" in name
    return RelationKind.EXTERNAL if outside else RelationKind.TABLE


def with_remarks(
    relations: tuple[Relation, ...], remarks: Iterable[Remark]
) -> tuple[Relation, ...]:
    """Relations with what DDL says of them and of their columns, as facts."""
    said: dict[str, dict[str, set[Fact]]] = {}
    for remark in remarks:
        facts = said.setdefault(remark.relation, {}).setdefault(remark.column, set())
        facts.add(Fact(remark.key, remark.value))
    if not said:
        return relations
    return tuple(
        _remarked(known, said[known.name]) if known.name in said else known for known in relations
    )


def _remarked(relation: Relation, said: dict[str, set[Fact]]) -> Relation:
    columns = [
        replace(column, facts=_added(column.facts, said[column.name]))
        if column.name in said
        else column
        for column in relation.columns
    ]
    facts = _added(relation.facts, said.get("", set()))
    return replace(relation, columns=tuple(columns), facts=facts)


def _added(facts: tuple[Fact, ...], more: set[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted({*facts, *more}))
