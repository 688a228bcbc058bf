"""Where a value arrives, and in which states; every answer is worked out once."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.protection.acts import Acts
from enforcer.protection.guards import Guarded
from enforcer.protection.states import (
    DIRECT,
    Making,
    Transforms,
    block_kinds,
    make_tables,
    or_hashed,
    with_hashes_clear,
)
from enforcer.protection.steps import Setting, applied_by
from enforcer.rules import GuardTest
from enforcer.taxonomy import Form
from lineage.flow import Propagation, ShortestWays, Step, image_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enforcer.explained import Applied
    from enforcer.protection.methods import Effect
    from enforcer.protection.variants import Variant
    from lineage.graph import Graph

Tables = tuple[tuple[int, ...], ...]


class Way(msgspec.Struct, frozen=True):
    """Under which suppositions a value is followed.

    flows: only these are followed; the fewer, the faster. enumerable: all values of its
    category can be tried; form: what they look like; group_size: the k of an aggregate;
    excused: flows that satisfy one of these guards are not followed.
    """

    flows: tuple[str, ...] = (DIRECT,)
    enumerable: bool = False
    form: Form = Form()
    group_size: int = 10
    excused: tuple[GuardTest, ...] = ()


_STEPS_KEPT: Final = 1_000_000  # some hundred bytes each


def _as_arrived(state: int, way: Way) -> int:
    return with_hashes_clear(1 << state).bit_length() - 1 if way.enumerable else state


def _makes(table: Sequence[int], wanted: int) -> bool:
    """True when a value gets from a state that is not wanted into a wanted one."""
    return any(image & wanted and not wanted >> state & 1 for state, image in enumerate(table))


class Arrivals:
    """Follows values forward through one graph."""

    def __init__(
        self,
        graph: Graph,
        own: tuple[tuple[str, Effect], ...] = (),
        subjects: frozenset[int] = frozenset(),
        born: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        """`born` are the states in which values begin that do not begin in the clear."""
        self._graph = graph
        self._born = born
        self._own = own
        self._guarded = Guarded(graph, subjects)
        self._transforms = Transforms(graph)
        self._tables: dict[Way, Tables] = {}
        self._propagations: dict[Way, Propagation] = {}
        self._reached: dict[tuple[int, Way], Mapping[int, int]] = {}
        self._arrived: dict[tuple[int, Way], Mapping[int, int]] = {}
        self._relations: dict[tuple[int, Way], Mapping[str, int]] = {}
        self._together: dict[tuple[frozenset[int], Way, frozenset[int]], Mapping[int, int]] = {}
        self._making: dict[tuple[Way, int], frozenset[int]] = {}
        self._leaving: dict[frozenset[int], frozenset[int]] = {}
        self._ways: dict[tuple[int, Way], ShortestWays] = {}  # the latest asked for is last
        self._steps_kept = 0

    def of(self, node: int, way: Way) -> Mapping[int, int]:
        """For each node that a value of `node` reaches, the mask of its states there."""
        if not way.enumerable:
            return self.moved(node, way)
        key = (node, way)
        if key not in self._arrived:
            moved = self.moved(node, way)
            self._arrived[key] = {there: with_hashes_clear(mask) for there, mask in moved.items()}
        return self._arrived[key]

    def of_all(
        self, nodes: frozenset[int], way: Way, closed: frozenset[int] = frozenset()
    ) -> Mapping[int, int]:
        """The same for values of several nodes at once, without telling them apart.

        Nothing gets into nodes that are `closed`.
        """
        key = (nodes, way, closed)
        if key not in self._together:
            seeds = {node: self._seed(node) for node in nodes}
            reached = self._propagation(way).reached(seeds, closed)
            if way.enumerable:
                reached = {there: with_hashes_clear(mask) for there, mask in reached.items()}
            self._together[key] = reached
        return self._together[key]

    def behind(self, ends: Iterable[int], way: Way) -> frozenset[int]:
        """The nodes from which some value gets to one of these, in whatever state."""
        passes = [any(table) for table in self.tables(way)]
        found = set(ends)
        waiting = list(found)
        while waiting:
            for edge in self._graph.entering(waiting.pop()):
                source = self._graph.sources[edge]
                if source not in found and passes[self._graph.kind_of[edge]]:
                    found.add(source)
                    waiting.append(source)
        return frozenset(found)

    def moved(self, node: int, way: Way) -> Mapping[int, int]:
        """The same with the hashes that hide nothing still known for hashes."""
        key = (node, way)
        if key not in self._reached:
            self._reached[key] = self._propagation(way).reached({node: self._seed(node)})
        return self._reached[key]

    def _seed(self, node: int) -> int:
        return 1 << self._born.get(node, 0)

    def relations(self, node: int, way: Way) -> Mapping[str, int]:
        """The same by relation: all states in which the value is in some column of it."""
        key = (node, way)
        if key not in self._relations:
            self._relations[key] = self._by_relation(self.of(node, way))
        return self._relations[key]

    def _by_relation(self, reached: Mapping[int, int]) -> dict[str, int]:
        masks: dict[str, int] = {}
        for node, mask in reached.items():
            if node not in self._graph.inner:
                name = self._graph.columns[node].relation
                masks[name] = masks.get(name, 0) | mask
        return masks

    def path(self, node: int, way: Way, sink: tuple[int, int]) -> tuple[Step, ...]:
        """A shortest way from `node` to `sink`, a node and the mask of states wanted there.

        Empty when there is none.
        """
        wanted = or_hashed(sink[1]) if way.enumerable else sink[1]
        steps = self.steps(node, way, (sink[0], wanted))
        return tuple(Step(step.edge, _as_arrived(step.state, way)) for step in steps)

    def steps(self, node: int, way: Way, sink: tuple[int, int]) -> tuple[Step, ...]:
        """The same with the hashes that hide nothing still known for hashes.

        Empty when there is none.
        """
        steps = self._ways_from(node, way).steps_to(*sink)
        columns = self._graph.columns
        into_itself = steps and columns[self._graph.targets[steps[0].edge]] == columns[node]
        return steps[1:] if into_itself else steps  # from where a column begins to the column

    def applied(self, edge: int, before: Variant, way: Way) -> tuple[Applied, ...]:
        """What each function on an edge does to a value, one after another."""
        kind = self._graph.kind_of[edge]
        setting = Setting(
            acts=Acts(self._own, way.form),
            enumerable=way.enumerable,
            grouped=kind in self._guarded.kinds_grouped(way.group_size),
        )
        return applied_by(self._graph.kinds[kind].transform, before, setting)

    def _ways_from(self, node: int, way: Way) -> ShortestWays:
        """The tree of all shortest ways from a node.

        Findings ask about few fields again and again, so the latest trees are kept, as many
        as are not too much.
        """
        found = self._ways.pop((node, way), None)
        if found is None:
            found = ShortestWays(self._graph, (node, self._born.get(node, 0)), self.tables(way))
            self._steps_kept += found.size
            while self._steps_kept > _STEPS_KEPT and self._ways:
                self._steps_kept -= self._ways.pop(next(iter(self._ways))).size
        self._ways[node, way] = found
        return found

    def made(self, node: int, way: Way, wanted: int) -> Mapping[str, int]:
        """By relation, the wanted states that a value gets into within the query that fills it.

        What was in such a state already in the relation before does not count.
        """
        graph, tables = self._graph, self.tables(way)
        fresh: dict[int, int] = {}
        waiting: list[int] = []

        def spread(source: int, mask: int, kept: int) -> None:
            for edge in graph.outgoing(source) if mask else ():
                image = image_of(tables[graph.kind_of[edge]], mask) & kept
                target = graph.targets[edge]
                if image & ~fresh.get(target, 0):
                    fresh[target] = fresh.get(target, 0) | image
                    if target in graph.inner:
                        waiting.append(target)

        if (way, wanted) not in self._making:
            self._making[way, wanted] = self._makers(way, wanted)
        makers = self._making[way, wanted]
        for reached, mask in self.moved(node, way).items():
            if reached in makers:
                spread(reached, mask & ~wanted, wanted)
        while waiting:
            inner = waiting.pop()
            spread(inner, fresh[inner], wanted)
        if way.enumerable:
            fresh = {there: with_hashes_clear(mask) for there, mask in fresh.items()}
        return self._by_relation(fresh)

    def _makers(self, way: Way, wanted: int) -> frozenset[int]:
        """The nodes from which an edge leads from a state that is not wanted into a wanted one."""
        tables = self.tables(way)
        distinct = {id(table): table for table in tables}
        making = {number for number, table in distinct.items() if _makes(table, wanted)}
        kinds = frozenset(kind for kind, table in enumerate(tables) if id(table) in making)
        if kinds not in self._leaving:
            edges = zip(self._graph.sources, self._graph.kind_of, strict=True)
            self._leaving[kinds] = frozenset(source for source, kind in edges if kind in kinds)
        return self._leaving[kinds]

    def _propagation(self, way: Way) -> Propagation:
        if way not in self._propagations:
            self._propagations[way] = Propagation(self._graph, self.tables(way))
        return self._propagations[way]

    def tables(self, way: Way) -> Tables:
        """What each kind of edge does to each state."""
        if way not in self._tables:
            self._tables[way] = self._make_tables(way)
        return self._tables[way]

    def _make_tables(self, way: Way) -> Tables:
        if way.excused:
            unguarded = self.tables(msgspec.structs.replace(way, excused=()))
            return block_kinds(unguarded, self._guarded.kinds_excused(way.excused))
        return make_tables(
            self._transforms,
            Making(way.flows, way.enumerable, way.form, self._own),
            grouped=self._guarded.kinds_grouped(way.group_size),
        )
