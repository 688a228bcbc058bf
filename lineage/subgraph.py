"""The graph as it is shown and exchanged: flows from relation to relation, or some of them.

Inner steps are composed away as in `Analysis.edges`, but rows stay: the column `ROWS` of a
relation stands for which rows it has. What filters them flows there, and from there to each
column, so nothing is lost and a hundred columns under five filters are a hundred and five
flows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.collector import paused
from lineage.fields import wholes_of
from lineage.flows import Flow, Flows
from lineage.projects import Relation
from lineage.words import (
    Column,
    Delete,
    Gap,
    Grant,
    Guard,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.analysis import Analysis


class Subgraph(msgspec.Struct, frozen=True, kw_only=True):
    """Flows, each list sorted, and all that is known beside them.

    `focus` are the columns that were asked about, empty for a whole project; `upstream` and
    `downstream` say in which directions they were followed. `statements`
    counts what there was to analyse in the project and `opaque` how many have a gap.
    """

    flows: tuple[Flow, ...]
    relations: tuple[Relation, ...]
    focus: tuple[Column, ...] = ()
    upstream: bool = True
    downstream: bool = True
    grants: tuple[Grant, ...] = ()
    deletes: tuple[Delete, ...] = ()
    guards: tuple[Guard, ...] = ()
    gaps: tuple[Gap, ...] = ()
    statements: int = 0
    opaque: int = 0


def whole(analysis: Analysis, *, direct: bool = False) -> Subgraph:
    """All flows of an analysis; with `direct` only those that carry a value."""
    graph = analysis.graph
    with paused():
        flows = Flows(analysis, direct=direct)
        found = [
            flow
            for node in range(len(graph.columns))
            if node not in graph.inner
            for flow in flows.into(node)
        ]
        return _subgraph(analysis, found, analysis.relations, ())


def around(
    analysis: Analysis,
    columns: Iterable[Column],
    *,
    upstream: bool = True,
    downstream: bool = True,
    depth: int | None = None,
    direct: bool = False,
) -> Subgraph:
    """The flows into and out of columns, `depth` relations far or as far as they go.

    With `direct` only those that carry the value. Gaps are those of the whole project: what
    was not analysed may hold further flows. Columns that nothing mentions have no flows.
    """
    graph = analysis.graph
    nodes = {column: graph.find_sink(column) for column in columns}
    focus = tuple(sorted({c if n is None else graph.columns[n] for c, n in nodes.items()}))
    flows = Flows(analysis, direct=direct)
    found: set[Flow] = set()
    if upstream:
        found |= flows.reached(_ends(analysis, focus), depth, backwards=True)
    if downstream:
        found |= flows.reached(_starts(analysis, focus), depth, backwards=False)
    names = {c.relation for flow in found for c in (flow.edge.source, flow.edge.target)}
    names |= {column.relation for column in focus}
    relations = [relation for relation in analysis.relations if relation.name in names]
    part = _subgraph(analysis, found, relations, focus)
    return msgspec.structs.replace(part, upstream=upstream, downstream=downstream)


def _ends(analysis: Analysis, columns: Iterable[Column]) -> list[int]:
    """Where all that flows into columns arrives."""
    return [n for n in map(analysis.graph.find_sink, columns) if n is not None]


def _starts(analysis: Analysis, columns: Iterable[Column]) -> list[int]:
    """Where values of columns flow on: from their fields, and from what they are fields of."""
    graph = analysis.graph
    found: dict[int, None] = {}
    for column in columns:
        whole = (graph.find_sink(part) for part in wholes_of(column))
        nodes = [n for n in (graph.find_sink(column), *whole) if n is not None]
        inside = graph.fields_of(nodes[0]) if nodes else ()
        found.update(dict.fromkeys((*nodes, *inside)))
    return list(found)


def _subgraph(
    analysis: Analysis,
    flows: Iterable[Flow],
    relations: Iterable[Relation],
    focus: tuple[Column, ...],
) -> Subgraph:
    kept = tuple(sorted(relations, key=lambda relation: relation.name))
    names = {relation.name for relation in kept}
    return Subgraph(
        flows=tuple(sorted(set(flows))),
        relations=kept,
        focus=focus,
        grants=tuple(grant for grant in analysis.grants if grant.relation in names),
        deletes=tuple(delete for delete in analysis.deletes if delete.relation in names),
        guards=tuple(guard for guard in analysis.guards if guard.relation in names),
        gaps=analysis.gaps,
        statements=analysis.statements,
        opaque=analysis.opaque,
    )
