"""Guards as words: what is tested on every row that a relation receives."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lineage.analysis import locate
from lineage.words import Guard, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lineage.graph import Graph, GuardRef
    from lineage.projects import Unit


class Guarded(NamedTuple):
    """A relation, the unit that writes it, and the guards of the scope that is written.

    `offsets` says where in the unit's text each guard is tested.
    """

    relation: str
    unit: int
    guards: tuple[GuardRef, ...]
    offsets: Mapping[GuardRef, int]


def collect_guards(
    graph: Graph, guarded: Iterable[Guarded], units: Sequence[Unit]
) -> tuple[Guard, ...]:
    """The guards that all writes into a relation share, with the base columns tested, sorted."""
    shared: dict[tuple[object, ...], set[int]] = {}
    writes = list(guarded)
    for number, write in enumerate(writes):
        for found in _guards(graph, write, units):
            shared.setdefault(_content(found), set()).add(number)
    into: dict[str, set[int]] = {}
    for number, write in enumerate(writes):
        into.setdefault(write.relation, set()).add(number)
    return tuple(
        sorted(
            {
                found
                for write in writes
                for found in _guards(graph, write, units)
                if shared[_content(found)] >= into[write.relation]
            }
        )
    )


def _content(guard: Guard) -> tuple[object, ...]:
    return (guard.relation, guard.column, guard.operator, guard.value, guard.function)


def _guards(graph: Graph, write: Guarded, units: Sequence[Unit]) -> set[Guard]:
    return {
        Guard(
            relation=write.relation,
            column=graph.columns[node],
            operator=guard.operator,
            value=guard.value,
            function=guard.function,
            origin=locate(units[write.unit], write.offsets.get(guard, 0)),
        )
        for guard in write.guards
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
