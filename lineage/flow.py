"""Values moving along the graph: states, and what each kind of edge makes of them.

A *state* is a small integer whose meaning belongs to the caller; a set of states is a bit
mask. `tables[kind][state]` is the mask of states in which a value that was in `state`
arrives after an edge of that kind, 0 when it does not arrive. Along a path tables compose;
where paths meet, masks are united; the result is the least fixpoint.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from lineage.graph import Graph


class Step(msgspec.Struct, frozen=True):
    """One edge of a witness path, and the state in which the value arrives."""

    edge: int
    state: int


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def propagate(
    graph: Graph,
    seeds: Mapping[int, int],
    tables: Sequence[Sequence[int]],
    closed: Container[int] = (),
) -> dict[int, int]:
    """The mask of states in which a seeded value reaches each node (Kildall's worklist).

    `seeds` maps nodes to masks. Nodes that nothing reaches are absent; nothing gets into those
    that are `closed`.
    """
    return Propagation(graph, tables).reached(seeds, closed)


class Propagation:
    """Propagates again and again by the same tables."""

    def __init__(self, graph: Graph, tables: Sequence[Sequence[int]]) -> None:
        self._graph, self._tables = graph, tables
        self._images: dict[int, dict[int, int]] = {}  # by mask and kind of edge; there are few

    def reached(self, seeds: Mapping[int, int], closed: Container[int] = ()) -> dict[int, int]:
        """The mask of states in which a seeded value reaches each node, as in `propagate`."""
        outgoing, targets = self._graph.index.outgoing, self._graph.targets
        kind_of, tables = self._graph.kind_of, self._tables
        reached = dict(seeds)
        waiting = deque(seeds)
        queued = set(seeds)
        while waiting:
            node = waiting.popleft()
            queued.discard(node)
            mask = reached[node]
            images = self._images.setdefault(mask, {})
            for edge in outgoing[node]:
                kind = kind_of[edge]
                image = images.get(kind)
                if image is None:
                    image = images[kind] = image_of(tables[kind], mask)
                if not image:
                    continue
                target = targets[edge]
                before = reached.get(target, 0)
                if image | before != before and target not in closed:
                    reached[target] = image | before
                    if target not in queued:
                        queued.add(target)
                        waiting.append(target)
        return reached


def image_of(table: Sequence[int], mask: int) -> int:
    """The states in which values of any of these states arrive."""
    image = 0
    for state in bits(mask):
        image |= table[state]
    return image


class _Link(msgspec.Struct, frozen=True):
    """A node in a state, on a tree of shortest ways: the step that led there, and from where."""

    step: Step | None
    before: tuple[int, int]
    depth: int


class ShortestWays:
    """The shortest ways from one node in one state to all that it reaches, searched once."""

    def __init__(
        self, graph: Graph, source: tuple[int, int], tables: Sequence[Sequence[int]]
    ) -> None:
        """`source` is (node, state)."""
        self._links = {source: _Link(None, source, 0)}
        waiting = deque([source])
        while waiting:
            here = waiting.popleft()
            depth = self._links[here].depth + 1
            for edge in graph.outgoing(here[0]):
                for state in bits(tables[graph.kind_of[edge]][here[1]]):
                    there = (graph.targets[edge], state)
                    if there not in self._links:
                        self._links[there] = _Link(Step(edge, state), here, depth)
                        waiting.append(there)

    @property
    def size(self) -> int:
        """How many states of nodes it leads to."""
        return len(self._links)

    def steps_to(self, goal: int, wanted: int) -> tuple[Step, ...]:
        """A shortest way to a node in any state of a mask.

        Empty when there is none, or when it is the source itself.
        """
        reached = ((goal, state) for state in bits(wanted))
        ends = [end for end in reached if end in self._links]
        if not ends:
            return ()
        steps: list[Step] = []
        link = self._links[min(ends, key=lambda end: (self._links[end].depth, end))]
        while link.step is not None:
            steps.append(link.step)
            link = self._links[link.before]
        return tuple(reversed(steps))
