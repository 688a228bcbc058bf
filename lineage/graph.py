"""The graph of flows: columns interned to integers, edges in flat arrays.

Build one with `GraphBuilder`, then ask the frozen `Graph`. Beside the columns of
relations it has *inner* nodes (columns of CTEs and subqueries), and for every relation
that is read or written a node for its rows, whose column is `ROWS`: what decides which
rows exist flows there, so that `count(*)` of a filtered table has a source.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from lineage.fields import as_field, as_written, whole_of, wholes_of
from lineage.graph_parts import parts_linked
from lineage.words import IDENTITY, Column, Transform, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import networkx as nx

ROWS = "*"
# As a guard's function: what flows has no partner in the list whose column is the node.
ABSENT = "absent"


def numbers(values: Iterable[int]) -> array[int]:
    """Numbers of nodes, edges or places, in a flat array of four bytes each."""
    return array("i", values)


class GuardRef(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A guard on a flow: the node that is tested, and the test."""

    node: int
    operator: str
    value: str
    function: str = ""


class EdgeKind(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """Everything about an edge that decides what becomes of a value on it."""

    transform: Transform
    guards: tuple[GuardRef, ...] = ()


class EdgeSite(msgspec.Struct, frozen=True, order=True, gc=False):
    """Where an edge is written: the index of its unit and the offset in the unit's text."""

    unit: int
    offset: int
    ambiguous: bool = False


class Sites(msgspec.Struct, frozen=True):
    """Where edges are written, by number; `ambiguous` are those that are one of several readings.

    The unit of an edge that no text writes is -1.
    """

    units: array[int]
    offsets: array[int]
    ambiguous: frozenset[int]


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen graph. Nodes and edges are integers, dense from 0.

    `inner` nodes have the name of their CTE (or an empty name) as their relation. A column with
    fields has a node for each field beside its own; `begins` leads from its own node to an inner
    one from which a value flows that may be in any of them. The first `parts` edges only say so:
    they lead from there to the column and to its fields, and from each field to the column.
    `outgoing(node)` and `incoming(node)` list edge numbers in the order of insertion.
    """

    columns: tuple[Column, ...]
    inner: frozenset[int]
    sources: array[int]
    targets: array[int]
    kind_of: array[int]
    kinds: tuple[EdgeKind, ...]
    sites: Sites
    index: GraphIndex
    begins: Mapping[int, int] = {}
    parts: int = 0

    def find(self, column: Column) -> int | None:
        """The node from which a value of a relation's column flows, None when nothing mentions it.

        A field that nobody asks for flows on in what it is a part of.
        """
        node = self.find_sink(column)
        if node is not None:
            return self.begins.get(node, node) if self.begins else node
        for part in wholes_of(column):
            node = self.index.by_column.get(part)
            if node is not None:
                return node
        return None

    def find_sink(self, column: Column) -> int | None:
        """The node that all values in a column or field flow into, None when nothing mentions it.

        A field goes by its dotted name as well, unless a column is called so.
        """
        by_column = self.index.by_column
        if not self.begins:
            return by_column.get(column)
        found = by_column.get(as_written(column))
        return by_column.get(as_written(as_field(column))) if found is None else found

    def fields_of(self, node: int) -> Sequence[int]:
        """The nodes of all fields in a relation's column, or in a field of one."""
        whole = self.begins.get(node)
        seen, waiting = {whole, node}, [] if whole is None else [whole]
        while waiting:
            new = {self.targets[edge] for edge in self.outgoing(waiting.pop())} - seen
            seen |= new
            waiting += new & self.inner
        return sorted(n for n in seen if n is not None and n != node and n not in self.inner)

    def find_rows(self, relation: str) -> int | None:
        """The node of a relation's rows."""
        return self.index.by_column.get(Column(relation, ROWS))

    def nodes_of(self, relation: str) -> Sequence[int]:
        """The nodes of a relation's columns, its row node among them."""
        return self.index.by_relation.get(relation, ())

    def relations(self) -> Iterator[str]:
        """Names of all relations, in the order they were first mentioned."""
        return iter(self.index.by_relation)

    def outgoing(self, node: int) -> Sequence[int]:
        """Edges that leave `node`."""
        return self.index.outgoing[node]

    def incoming(self, node: int) -> Sequence[int]:
        """Edges that enter `node`, but for those between a column and its own parts."""
        return self.index.incoming[node]

    def entering(self, node: int) -> Iterator[int]:
        """All edges that enter `node`."""
        yield from self.index.of_parts.get(node, ())
        yield from self.index.incoming[node]

    def kind(self, edge: int) -> EdgeKind:
        """Transform and guards of `edge`."""
        return self.kinds[self.kind_of[edge]]

    def site(self, edge: int) -> EdgeSite:
        """Where `edge` is written."""
        sites = self.sites
        return EdgeSite(sites.units[edge], sites.offsets[edge], edge in sites.ambiguous)

    def to_networkx(self) -> nx.MultiDiGraph[int]:
        """The same graph for networkx: nodes carry `column` and `inner`, edges `kind`."""
        import networkx as nx  # noqa: PLC0415 - a second of start-up for a rare question

        graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
        for node, column in enumerate(self.columns):
            graph.add_node(node, column=column, inner=node in self.inner)
        for edge, (source, target) in enumerate(zip(self.sources, self.targets, strict=True)):
            graph.add_edge(source, target, key=edge, kind=self.kind(edge))
        return graph


class GraphIndex:
    """Look-ups derived from the arrays of a graph, each made when it is first asked for."""

    def __init__(
        self,
        columns: Sequence[Column],
        inner: frozenset[int],
        sources: Sequence[int],
        targets: Sequence[int],
        parts: int = 0,
    ) -> None:
        self._columns, self._inner = columns, inner
        self._sources, self._targets, self._parts = sources, targets, parts

    @cached_property
    def by_column(self) -> dict[Column, int]:
        """The nodes of relations' columns, those of fields by their dotted names."""
        found = {c: node for node, c in enumerate(self._columns) if node not in self._inner}
        if self._parts:
            for column, node in tuple(found.items()):
                found.setdefault(as_written(column), node)
        return found

    @cached_property
    def by_relation(self) -> dict[str, list[int]]:
        """The nodes of each relation."""
        found: dict[str, list[int]] = {}
        for node, column in enumerate(self._columns):
            if node not in self._inner:
                found.setdefault(column.relation, []).append(node)
        return found

    @cached_property
    def outgoing(self) -> list[list[int]]:
        """The edges that leave each node."""
        return _edges_at(self._sources, len(self._columns))

    @cached_property
    def incoming(self) -> list[list[int]]:
        """The edges that enter each node, but for those between a column and its own parts."""
        return _edges_at(self._targets, len(self._columns), self._parts)

    @cached_property
    def of_parts(self) -> dict[int, list[int]]:
        """The edges between a column and its own parts, by target."""
        found: dict[int, list[int]] = {}
        for edge, node in enumerate(self._targets[: self._parts]):
            found.setdefault(node, []).append(edge)
        return found


def _edges_at(ends: Sequence[int], nodes: int, first: int = 0) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(nodes)]
    for edge, node in enumerate(ends[first:] if first else ends, first):
        found[node].append(edge)
    return found


def with_dotted_names(graph: Graph) -> Graph:
    """The same graph, in which a field is a column that has a dotted name."""
    if not graph.begins:
        return graph
    columns = tuple(as_written(column) for column in graph.columns)
    index = GraphIndex(columns, graph.inner, graph.sources, graph.targets, graph.parts)
    return msgspec.structs.replace(graph, columns=columns, index=index)


class GraphBuilder:
    """Collects nodes and edges; every value is interned, so equal edges cost nothing twice."""

    def __init__(self) -> None:
        self._columns: list[Column] = []
        self._inner: set[int] = set()
        self._nodes: dict[Column, int] = {}
        self._kinds: dict[EdgeKind, int] = {}
        self._changing: set[int] = set()  # kinds of edge that do something to the value
        self._edges: dict[tuple[int, int, int], EdgeSite] = {}
        self._fields: dict[int, list[int]] = {}

    def node(self, relation: str, column: str, path: str = "") -> int:
        """The node of a relation's column, or of a field of one, made at first mention."""
        return self._node(Column(relation, column, path))

    def _node(self, key: Column) -> int:
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = len(self._columns)
            self._columns.append(key)
            if key.path:
                self._fields.setdefault(self._node(whole_of(key)), []).append(found)
        return found

    def inner_node(self, scope: str, column: str) -> int:
        """A new node for a column of a CTE or subquery; `scope` is its name or empty."""
        self._columns.append(Column(scope, column))
        self._inner.add(len(self._columns) - 1)
        return len(self._columns) - 1

    def kind(self, kind: EdgeKind) -> int:
        """The number of a kind of edge."""
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = len(self._kinds)
            if kind.transform.subtype is not TransformSubtype.IDENTITY:
                self._changing.add(found)
        return found

    def edge(self, source: int, target: int, kind: int, site: EdgeSite) -> None:
        """Add an edge; one that is there already keeps the place where it was first seen.

        A value that a statement puts back where it was is no flow, unless it was changed.
        """
        if source != target or kind in self._changing:
            self._edges.setdefault((source, target, kind), site)

    def column(self, node: int) -> Column:
        """The column of a node."""
        return self._columns[node]

    def freeze(self) -> Graph:
        """The finished graph."""
        parts, begins = parts_linked(self._fields, len(self._columns))
        columns = (*self._columns, *(self._columns[whole] for whole in begins))
        inner = frozenset((*self._inner, *begins.values()))
        first, plain = len(parts), self.kind(EdgeKind(IDENTITY)) if parts else 0
        sites = [EdgeSite(-1, 0)] * first + [*self._edges.values()]
        sources = numbers([*(part[0] for part in parts), *(key[0] for key in self._edges)])
        targets = numbers([*(part[1] for part in parts), *(key[1] for key in self._edges)])
        return Graph(
            columns=columns,
            inner=inner,
            sources=sources,
            targets=targets,
            kind_of=numbers([*[plain] * first, *(key[2] for key in self._edges)]),
            kinds=tuple(self._kinds),
            sites=Sites(
                numbers(site.unit for site in sites),
                numbers(site.offset for site in sites),
                frozenset(edge for edge, site in enumerate(sites) if site.ambiguous),
            ),
            index=GraphIndex(columns, inner, sources, targets, first),
            begins=begins,
            parts=first,
        )
