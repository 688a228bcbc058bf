"""Segments: the flows of one text, linked, with nodes of its own that are numbered from 0.

A segment needs nothing but its text's object and the answers that `Asked` lists. While those
stay the same, so does the segment, and a later run can take it as it is.

Where a relation takes over whatever another one has (`select *` over unknown columns), the
segment holds a *wildcard* edge: between nodes whose column is `ANY`, saying which names it
does not let through and which it changes. Joining makes real edges of it, one for each
column that anybody knows of.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from lineage.fields import path_to
from lineage.graph import EdgeKind, GuardRef
from lineage.limits import MAX_FLOWS, expect_at_most
from lineage.link.ways import Summary
from lineage.words import GapReason, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_NAMED = 20  # in a message
ANY = "\0"  # stands for each column that has no node of its own; no SQL text can name it
RESULT = "result:"  # a bare query's result: with its number in the text, from 1


class Wildcard(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An edge from or into a node for any column, or both.

    From any column into a single one, each column has such an edge. Into any column, all but
    the `blocked` ones have it; a `renamed` (new, old) takes its value from `old`.
    """

    source: int
    target: int
    kind: int
    offset: int
    ambiguous: bool = False
    blocked: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


class Interface(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a relation's columns: their names in order, and whether these are all.

    `unknown` are the relations whose columns would have to be known to know all of these. `last`
    are columns of partitions, which stay behind those that are added. `fields` are the
    names of the fields of a column, or of a field of one, by its dotted name. Columns `aside` are
    in no star, and have no place; what is put in by position passes over `generated` ones as well.
    Of a relation that `several` texts make, or make and alter, nobody knows which did last: where
    they differ, not all is known.
    """

    columns: tuple[str, ...] = ()
    complete: bool = False
    unknown: tuple[str, ...] = ()
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    last: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    several: bool = False


class Asked(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What linking a text asked of the rest of the project, with the answers.

    `believed` are columns that no interface has, with whether anybody says that they are there,
    `called` the functions that other texts make, by the names that this one calls.
    """

    meanings: dict[str, tuple[str, ...]]
    interfaces: dict[str, Interface]
    believed: list[tuple[str, str, bool]]
    called: dict[str, tuple[Summary, ...]]


class Note(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A gap of one text, with the offset where it is written."""

    reason: GapReason
    message: str
    relations: tuple[str, ...]
    offset: int


def some_of(names: Sequence[str]) -> str:
    """Names as a message lists them: a chain of stars has one more at each link of it."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


class Removed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Rows deleted from a relation, see `lineage.words.Delete`, or hidden by a policy."""

    relation: str
    columns: tuple[str, ...]
    reads: tuple[str, ...]
    offset: int
    shapes: bool
    hides: bool = False


class Permitted(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A privilege given; see `lineage.words.Grant`."""

    relation: str
    principal: str
    kind: str
    privileges: tuple[str, ...]
    offset: int


class Remarked(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is said of a relation or column; see `lineage.words.Remark`."""

    relation: str
    column: str
    key: str
    value: str
    offset: int


class Written(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A write into a relation, and the guards, with their offsets, that hold for its rows."""

    relation: str
    guards: tuple[tuple[GuardRef, int], ...]


class Edges(msgspec.Struct, array_like=True, gc=False):
    """Edges in columns; `ambiguous` lists the numbers of those that are one of several readings."""

    sources: Sequence[int]
    targets: Sequence[int]
    kind_of: Sequence[int]
    offsets: Sequence[int]
    ambiguous: Sequence[int]


class Parts(msgspec.Struct, array_like=True, gc=False):
    """What is known of fields, of which joining makes flows.

    `fields` are nodes for a field: the node, that of what it is a field of, and its name. `made`
    are nodes that are put together of fields, with the names of these: no other edge of the
    segment leads to them. The fields of a node in `kept` are those of all that flows into it
    directly, those of one in `rows` are no fields of anything.
    """

    fields: list[tuple[int, int, str]]
    made: dict[int, tuple[str, ...]]
    kept: set[int]
    rows: set[int]


class Shown(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A view that a text creates: which edges and wildcards of the segment are its query's.

    Both are (first, end); `again` are the ends of edges that were there before.
    """

    relation: str
    edges: tuple[int, int]
    wildcards: tuple[int, int]
    again: list[tuple[int, int]]


class Segment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The linked flows of one text.

    `nodes` are (relation, column), or (label, column) for those that `inner` lists; the
    guards of `kinds` speak of these nodes. `known` is what is known of the relations that
    the text writes, once it has run. `stars` and `unions` are the offsets of what passes all
    columns on without naming them, `equated` pairs of nodes that some query finds equal;
    `results` counts its bare queries, `opaque` its statements
    with a gap; `functions` are those that it makes, `places` the stages that it names,
    with the addresses that they stand for and where it says so, `views` those that it creates.
    """

    nodes: list[tuple[str, str]]
    inner: list[int]
    parts: Parts
    edges: Edges
    kinds: list[EdgeKind]
    wildcards: list[Wildcard]
    known: dict[str, Interface]
    named: list[tuple[str, int]]
    notes: list[Note]
    permitted: list[Permitted]
    removed: list[Removed]
    written: list[Written]
    stars: list[int]
    unions: list[int]
    equated: list[tuple[int, int]]
    results: int
    opaque: int
    asked: Asked
    remarked: list[Remarked]
    functions: list[Summary]
    places: list[tuple[str, str, int]]
    views: list[Shown]


class SegmentBuilder:
    """Collects the nodes and edges of one segment; equal edges are one."""

    def __init__(self) -> None:
        self.nodes: list[tuple[str, str]] = []
        self.inner: list[int] = []
        self.wildcards: list[Wildcard] = []
        self.stars: dict[int, None] = {}
        self.unions: dict[int, None] = {}
        self.equated: dict[tuple[int, int], None] = {}
        self._by_name: dict[tuple[str, str], int] = {}
        self._kinds: dict[EdgeKind, int] = {}
        self._changing: set[int] = set()  # kinds of edge that do something to the value
        self._edges: dict[tuple[int, int, int], int] = {}
        self._again: list[tuple[int, int]] | None = None  # edges that are made once more
        self._ambiguous: list[int] = []
        self._any: set[int] = set()
        self.parts = Parts([], {}, set(), set())
        self._fields: dict[tuple[int, str], int] = {}
        self._field_of: dict[int, tuple[int, str]] = {}  # what a node is a field of, by which path

    def equate(self, left: Iterable[int], right: Collection[int]) -> None:
        """Some query finds each of the first equal to each of the second."""
        pairs = ((one, other) for one in left for other in right if one != other)
        self.equated.update(dict.fromkeys((min(pair), max(pair)) for pair in pairs))

    def edges_between(self, sources: list[int], targets: list[int], kind: int, offset: int) -> None:
        """Edges from each of the sources to the target at the same place."""
        if self._any.isdisjoint(sources) and self._any.isdisjoint(targets):
            ends = zip(sources, targets, repeat(kind))
            if self._again is not None:
                pairs = zip(sources, targets, strict=True)
                self._again += [pair for pair in pairs if (*pair, kind) in self._edges]
            new = {key: offset for key in ends if key not in self._edges and key[0] != key[1]}
            self._edges.update(new)
            self._expect_room(len(self._edges))
            return
        for source, target in zip(sources, targets, strict=True):
            self.edge(source, target, kind, offset)

    @property
    def edges(self) -> Edges:
        """The edges in the order of insertion."""
        ends = self._edges
        return Edges(
            sources=[source for source, _target, _kind in ends],
            targets=[target for _source, target, _kind in ends],
            kind_of=[kind for _source, _target, kind in ends],
            offsets=list(ends.values()),
            ambiguous=self._ambiguous,
        )

    def begin_view(self) -> tuple[int, int]:
        """What is made from here on is what a view shows; `end_view` wants what this returns."""
        self._again = []
        return len(self._edges), len(self.wildcards)

    def end_view(self, relation: str, begun: tuple[int, int]) -> Shown:
        """The view whose edges and wildcards were made since."""
        again, self._again = self._again or [], None
        edges, wildcards = (begun[0], len(self._edges)), (begun[1], len(self.wildcards))
        return Shown(relation, edges, wildcards, again)

    @property
    def ends(self) -> Collection[tuple[int, int, int]]:
        """Source, target and kind of each edge, in the order of insertion."""
        return self._edges.keys()

    @property
    def kinds(self) -> list[EdgeKind]:
        """The kinds of edges, by number."""
        return list(self._kinds)

    def node(self, relation: str, column: str) -> int:
        """The node of a relation's column, made at first mention."""
        key = (relation, column)
        found = self._by_name.get(key)
        if found is None:
            nodes = self.nodes
            found = self._by_name[key] = len(nodes)
            nodes.append(key)
            if found > MAX_FLOWS:
                self._expect_room(found)
            if column == ANY:
                self._any.add(found)
        return found

    def find(self, relation: str, column: str) -> int | None:
        """The node of a relation's column, None where nothing has mentioned it."""
        return self._by_name.get((relation, column))

    def inner_node(self, label: str, column: str) -> int:
        """A new node for a column of a CTE or subquery; `label` is its name or empty."""
        nodes = self.nodes
        node = len(nodes)
        nodes.append((label, column))
        self.inner.append(node)
        if node > MAX_FLOWS:
            self._expect_room(node)
        if column == ANY:
            self._any.add(node)
        return node

    def field(self, whole: int, name: str) -> int:
        """The node of a field of what a node stands for, made at first mention."""
        key = (whole, name.lower())
        found = self._fields.get(key)
        if found is None:
            found = self._fields[key] = len(self.nodes)
            self.nodes.append(self.nodes[whole])
            self.parts.fields.append((found, *key))
            top, path = self._field_of.get(whole, (whole, ""))
            self._field_of[found] = (top, path_to(path, key[1]))
            if found > MAX_FLOWS:
                self._expect_room(found)
        return found

    def owner(self, node: int) -> tuple[str, str] | None:
        """The relation that a node is a column or field of, and its dotted name there."""
        top, path = self._field_of.get(node, (node, ""))
        relation, column = self.nodes[top]
        if self._by_name.get((relation, column)) != top:
            return None
        return relation, f"{column}.{path}" if path else column

    def inner_nodes(self, label: str, columns: list[str]) -> list[int]:
        """New nodes for columns of a CTE or subquery, none of them for any column."""
        self._expect_room(len(self.nodes) + len(columns))
        nodes = list(range(len(self.nodes), len(self.nodes) + len(columns)))
        self.nodes += zip(repeat(label), columns)
        self.inner += nodes
        return nodes

    def kind(self, kind: EdgeKind) -> int:
        """The number of a kind of edge."""
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = len(self._kinds)
            if kind.transform.subtype is not TransformSubtype.IDENTITY:
                self._changing.add(found)
        return found

    def edge(
        self, source: int, target: int, kind: int, offset: int, *, ambiguous: bool = False
    ) -> None:
        """Add an edge; one that is there already keeps the place where it was first seen.

        A value that a statement puts back where it was is no flow, unless it was changed.
        """
        key = (source, target, kind)
        edges, for_any = self._edges, self._any
        if key in edges or (source == target and kind not in self._changing):
            if self._again is not None:
                self._again.append((source, target))
            return
        if for_any and (target in for_any or source in for_any):
            self._expect_room(len(self.wildcards))
            self.wildcards.append(Wildcard(source, target, kind, offset, ambiguous))
            return
        if ambiguous:
            self._ambiguous.append(len(edges))
        edges[key] = offset
        if len(edges) > MAX_FLOWS:
            self._expect_room(len(edges))

    @staticmethod
    def _expect_room(number: int) -> None:
        """Raises `ExcessError` where there are more nodes or edges than a text may have."""
        expect_at_most(number, MAX_FLOWS, "columns and flows, stars spread out", 0)

    def wildcard(
        self,
        source: int,
        target: int,
        written: tuple[int, int],
        blocked: Collection[str],
        renamed: Mapping[str, str],
    ) -> None:
        """Add an edge between nodes for any column; `written` is its kind and its offset."""
        names = tuple(sorted(blocked)), tuple(sorted(renamed.items()))
        self.wildcards.append(Wildcard(source, target, *written, False, *names))  # noqa: FBT003

    def block(self, first: int, target: int, names: Collection[str]) -> None:
        """Let no wildcard from number `first` on feed these names of a target."""
        for number in range(first, len(self.wildcards)):
            wildcard = self.wildcards[number]
            if wildcard.target == target:
                blocked = tuple(sorted({*wildcard.blocked, *names}))
                self.wildcards[number] = replace(wildcard, blocked=blocked)
