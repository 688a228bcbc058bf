"""Where a value arrives, and in which states; every answer is worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.guards import kinds_excused, kinds_grouped
from enforcer.rules import GuardTest
from enforcer.states import CLEAR, DIRECT, Making, make_tables
from lineage.flow import propagate, witness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.protections import Effect
    from lineage.flow import Step
    from lineage.graph import Graph

Tables = tuple[tuple[int, ...], ...]


class Way(msgspec.Struct, frozen=True):
    """Under which suppositions a value is followed.

    flows: only these are followed; the fewer, the faster. enumerable: all values of its
    category can be tried; group_size: the k of an aggregate; excused: flows that satisfy one
    of these guards are not followed.
    """

    flows: tuple[str, ...] = (DIRECT,)
    enumerable: bool = False
    group_size: int = 10
    excused: tuple[GuardTest, ...] = ()


class Arrivals:
    """Follows values forward through one graph."""

    def __init__(
        self,
        graph: Graph,
        own: tuple[tuple[str, Effect], ...] = (),
        subjects: frozenset[int] = frozenset(),
    ) -> None:
        self._graph = graph
        self._own = own
        self._subjects = subjects
        self._tables: dict[Way, Tables] = {}
        self._grouped: dict[int, frozenset[int]] = {}
        self._reached: dict[tuple[int, Way], Mapping[int, int]] = {}
        self._relations: dict[tuple[int, Way], Mapping[str, int]] = {}

    def of(self, node: int, way: Way) -> Mapping[int, int]:
        """For each node that a clear value of `node` reaches, the mask of its states there."""
        key = (node, way)
        if key not in self._reached:
            self._reached[key] = propagate(self._graph, {node: CLEAR}, self.tables(way))
        return self._reached[key]

    def relations(self, node: int, way: Way) -> Mapping[str, int]:
        """The same by relation: all states in which the value is in some column of it."""
        key = (node, way)
        if key not in self._relations:
            masks: dict[str, int] = {}
            for reached, mask in self.of(node, way).items():
                if reached not in self._graph.inner:
                    name = self._graph.columns[reached].relation
                    masks[name] = masks.get(name, 0) | mask
            self._relations[key] = masks
        return self._relations[key]

    def path(self, node: int, way: Way, sink: tuple[int, int]) -> tuple[Step, ...]:
        """A shortest way from `node` to `sink`, a node and the mask of states wanted there."""
        return witness(self._graph, (node, 0), sink, self.tables(way))

    def tables(self, way: Way) -> Tables:
        """What each kind of edge does to each state."""
        if way not in self._tables:
            grouped = self._kinds_grouped(way.group_size)
            blocked = kinds_excused(self._graph, way.excused)
            self._tables[way] = make_tables(
                self._graph,
                Making(flows=way.flows, enumerable=way.enumerable, own=self._own),
                is_group=grouped.__contains__,
                is_blocked=blocked.__contains__,
            )
        return self._tables[way]

    def _kinds_grouped(self, size: int) -> frozenset[int]:
        if size not in self._grouped:
            self._grouped[size] = kinds_grouped(self._graph, size, self._subjects)
        return self._grouped[size]
