"""Joining: the segments of all texts become one graph."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from lineage.graph import ROWS, EdgeKind, Graph, GraphIndex, GuardRef, Sites, numbers
from lineage.guarded import Guarded
from lineage.limits import MAX_FLOWS_OF_ALL, expect_at_most
from lineage.link.segments import ANY, RESULT
from lineage.projects import RelationKind
from lineage.words import IDENTITY, Column, Transform
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from lineage.link.segments import Segment, Wildcard
    from lineage.projects import Relation

NOWHERE = -1, 0  # the unit and the offset of an edge that no text writes


class JoinedWildcard(NamedTuple):
    """A wildcard between nodes of the joined graph; `written` is its unit and itself.

    Nodes for any column have numbers below 0.
    """

    source: int
    target: int
    kind: int
    written: tuple[int, Wildcard]

    def backward(self, names: set[str]) -> set[str]:
        """The columns that a target's columns take their values from."""
        wild = self.written[1]
        taken = names.difference(wild.blocked)
        if wild.renamed:
            old = dict(wild.renamed)
            taken = {old.get(name, name) for name in taken}
        return taken

    def forward(self, names: set[str]) -> set[str]:
        """The columns that a source's columns become."""
        wild = self.written[1]
        made = names.difference(wild.blocked)
        if wild.renamed:
            made -= {new for new, _old in wild.renamed}
            made |= {new for new, old in wild.renamed if old in names}
        return made


class Joiner:
    """Nodes and edges of the whole project, numbered anew."""

    def __init__(self) -> None:
        # of each node: its relation or label, and its column
        self.relations: list[str] = []
        self.names: list[str] = []
        self.inner: list[int] = []
        self.sources: list[int] = []
        self.targets: list[int] = []
        self.kind_of: list[int] = []
        self.units = numbers(())
        self.offsets: list[int] = []
        self.ambiguous: list[int] = []
        self.wildcards: list[JoinedWildcard] = []
        self.guarded: list[Guarded] = []
        self.equated: set[tuple[int, int]] = set()
        self.nodes_of: dict[str, dict[str, int]] = {}  # by relation and column
        self.for_any: list[tuple[str, bool]] = []  # relation or label, and whether it is inner
        self.any_of: dict[str, int] = {}  # by relation
        self._kinds: dict[EdgeKind, int] = {}
        self.plain = self.kind(EdgeKind(IDENTITY))

    # -- nodes and edges -----------------------------------------------------------------------

    def node(self, relation: str, column: str) -> int:
        """The node of a relation's column, made at first mention."""
        columns = self.nodes_of.get(relation)
        if columns is None:
            columns = self.nodes_of[relation] = {}
        new = len(self.names)
        found = columns.setdefault(column, new)
        if found == new:
            self.relations.append(relation)
            self.names.append(column)
        return found

    def inner_node(self, label: str, column: str) -> int:
        """A new node of a CTE or subquery."""
        new = len(self.names)
        self.inner.append(new)
        self.relations.append(label)
        self.names.append(column)
        return new

    def any_node(self, relation: str, *, inner: bool) -> int:
        """A node for any column of a relation or scope; its number is below 0.

        Such nodes end wildcards, and are no nodes of the graph.
        """
        found = None if inner else self.any_of.get(relation)
        if found is None:
            self.for_any.append((relation, inner))
            found = -len(self.for_any)
            if not inner:
                self.any_of[relation] = found
        return found

    def kind(self, kind: EdgeKind) -> int:
        """The number of a kind of edge."""
        return self._kinds.setdefault(kind, len(self._kinds))

    def edges(
        self,
        ends: Collection[tuple[int, int]],
        kind: int,
        place: tuple[int, int],
        *,
        ambiguous: bool = False,
    ) -> None:
        """Add edges from the first to the second of two nodes, written in a unit at an offset."""
        first, new = len(self.sources), len(ends)
        if ambiguous:
            self.ambiguous += range(first, first + new)
        self.sources += [source for source, _target in ends]
        self.targets += [target for _source, target in ends]
        self.kind_of += repeat(kind, new)
        self.units.extend(numbers((place[0],)) * new)
        self.offsets += repeat(place[1], new)

    # -- segments ------------------------------------------------------------------------------

    def add(self, segment: Segment, unit: int, results: int) -> None:
        """Take over a segment; `results` bare queries stand in the texts before it."""
        place = self._place(segment, results)
        kinds = [
            self.kind(EdgeKind(k.transform, tuple(_moved(g, place) for g in k.guards)))
            if k.guards
            else self.kind(k)
            for k in segment.kinds
        ]
        edges, first = segment.edges, len(self.sources)
        expect_room(first + len(edges.sources) + len(self.names))
        self.sources += map(place.__getitem__, edges.sources)
        self.targets += map(place.__getitem__, edges.targets)
        self.kind_of += map(kinds.__getitem__, edges.kind_of)
        self.units.extend(numbers((unit,)) * len(edges.sources))
        self.offsets += edges.offsets
        self.ambiguous += [first + edge for edge in edges.ambiguous]
        for wild in segment.wildcards:
            self.wildcards.append(
                JoinedWildcard(
                    place[wild.source], place[wild.target], kinds[wild.kind], (unit, wild)
                )
            )
        pairs = ((place[one], place[other]) for one, other in segment.equated)
        self.equated.update(pair for pair in pairs if min(pair) >= 0)
        for written in segment.written:
            guards = tuple((_moved(guard, place), at) for guard, at in written.guards)
            self.guarded.append(Guarded(numbered(written.relation, results), unit, guards))

    def _place(self, segment: Segment, results: int) -> list[int]:
        """The number that each node of a segment has here."""
        inner = set(segment.inner)
        relations, names, nodes_of = self.relations, self.names, self.nodes_of
        columns_of: dict[str, tuple[str, dict[str, int]]] = {}  # by the segment's own names
        place: list[int] = []
        for number, (relation, column) in enumerate(segment.nodes):
            if number in inner and column != ANY:
                place.append(len(names))
                self.inner.append(len(names))
                relations.append(relation)
                names.append(column)
            elif column == ANY:
                name = numbered(relation, results)
                place.append(self.any_node(name, inner=number in inner))
            else:
                found = columns_of.get(relation)
                if found is None:
                    name = numbered(relation, results)
                    found = columns_of[relation] = name, nodes_of.setdefault(name, {})
                name, columns = found
                new = len(names)
                node = columns.setdefault(column, new)
                if node == new:
                    relations.append(name)
                    names.append(column)
                place.append(node)
        return place

    # -- relations without a text --------------------------------------------------------------

    def link_readers(self, relations: Iterable[Relation]) -> None:
        """Exposures take every column of what they read; code takes them in unknown ways."""
        unknown = self.kind(EdgeKind(Transform(Subtype.TRANSFORMATION)))
        for relation in relations:
            expect_room(len(self.sources))
            for name in relation.reads:
                for column, node in list(self.nodes_of.get(name, {}).items()):
                    if column == ROWS:
                        continue
                    if relation.kind is RelationKind.EXPOSURE:
                        target = self.node(relation.name, column)
                        self.edges([(node, target)], self.plain, NOWHERE)
                    else:
                        self._into_all(node, relation, unknown)

    def _into_all(self, node: int, relation: Relation, kind: int) -> None:
        ends = [(node, self.node(relation.name, column.name)) for column in relation.columns]
        self.edges(ends, kind, NOWHERE, ambiguous=True)

    def freeze(self) -> Graph:
        """The finished graph."""
        columns = tuple(map(Column, self.relations, self.names))
        inner = frozenset(self.inner)
        sources, targets = numbers(self.sources), numbers(self.targets)
        return Graph(
            columns=columns,
            inner=inner,
            sources=sources,
            targets=targets,
            kind_of=numbers(self.kind_of),
            kinds=tuple(self._kinds),
            sites=Sites(self.units, numbers(self.offsets), frozenset(self.ambiguous)),
            index=GraphIndex(columns, inner, sources, targets),
        )


def expect_room(number: int) -> None:
    """Raises `ExcessError` where there are more flows than the texts of a project may have."""
    expect_at_most(number, MAX_FLOWS_OF_ALL, "columns and flows", 0)


def _moved(guard: GuardRef, place: Sequence[int]) -> GuardRef:
    return GuardRef(place[guard.node], guard.operator, guard.value, guard.function)


def numbered(relation: str, results: int) -> str:
    """The name of a bare query's result, counted through the project and not its text."""
    if not relation.startswith(RESULT):
        return relation
    return f"{RESULT}{int(relation.removeprefix(RESULT)) + results}"
