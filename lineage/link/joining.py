"""Joining: the segments of all texts become one graph."""

from __future__ import annotations

from itertools import repeat
from operator import is_
from typing import TYPE_CHECKING, NamedTuple

from lineage.fields import parts_of, path_to
from lineage.graph import ROWS, EdgeKind, Graph, GraphIndex, GuardRef, Sites, numbers
from lineage.guarded import Guarded
from lineage.limits import MAX_FLOWS_OF_ALL, ExcessError, expect_at_most
from lineage.link.segments import ANY, RESULT, Shown
from lineage.projects import RelationKind
from lineage.words import IDENTITY, Column, Transform
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from lineage.link.compiled import Compiled
    from lineage.link.segments import Segment, Wildcard
    from lineage.projects import Relation

_COPYING = frozenset(
    {RelationKind.EXPOSURE, RelationKind.EXTERNAL, RelationKind.TABLE, RelationKind.VIEW}
)
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
    """Nodes and edges of the whole project, numbered anew.

    `segments` are those that were taken over, of the first units and in their order.
    """

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self._results = 0  # bare queries in them
        # of each node: its relation or label, and its column
        self.relations: list[str] = []
        self.names: list[str] = []
        self.paths: dict[int, str] = {}  # of fields
        self.inner: list[int] = []
        self.sources: list[int] = []
        self.targets: list[int] = []
        self.kind_of: list[int] = []
        self.units, self.offsets = numbers(()), numbers(())
        self.ambiguous: list[int] = []
        self.wildcards: list[JoinedWildcard] = []
        self.guarded: list[Guarded] = []
        self.equated: set[tuple[int, int]] = set()
        self.nodes_of: dict[str, dict[str, int]] = {}  # by relation and column
        self.for_any: list[tuple[str, bool]] = []  # relation or label, and whether it is inner
        self.any_of: dict[str, int] = {}  # by relation
        self.fields_of: dict[int, dict[str, int]] = {}  # by what they are fields of, and name
        self.made: dict[int, tuple[str, ...]] = {}  # as in `Parts`
        self.kept: set[int] = set()
        self.rows: set[tuple[int, int]] = set()  # with the number of the unit
        self.wholes: list[tuple[int, int]] = []  # edges between a column and its fields
        self.begins: dict[int, int] = {}  # as in `Graph`
        self.views: list[Shown] = []
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

    def field(self, whole: int, name: str) -> int:
        """The node of a field of what a node stands for, made at first mention."""
        fields = self.fields_of.get(whole)
        if fields is None:
            fields = self.fields_of[whole] = {}
        found = fields.get(name)
        if found is None:
            found = fields[name] = len(self.names)
            self.relations.append(self.relations[whole])
            self.names.append(self.names[whole])
            self.paths[found] = path_to(self.paths.get(whole, ""), name)
        return found

    def field_named(self, field: Column) -> int:
        """The node of a field by its name."""
        node = self.node(field.relation, field.column)
        for name in parts_of(field.path):
            node = self.field(node, name)
        return node

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

    @property
    def kinds(self) -> list[EdgeKind]:
        """The kinds of edges, by number."""
        return list(self._kinds)

    def edges(
        self,
        ends: Collection[tuple[int, int]],
        kind: int,
        place: tuple[int, int],
        *,
        ambiguous: bool = False,
    ) -> None:
        """Add edges from the first to the second of two nodes, written in a unit at an offset."""
        if not ends:
            return
        first, new = len(self.sources), len(ends)
        if ambiguous:
            self.ambiguous += range(first, first + new)
        sources, targets = zip(*ends, strict=True)
        self.sources += sources
        self.targets += targets
        self.kind_of += repeat(kind, new)
        self.units.extend(numbers((place[0],)) * new)
        self.offsets.extend(numbers((place[1],)) * new)

    # -- segments ------------------------------------------------------------------------------

    @classmethod
    def of_known(cls, texts: Iterable[Compiled | None]) -> Joiner:
        """What texts come to up to the first that is not known, as long as nothing changes it."""
        begun = cls()
        try:
            for text in texts:
                if text is None or text.segment is None:
                    break
                begun.add(text.segment)
        except ExcessError:
            return cls()
        return begun

    def add_all(self, segments: Sequence[Segment]) -> None:
        """Take over the segments that follow those that were taken over before."""
        for segment in segments[len(self.segments) :]:
            self.add(segment)

    def starts(self, segments: Sequence[Segment]) -> bool:
        """Whether what was taken over are the first of these."""
        return all(map(is_, self.segments, segments))

    def add(self, segment: Segment) -> None:
        """Take over the segment of the next unit."""
        unit, results = len(self.segments), self._results
        self.segments.append(segment)
        self._results += segment.results
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
        self.offsets.extend(edges.offsets)
        self.ambiguous += [first + edge for edge in edges.ambiguous]
        for shown in segment.views:
            self.views.append(_moved_view(shown, place, first, len(self.wildcards)))
        for wild in segment.wildcards:
            self.wildcards.append(
                JoinedWildcard(
                    place[wild.source], place[wild.target], kinds[wild.kind], (unit, wild)
                )
            )
        pairs = ((place[one], place[other]) for one, other in segment.equated)
        self.equated.update(pair for pair in pairs if min(pair) >= 0)
        parts = segment.parts
        self.made.update((place[node], names) for node, names in parts.made.items())
        self.kept.update(place[node] for node in parts.kept)
        self.rows.update((unit, place[node]) for node in parts.rows)
        for written in segment.written:
            guards = tuple((_moved(guard, place), at) for guard, at in written.guards)
            self.guarded.append(Guarded(numbered(written.relation, results), unit, guards))

    def _place(self, segment: Segment, results: int) -> list[int]:
        """The number that each node of a segment has here."""
        inner = set(segment.inner)
        fields = {node: (whole, name) for node, whole, name in segment.parts.fields}
        relations, names, nodes_of = self.relations, self.names, self.nodes_of
        columns_of: dict[str, tuple[str, dict[str, int]]] = {}  # by the segment's own names
        place: list[int] = []
        for number, (relation, column) in enumerate(segment.nodes):
            if fields and number in fields:
                whole, name = fields[number]
                place.append(self.field(place[whole], name))
            elif number in inner and column != ANY:
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
        """What shows or copies takes every column that it reads; code does so in unknown ways."""
        unknown = self.kind(EdgeKind(Transform(Subtype.TRANSFORMATION)))
        for relation in relations:
            expect_room(len(self.sources))
            for name in relation.reads:
                for column, node in list(self.nodes_of.get(name, {}).items()):
                    if column == ROWS:
                        continue
                    if relation.kind in _COPYING:
                        target = self.node(relation.name, column)
                        self.edges([(node, target)], self.plain, NOWHERE)
                    else:
                        self._into_all(node, relation, unknown)

    def _into_all(self, node: int, relation: Relation, kind: int) -> None:
        ends = [(node, self.node(relation.name, column.name)) for column in relation.columns]
        self.edges(ends, kind, NOWHERE, ambiguous=True)

    def freeze(self) -> Graph:
        """The finished graph."""
        columns = self._columns()
        inner = frozenset(self.inner)
        # A part's way into the whole is looked at before all others: it goes without saying.
        first = len(self.wholes)
        sources = numbers([source for source, _ in self.wholes] + self.sources)
        targets = numbers([target for _, target in self.wholes] + self.targets)
        sites = Sites(
            numbers((NOWHERE[0],)) * first + self.units,
            numbers((NOWHERE[1],)) * first + self.offsets,
            frozenset([first + edge for edge in self.ambiguous] if first else self.ambiguous),
        )
        return Graph(
            columns=columns,
            inner=inner,
            sources=sources,
            targets=targets,
            kind_of=numbers([self.plain] * first + self.kind_of),
            kinds=tuple(self._kinds),
            sites=sites,
            index=GraphIndex(columns, inner, sources, targets, first),
            begins=self.begins,
            parts=first,
        )

    def _columns(self) -> tuple[Column, ...]:
        """The columns of nodes, with paths for fields, and those of where they begin."""
        paths = [""] * len(self.names)
        for node, path in self.paths.items():
            paths[node] = path
        found = list(map(Column, self.relations, self.names, paths))
        found += [found[whole] for whole in self.begins]
        return tuple(found)


def expect_room(number: int) -> None:
    """Raises `ExcessError` where there are more flows than the texts of a project may have."""
    expect_at_most(number, MAX_FLOWS_OF_ALL, "columns and flows", 0)


def _moved(guard: GuardRef, place: Sequence[int]) -> GuardRef:
    return GuardRef(place[guard.node], guard.operator, guard.value, guard.function)


def _moved_view(shown: Shown, place: Sequence[int], edges: int, wildcards: int) -> Shown:
    again = [(place[source], place[target]) for source, target in shown.again]
    first, end = shown.edges
    wild, last = shown.wildcards
    return Shown(
        shown.relation, (first + edges, end + edges), (wild + wildcards, last + wildcards), again
    )


def numbered(relation: str, results: int) -> str:
    """The name of a bare query's result, counted through the project and not its text."""
    if not relation.startswith(RESULT):
        return relation
    return f"{RESULT}{int(relation.removeprefix(RESULT)) + results}"
