"""Answers: what a tool says about a case, in the words in which cases are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage import GapReason, analyze_sql
from lineage.graph import ROWS
from lineage.projects import RelationKind
from lineage.words import TransformSubtype, TransformType

from .cases import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage import Analysis
    from lineage.graph import Graph

    from .cases import Case


class Made(msgspec.Struct, frozen=True):
    """What one target is made of: three answers, each part of the next.

    `values` are carried over, `named` are all that the expression of the target names
    (conditions and window keys too), `shaping` also decide about its rows.
    """

    target: Name
    values: frozenset[Name]
    named: frozenset[Name]
    shaping: frozenset[Name]


class Answer(msgspec.Struct, frozen=True):
    """Everything that a tool says about a case.

    `stars` are relations of which it says that all columns flow on, without knowing them.
    `predicates` decide which rows there are, None where it does not say. `failure` is why it
    says nothing, or less than all.
    """

    made: tuple[Made, ...] = ()
    stars: tuple[str, ...] = ()
    predicates: frozenset[Name] | None = None
    failure: str = ""


def answer(case: Case) -> Answer:
    """What Fieldgate says."""
    analysis = analyze_sql(case.sql, dialect=case.dialect, schema=case.schema)
    graph = analysis.graph
    finals = list(_finals(graph, _of_scripts(analysis)))
    made = tuple(
        Made(
            (graph.columns[node].relation, graph.columns[node].column),
            _walk(graph, node, only_values=True, through_rows=False),
            _walk(graph, node, only_values=False, through_rows=False),
            _walk(graph, node, only_values=False, through_rows=True),
        )
        for node in finals
    )
    unknown = [g for g in analysis.gaps if g.reason is GapReason.UNRESOLVED_STAR]
    failures = [str(g.message) for g in analysis.gaps if g not in unknown]
    return Answer(
        made,
        tuple(sorted({name for gap in unknown for name in gap.relations})),
        _predicates(analysis, {graph.columns[node].relation for node in finals}),
        "; ".join(failures),
    )


def _of_scripts(analysis: Analysis) -> frozenset[str]:
    """Variables and conditions of procedures: no suite speaks of them."""
    results = (r.name for r in analysis.relations if r.kind is RelationKind.RESULT)
    return frozenset(name for name in results if not name.startswith("result:"))


def _finals(graph: Graph, but: frozenset[str]) -> Iterator[int]:
    """Columns of relations that are written, made into no other's, in the order of mention."""
    for relation in graph.relations():
        nodes = graph.nodes_of(relation)
        if relation not in but and any(graph.incoming(node) for node in nodes):
            columns = [node for node in nodes if graph.columns[node].column != ROWS]
            yield from (node for node in columns if _made_of(graph, node) <= {relation})


def _made_of(graph: Graph, start: int) -> set[str]:
    """The relations whose columns a column is made into, at any number of steps."""
    seen, waiting = {start}, [start]
    while waiting:
        for edge in graph.outgoing(waiting.pop()):
            target = graph.targets[edge]
            if target not in seen and graph.columns[target].column != ROWS:
                seen.add(target)
                waiting.append(target)
    return {graph.columns[n].relation for n in seen if n not in graph.inner}


def _walk(graph: Graph, target: int, *, only_values: bool, through_rows: bool) -> frozenset[Name]:
    """The columns that nothing in the script writes, or the target's own relation's.

    Rows of a relation count as its star where no column does.
    """
    own = graph.columns[target].relation
    seen, waiting, found = {target}, [target], set()
    while waiting:
        for edge in graph.incoming(waiting.pop()):
            source = graph.sources[edge]
            column = graph.columns[source]
            is_value = graph.kind(edge).transform.type is TransformType.DIRECT
            if (only_values and not is_value) or (column.column == ROWS and not through_rows):
                continue
            outer = source not in graph.inner
            if outer and (column.relation == own or not graph.incoming(source)):
                if column.column != ROWS or column.relation != own:
                    found.add((column.relation, column.column))
                if column.column != ROWS:
                    continue
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    return frozenset(found)


def _predicates(analysis: Analysis, finals: set[str]) -> frozenset[Name]:
    """The columns that a filter or a join tests."""
    tested = {TransformSubtype.FILTER, TransformSubtype.JOIN}
    return frozenset(
        (edge.source.relation, edge.source.column)
        for edge in analysis.edges
        if edge.target.relation in finals and edge.transform.subtype in tested
    )
