"""Where values of different relations come together in a graph: in one query, or in one relation.

Values are followed row by row, copied or transformed; what was aggregated, windowed or only
decided about is no row of theirs any more. A relation that belongs to a side stands for
itself, whatever it was made of.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from enforcer.protection.reach import fed_among, feeds_between, next_in_relations
from enforcer.protection.states import DIRECT
from lineage import TransformSubtype
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from lineage.graph import Graph

    Pair = tuple[int, int]

_BY_ROW = (TransformSubtype.IDENTITY, TransformSubtype.TRANSFORMATION)


class Meeting(msgspec.Struct, frozen=True, order=True):
    """Two sides, by number, that come together in the making of a relation, or in it (`direct`).

    `edges` lead there from what is tested of each side; none where they meet in the relation.
    """

    relation: str
    sides: tuple[int, int]
    flow: str = DIRECT
    edges: tuple[int, ...] = ()


class Joining:
    """The values of some sides, as far as they are carried row by row."""

    def __init__(
        self,
        graph: Graph,
        sides: Sequence[frozenset[str]],
        closed: Collection[str] = (),
        local: Collection[int] = (),
    ) -> None:
        """`sides` are relations by name; what arrives in the `closed` ones is theirs alone.

        Values of sides whose number is `local` count in queries of their relations, not in
        what is made of them.
        """
        self._graph = graph
        self._closed = closed
        self._local = sum(1 << side for side in local)
        self._own: dict[int, int] = {}
        for number, names in enumerate(sides):
            for name in names:
                for node in graph.nodes_of(name):
                    if graph.columns[node].column != ROWS:
                        self._own[node] = self._own.get(node, 0) | 1 << number
        self._by_row = [kind.transform.subtype in _BY_ROW for kind in graph.kinds]
        self._carried = self._carry()
        self._held = self._hold()

    def _carry(self) -> dict[int, int]:
        """The sides, as bits, of which each node carries a value."""
        carried = dict(self._own)
        waiting = deque(carried)
        while waiting:
            node = waiting.popleft()
            for edge in self._graph.outgoing(node):
                target = self._graph.targets[edge]
                if not self._by_row[self._graph.kind_of[edge]] or target in self._own:
                    continue
                arriving = carried[node]
                if target not in self._graph.inner:
                    arriving &= ~self._local
                bits = carried.get(target, 0) | arriving
                if bits != carried.get(target, 0):
                    carried[target] = bits
                    waiting.append(target)
        return carried

    def _hold(self) -> dict[str, int]:
        """The sides whose values are in each relation."""
        graph = self._graph
        held: dict[str, int] = {}
        for node, bits in self._carried.items():
            if node not in graph.inner:
                name = graph.columns[node].relation
                held[name] = held.get(name, 0) | bits
        for node in self._own:
            name = graph.columns[node].relation
            for edge in graph.incoming(node) if name not in self._closed else ():
                if self._by_row[graph.kind_of[edge]]:
                    held[name] |= self._carried.get(graph.sources[edge], 0) & ~self._local
        return held

    def first_meetings(self, pairs: Iterable[Pair], flows: Sequence[str]) -> tuple[Meeting, ...]:
        """Where the sides of each pair come together by flows of these kinds, and were not yet."""
        wanted = {pair: 1 << pair[0] | 1 << pair[1] for pair in pairs}
        found: dict[tuple[str, Pair], Meeting] = {}
        for meeting in self._in_queries(wanted, flows):
            found.setdefault((meeting.relation, meeting.sides), meeting)
        together = {pair: {name for name, p in found if p == pair} for pair in wanted}
        for name, bits in sorted(self._held.items()):
            for pair, mask in wanted.items():
                if bits & mask == mask:
                    together[pair].add(name)
                    if DIRECT in flows and name not in self._closed:
                        found.setdefault((name, pair), Meeting(name, pair))
        feeds = feeds_between(self._graph, set().union(*together.values()))
        for pair, names in together.items():
            for name in fed_among(feeds, names):
                found.pop((name, pair), None)
        return tuple(sorted(found.values()))

    def _in_queries(self, wanted: dict[Pair, int], flows: Sequence[str]) -> Iterator[Meeting]:
        """Where columns of both sides are tested in one query, for each relation it goes to."""
        graph = self._graph
        tested: dict[int, list[int]] = {}
        asked = [kind.transform.subtype.value.lower() in flows for kind in graph.kinds]
        for node in self._carried:
            for edge in graph.outgoing(node):
                kind = graph.kind_of[edge]
                if asked[kind] and not self._by_row[kind]:
                    tested.setdefault(graph.targets[edge], []).append(edge)
        for target, edges in sorted(tested.items()):
            bits = 0
            for edge in edges:
                bits |= self._carried[graph.sources[edge]]
            for pair, mask in wanted.items():
                if bits & mask == mask:
                    yield from self._meetings(target, edges, pair)

    def _meetings(self, target: int, edges: Sequence[int], pair: Pair) -> Iterator[Meeting]:
        graph = self._graph
        of_each = tuple(
            min(e for e in edges if self._carried[graph.sources[e]] & 1 << side) for side in pair
        )
        flow = graph.kind(of_each[0]).transform.subtype.value.lower()
        nodes = [target] if target not in graph.inner else next_in_relations(graph, [target])
        for name in sorted({graph.columns[node].relation for node in nodes} - {*self._closed}):
            yield Meeting(name, pair, flow, of_each)

    def way_to(self, meeting: Meeting, which: int) -> tuple[int, tuple[int, ...]]:
        """A shortest way of one of the two sides: the node it starts from, and the edges."""
        graph = self._graph
        bit = 1 << meeting.sides[which]
        if meeting.edges:
            test = meeting.edges[which]
            onward = self._onward(graph.targets[test], meeting.relation)
            start, before = self._back([graph.sources[test]], bit)
            return start, (*before, test, *onward)
        ends = [n for n in graph.nodes_of(meeting.relation) if self._carried.get(n, 0) & bit]
        arriving = [e for n in graph.nodes_of(meeting.relation) for e in graph.incoming(n)]
        if not ends:
            edge = min(e for e in arriving if self._carried.get(graph.sources[e], 0) & bit)
            start, before = self._back([graph.sources[edge]], bit)
            return start, (*before, edge)
        return self._back(ends, bit)

    def _back(self, ends: Sequence[int], bit: int) -> tuple[int, tuple[int, ...]]:
        """From a side's own column to the first of some nodes that carry a value of it."""
        graph = self._graph
        after: dict[int, tuple[int, ...]] = dict.fromkeys(ends, ())
        waiting = deque(ends)
        while waiting:
            node = waiting.popleft()
            if self._own.get(node, 0) & bit:
                return node, after[node]
            for edge in graph.incoming(node):
                source = graph.sources[edge]
                carries = self._carried.get(source, 0) & bit
                if carries and source not in after and self._by_row[graph.kind_of[edge]]:
                    after[source] = (edge, *after[node])
                    waiting.append(source)
        raise AssertionError("what carries a side's value was fed by it")

    def _onward(self, node: int, relation: str) -> tuple[int, ...]:
        """From a node inside of a query to what it makes of the relation."""
        graph = self._graph
        before: dict[int, tuple[int, ...]] = {node: ()}
        waiting = deque([node])
        while waiting:
            here = waiting.popleft()
            if here not in graph.inner and graph.columns[here].relation == relation:
                return before[here]
            for edge in graph.outgoing(here) if here in graph.inner or here == node else ():
                target = graph.targets[edge]
                if target not in before:
                    before[target] = (*before[here], edge)
                    waiting.append(target)
        return ()
