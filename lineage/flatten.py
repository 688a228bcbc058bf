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
    ways = Ways(graph)
    found = (
        edge
        for node, column in enumerate(graph.columns)
        if node not in graph.inner and column.column != ROWS
        for edge in _edges_into(ways, origin_of, node)
    )
    return tuple(sorted(set(found)))


def edges_into(graph: Graph, origin_of: OriginOf, column: Column) -> tuple[Edge, ...]:
    """Flows into one column of a relation; none where nothing mentions it."""
    node = graph.find_sink(column)
    return () if node is None else tuple(sorted(set(_edges_into(Ways(graph), origin_of, node))))


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
    ways = Ways(graph)
    found = {e for t in targets for e in _edges_into(ways, origin_of, t) if e.source == column}
    return tuple(sorted(found))


def _edges_into(ways: Ways, origin_of: OriginOf, target: int) -> Iterator[Edge]:
    graph = ways.graph
    own_rows = graph.find_rows(graph.columns[target].relation)
    for edge, transform, ambiguous in ways.into(target, own_rows):
        source = graph.columns[graph.sources[edge]]
        if source.column != ROWS:
            yield Edge(source, graph.columns[target], transform, origin_of(edge), ambiguous)


class Ways:
    """The ways through the inner nodes of a graph. Transforms are numbered, to be composed once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._transforms: list[Transform] = []
        self._numbers: dict[Transform, int] = {}
        self._identity = self._number(IDENTITY)
        self._of_kind = [self._number(kind.transform) for kind in graph.kinds]
        self._composed: dict[tuple[int, int], int] = {}

    def into(self, target: int, passed: int | None = None) -> Iterator[tuple[int, Transform, bool]]:
        """Ways into a node from the next nodes before it that are not inner, nor `passed`.

        Each is the edge of the graph that it starts with, its transform as a whole, and whether
        any name on it could have meant several columns.
        """
        graph, composed_of = self.graph, self._composed
        sources, kind_of, incoming = graph.sources, graph.kind_of, graph.index.incoming
        inner, unsure = graph.inner, graph.sites.ambiguous
        seen = {(target, self._identity)}
        stack = [(target, self._identity, False)]
        while stack:
            node, transform, ambiguous = stack.pop()
            for edge in incoming[node]:
                source = sources[edge]
                steps = self._of_kind[kind_of[edge]], transform
                composed = composed_of.get(steps)
                if composed is None:
                    composed = composed_of[steps] = self._compose(*steps)
                if len(seen) > MAX_TRANSFORMS:
                    composed = self._number(Transform(self._transforms[composed].subtype))
                doubtful = ambiguous or edge in unsure
                if source not in inner and source != passed:
                    yield edge, self._transforms[composed], doubtful
                elif (source, composed) not in seen:
                    seen.add((source, composed))
                    stack.append((source, composed, doubtful))

    def _number(self, transform: Transform) -> int:
        found = self._numbers.get(transform)
        if found is None:
            found = self._numbers[transform] = len(self._transforms)
            self._transforms.append(transform)
        return found

    def _compose(self, inner: int, outer: int) -> int:
        return self._number(compose(self._transforms[inner], self._transforms[outer]))


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
