"""The relations of a project as they are known once it is linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.analysis import locate
from lineage.graph import ROWS
from lineage.link.joining import numbered
from lineage.link.segments import RESULT
from lineage.projects import DeclaredColumn, Fact, Relation, RelationKind
from lineage.words import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lineage.graph import Graph
    from lineage.link.relations import Relations
    from lineage.link.segments import Segment
    from lineage.projects import Project
    from lineage.words import Remark


def known_relations(
    project: Project, relations: Relations, graph: Graph, segments: Sequence[Segment]
) -> tuple[Relation, ...]:
    """Every relation by name: declared ones with the columns that SQL adds, then the others."""
    declared = {relation.name: relation for relation in project.relations}
    seen: dict[str, tuple[int, int]] = {}
    complete = {name for name, known in relations.interfaces.items() if known.complete}
    results = 0
    for unit, segment in enumerate(segments):
        for name, offset in segment.named:
            seen.setdefault(name, (unit, offset))
        complete |= {numbered(n, results) for n, k in segment.known.items() if k.complete}
        results += segment.results
    found = []
    for name in sorted({*graph.relations(), *relations.interfaces, *declared}):
        known = declared.get(name)
        if known is None:
            kind = relations.kinds.get(name) or _kind_of(name)
            known = Relation(name=name, kind=kind, origin=_origin(project, seen.get(name)))
        have = {column.name for column in known.columns} | {ROWS}
        in_order = relations.interface(name).columns
        mentioned = (graph.columns[node].column for node in graph.nodes_of(name))
        names = dict.fromkeys((*in_order, *mentioned))
        more = tuple(DeclaredColumn(column) for column in names if column not in have)
        found.append(replace(known, columns=known.columns + more, complete=name in complete))
    return tuple(found)


def _kind_of(name: str) -> RelationKind:
    if name.startswith(RESULT):
        return RelationKind.RESULT
    outside = name.startswith(("@", "program:")) or "://" in name or "/" in name
    return RelationKind.EXTERNAL if outside else RelationKind.TABLE


def _origin(project: Project, seen: tuple[int, int] | None) -> Origin:
    if seen is None:
        return Origin("", 0, 0)
    unit = project.units[seen[0]]
    return locate(unit, seen[1])


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
