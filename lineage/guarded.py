"""Guards as words: what is tested on every row that a relation receives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.graph import GuardRef
from lineage.words import Guard, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lineage.graph import Graph
    from lineage.words import Origin


class Guarded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A write: the relation, the unit that writes it, and the guards that hold for its rows.

    Each guard comes with the offset in the unit's text where it is tested.
    """

    relation: str
    unit: int
    guards: tuple[tuple[GuardRef, int], ...]


def collect_guards(
    graph: Graph, writes: Sequence[Guarded], origin_at: Callable[[int, int], Origin]
) -> tuple[Guard, ...]:
    """The guards that all writes into a relation share, with the base columns tested, sorted.

    `origin_at` says where an offset of a unit's text is written.
    """
    shared: dict[tuple[object, ...], set[int]] = {}
    found = [_guards(graph, write, origin_at) for write in writes]
    for number, guards in enumerate(found):
        for guard in guards:
            shared.setdefault(_content(guard), set()).add(number)
    into: dict[str, set[int]] = {}
    for number, write in enumerate(writes):
        into.setdefault(write.relation, set()).add(number)
    return tuple(
        sorted(
            {
                guard
                for write, guards in zip(writes, found, strict=True)
                for guard in guards
                if shared[_content(guard)] >= into[write.relation]
            }
        )
    )


def _content(guard: Guard) -> tuple[object, ...]:
    return (guard.relation, guard.column, guard.operator, guard.value, guard.function)


def _guards(graph: Graph, write: Guarded, origin_at: Callable[[int, int], Origin]) -> set[Guard]:
    return {
        Guard(
            relation=write.relation,
            column=graph.columns[node],
            operator=guard.operator,
            value=guard.value,
            function=guard.function,
            origin=origin_at(write.unit, offset),
        )
        for guard, offset in write.guards
        for node in identities(graph, guard.node)
    }


def identities(graph: Graph, node: int) -> list[int]:
    """The columns of relations that an inner node copies unchanged, itself if it copies none."""
    found: list[int] = []
    seen = {node}
    waiting = [node]
    while waiting:
        here = waiting.pop()
        copied = [
            graph.sources[edge]
            for edge in graph.incoming(here)
            if graph.kind(edge).transform.subtype is TransformSubtype.IDENTITY
            and graph.columns[graph.sources[edge]].column != "*"
        ]
        if here not in graph.inner or not copied:
            found.append(here)
        else:
            waiting.extend(n for n in copied if n not in seen)
            seen.update(copied)
    return sorted(found)
