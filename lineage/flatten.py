"""Edges between relations: the graph with its inner steps composed away.

Composition follows OpenLineage's column-lineage facet 1-2-0: along a path INDIRECT wins (the
one nearest the source), then AGGREGATION over TRANSFORMATION over IDENTITY.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.words import IDENTITY, Column, Edge, Origin, Transform, TransformType
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.graph import Graph

# Where an edge of the graph is written.
OriginOf = Callable[[int], Origin]

# A target has at most this many distinct (column, transform) pairs; beyond it, functions are
# left out of transforms, which keeps every source and every subtype.
MAX_TRANSFORMS = 500
MAX_FUNCTIONS = 24  # of one transform; recursion would add to them for ever

_WEIGHT = {Subtype.IDENTITY: 0, Subtype.TRANSFORMATION: 1, Subtype.AGGREGATION: 2}


def flatten_edges(graph: Graph, origin_of: OriginOf) -> tuple[Edge, ...]:
    """Flows from column to column of relations, sorted, each with the place it starts from."""
    found = (
        edge
        for node, column in enumerate(graph.columns)
        if node not in graph.inner and column.column != ROWS
        for edge in _edges_into(graph, origin_of, node)
    )
    return tuple(sorted(set(found)))


def edges_into(graph: Graph, origin_of: OriginOf, column: Column) -> tuple[Edge, ...]:
    """Flows into one column of a relation; none where nothing mentions it."""
    node = graph.find_sink(column)
    return () if node is None else tuple(sorted(set(_edges_into(graph, origin_of, node))))


def edges_out_of(graph: Graph, origin_of: OriginOf, column: Column) -> tuple[Edge, ...]:
    """Flows out of one column of a relation."""
    node = graph.find_sink(column)
    seen = set() if node is None else {node}
    waiting = list(seen)
    targets: set[int] = set()
    while waiting:
        for edge in graph.outgoing(waiting.pop()):
            target = graph.targets[edge]
            if target in seen:
                continue
            seen.add(target)
            if target in graph.inner or graph.columns[target].column == ROWS:
                waiting.append(target)
            else:
                targets.add(target)
    found = {e for t in targets for e in _edges_into(graph, origin_of, t) if e.source == column}
    return tuple(sorted(found))


def _edges_into(graph: Graph, origin_of: OriginOf, target: int) -> Iterator[Edge]:
    own_rows = graph.find_rows(graph.columns[target].relation)
    for edge, transform, ambiguous in ways_into(graph, target, own_rows):
        source = graph.columns[graph.sources[edge]]
        if source.column != ROWS:
            yield Edge(source, graph.columns[target], transform, origin_of(edge), ambiguous)


def ways_into(
    graph: Graph, target: int, passed: int | None = None
) -> Iterator[tuple[int, Transform, bool]]:
    """Ways into a node from the next nodes before it that are not inner, nor `passed`.

    Each is the edge of the graph that it starts with, its transform as a whole, and whether
    any name on it could have meant several columns.
    """
    seen = {(target, IDENTITY)}
    stack: list[tuple[int, Transform, bool]] = [(target, IDENTITY, False)]
    while stack:
        node, transform, ambiguous = stack.pop()
        for edge in graph.incoming(node):
            source = graph.sources[edge]
            composed = compose(graph.kind(edge).transform, transform)
            if len(seen) > MAX_TRANSFORMS:
                composed = Transform(composed.subtype)
            doubtful = ambiguous or edge in graph.sites.ambiguous
            if source not in graph.inner and source != passed:
                yield edge, composed, doubtful
            elif (source, composed) not in seen:
                seen.add((source, composed))
                stack.append((source, composed, doubtful))


def compose(inner: Transform, outer: Transform) -> Transform:
    """The transform of a path: `inner` is nearer the source, `outer` what follows it."""
    if inner.type is TransformType.INDIRECT:
        return inner  # what is done to the influenced value no longer touches the source's
    functions = _joined(inner.functions, outer.functions)
    if outer.type is TransformType.INDIRECT:
        return Transform(outer.subtype, functions)
    return Transform(max(inner.subtype, outer.subtype, key=_WEIGHT.__getitem__), functions)


def _joined(inner: tuple[str, ...], outer: tuple[str, ...]) -> tuple[str, ...]:
    if inner and outer[:1] == inner[-1:]:
        outer = outer[1:]
    return (inner + outer)[:MAX_FUNCTIONS]
