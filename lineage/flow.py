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
    from collections.abc import Iterator, Mapping, Sequence

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
    graph: Graph, seeds: Mapping[int, int], tables: Sequence[Sequence[int]]
) -> dict[int, int]:
    """The mask of states in which a seeded value reaches each node (Kildall's worklist).

    `seeds` maps nodes to masks. Nodes that nothing reaches are absent.
    """
    reached = dict(seeds)
    images: dict[tuple[int, int], int] = {}
    waiting = deque(seeds)
    queued = set(seeds)
    while waiting:
        node = waiting.popleft()
        queued.discard(node)
        mask = reached[node]
        for edge in graph.outgoing(node):
            key = (graph.kind_of[edge], mask)
            image = images.get(key)
            if image is None:
                image = images[key] = _image(tables[key[0]], mask)
            target = graph.targets[edge]
            before = reached.get(target, 0)
            if image | before != before:
                reached[target] = image | before
                if target not in queued:
                    queued.add(target)
                    waiting.append(target)
    return reached


def _image(table: Sequence[int], mask: int) -> int:
    image = 0
    for state in bits(mask):
        image |= table[state]
    return image


def witness(
    graph: Graph,
    source: tuple[int, int],
    sink: tuple[int, int],
    tables: Sequence[Sequence[int]],
) -> tuple[Step, ...]:
    """A shortest path from a source in a state to a sink in any state of a mask.

    `source` is (node, state), `sink` (node, mask). Empty when there is none, or when the
    source is the sink already.
    """
    goal, wanted = sink
    came_from: dict[tuple[int, int], tuple[tuple[int, int], Step] | None] = {source: None}
    waiting = deque([source])
    while waiting:
        here = waiting.popleft()
        node, state = here
        if node == goal and wanted >> state & 1:
            return _walk_back(came_from, here)
        for edge in graph.outgoing(node):
            for arrived in bits(tables[graph.kind_of[edge]][state]):
                there = (graph.targets[edge], arrived)
                if there not in came_from:
                    came_from[there] = (here, Step(edge, arrived))
                    waiting.append(there)
    return ()


def _walk_back(
    came_from: Mapping[tuple[int, int], tuple[tuple[int, int], Step] | None],
    end: tuple[int, int],
) -> tuple[Step, ...]:
    steps: list[Step] = []
    link = came_from[end]
    while link is not None:
        end, step = link
        steps.append(step)
        link = came_from[end]
    return tuple(reversed(steps))
