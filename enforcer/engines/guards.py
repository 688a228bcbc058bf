"""Which tests hold on every way that data takes, while it still belongs to the row tested.

An edge's guards hold for what passes it. On two ways to one column only those hold for the
value there that hold on both; what was aggregated before keeps what it has and gets no more.
The sets only shrink, so working along the edges comes to an end.
"""

from __future__ import annotations

from collections import deque
from glob import escape
from typing import TYPE_CHECKING, TypeAlias

from enforcer.engines.input import Guard
from enforcer.protection.guards import Copies
from enforcer.protection.states import CLEAR, STATES, Mixing, with_hashes_clear
from lineage.flow import bits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.estate import Estate
    from enforcer.protection.arrivals import Way
    from enforcer.words import Protection
    from lineage.graph import Graph, GuardRef

GuardsOf: TypeAlias = "Mapping[tuple[str, str, Protection], tuple[Guard, ...]]"


class Guards:
    """Answers for one estate; what each kind of edge tests is worked out once."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._graph = estate.analysis.graph
        self._tests = _tests_of_kinds(self._graph)

    def by_relation(self, start: int, way: Way) -> GuardsOf:
        """By relation, flow and protection, what is tested on all ways of a clear value there."""
        found: dict[tuple[str, str, Protection], frozenset[Guard]] = {}
        for (node, state), guards in self._held(start, way).items():
            if node in self._graph.inner:
                continue
            arrived = with_hashes_clear(1 << state).bit_length() - 1 if way.enumerable else state
            there = STATES[arrived]
            key = (self._graph.columns[node].relation, there.flow, there.protection)
            found[key] = found[key] & guards if key in found else guards
        return {key: tuple(sorted(guards)) for key, guards in found.items()}

    def _held(self, start: int, way: Way) -> Mapping[tuple[int, int], frozenset[Guard]]:
        """By node and state."""
        graph, tables = self._graph, self._estate.arrivals.tables(way)
        first = (start, CLEAR.bit_length() - 1)
        held: dict[tuple[int, int], frozenset[Guard]] = {first: frozenset()}
        waiting = deque(held)
        while waiting:
            node, state = here = waiting.popleft()
            for edge in graph.outgoing(node):
                kind, guards = graph.kind_of[edge], held[here]
                if STATES[state].mixing is Mixing.ROW:
                    guards |= self._tests[kind]
                for after in bits(tables[kind][state]):
                    there = (graph.targets[edge], after)
                    known = held.get(there)
                    if known is None or not known <= guards:
                        held[there] = guards if known is None else known & guards
                        waiting.append(there)
        return held


def _tests_of_kinds(graph: Graph) -> list[frozenset[Guard]]:
    copies = Copies(graph)
    found: dict[GuardRef, frozenset[Guard]] = {}
    for kind in graph.kinds:
        for guard in kind.guards:
            if guard not in found:
                found[guard] = _named(graph, copies, guard)
    return [
        frozenset[Guard]().union(*(found[guard] for guard in kind.guards)) for kind in graph.kinds
    ]


def _named(graph: Graph, copies: Copies, guard: GuardRef) -> frozenset[Guard]:
    """The guard, by each name that the column which it tests has for sure."""
    columns = {graph.columns[node] for node in copies.bases_of(guard.node) - graph.inner}
    return frozenset(
        Guard(name, guard.operator, guard.value, guard.function)
        for name in map(str, columns)
        if copies.is_named(guard.node, escape(name))
    )
