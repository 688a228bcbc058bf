"""Plain reachability along a graph's edges: which nodes feed which, whatever the protection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lineage import TransformSubtype, TransformType
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from lineage.graph import Graph

Successors = Sequence[Sequence[int]]


def direct_successors(graph: Graph) -> Successors:
    """For each node the nodes that its value flows into directly."""
    return _successors(graph, [kind.transform.type is TransformType.DIRECT for kind in graph.kinds])


def row_successors(graph: Graph) -> Successors:
    """For each node the nodes that its value flows into row by row, copied or transformed."""
    by_row = (TransformSubtype.IDENTITY, TransformSubtype.TRANSFORMATION)
    return _successors(graph, [kind.transform.subtype in by_row for kind in graph.kinds])


def all_successors(graph: Graph) -> Successors:
    """For each node the nodes that it influences in any way."""
    return _successors(graph, [True] * len(graph.kinds))


def _successors(graph: Graph, follows: Sequence[bool]) -> Successors:
    """For each node the nodes that edges of the kinds that are followed lead to."""
    found: list[list[int]] = [[] for _ in graph.columns]
    for source, target, kind in zip(graph.sources, graph.targets, graph.kind_of, strict=True):
        if follows[kind]:
            found[source].append(target)
    return found


def reached_from(successors: Successors, nodes: Iterable[int]) -> set[int]:
    """Nodes that at least one edge leads to from one of these."""
    reached: set[int] = set()
    waiting = list(nodes)
    while waiting:
        for target in successors[waiting.pop()]:
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def first_of(successors: Successors, nodes: Sequence[int]) -> set[int]:
    """The fewest of these from which all others of them are reached.

    Those that no other reaches, and of those that only reach each other the first in order.
    """
    fed = reached_from(successors, nodes)
    first = {node for node in nodes if node not in fed}
    covered = reached_from(successors, first)
    for node in nodes:
        if node not in covered and node not in first:
            first.add(node)
            covered |= reached_from(successors, (node,))
    return first


def fed_by_others(
    graph: Graph, known: frozenset[int], passes: Callable[[int], bool]
) -> frozenset[int]:
    """Those of the `known` nodes that columns which are not known, and made of nothing, flow into.

    Edges of the kinds that `passes` are followed, up to the first known node.
    """
    begin = set(graph.begins.values())

    def carries(edge: int) -> bool:
        return passes(graph.kind_of[edge]) and graph.columns[graph.sources[edge]].column != ROWS

    covered = known.union(*([graph.targets[e] for e in graph.outgoing(n)] for n in begin & known))
    waiting = [
        node
        for node, column in enumerate(graph.columns)
        if node not in covered
        and node not in graph.inner
        and column.column != ROWS
        and not any(graph.columns[graph.sources[e]].column != ROWS for e in graph.incoming(node))
    ]
    reached = set(waiting)
    while waiting:
        for edge in graph.outgoing(waiting.pop()):
            target = graph.targets[edge]
            if target not in reached and carries(edge):
                reached.add(target)
                if target not in known:
                    waiting.append(target)
    return frozenset(reached & known)


def next_in_relations(graph: Graph, start: Iterable[int]) -> set[int]:
    """The nodes of relations that follow on some nodes, with at most inner steps between."""
    waiting = list(start)
    seen, found = set(waiting), set()
    while waiting:
        for edge in graph.outgoing(waiting.pop()):
            target = graph.targets[edge]
            if target in seen:
                continue
            seen.add(target)
            if target in graph.inner:
                waiting.append(target)
            else:
                found.add(target)
    return found


def from_one_to_another(graph: Graph, start: Iterable[int], relation: str) -> set[str]:
    """By which flows some nodes come to the columns of a relation, with inner steps between.

    A flow is `direct`, or the first indirect subtype on the way.
    """
    waiting = [(node, "direct") for node in start]
    seen, found = set(waiting), set()
    while waiting:
        node, flow = waiting.pop()
        for edge in graph.outgoing(node):
            target, how = graph.targets[edge], graph.kind(edge).transform
            direct = how.type is TransformType.DIRECT or flow != "direct"
            here = flow if direct else how.subtype.value.lower()
            if target not in graph.inner and graph.columns[target].relation == relation:
                found.add(here)
            if target in graph.inner and (target, here) not in seen:
                seen.add((target, here))
                waiting.append((target, here))
    return found


def feeds_between(graph: Graph, names: Collection[str]) -> dict[str, set[str]]:
    """For each of these relations those of them, but itself, that something of it flows into."""
    return {
        name: {graph.columns[n].relation for n in next_in_relations(graph, graph.nodes_of(name))}
        & (set(names) - {name})
        for name in names
    }


def fed_among(feeds: Mapping[str, set[str]], names: Collection[str]) -> set[str]:
    """Those of these relations into which another one of them flows, by what feeds what.

    Of relations that feed each other in a circle the first by name is not fed.
    """
    among = {name: feeds[name].intersection(names) for name in names}
    fed_by_any = set().union(*among.values())
    fed: set[str] = set()
    done: set[str] = set()
    rest = set(names)
    for first in (*sorted(rest - fed_by_any), *sorted(rest & fed_by_any)):
        waiting = [] if first in done else [first]
        done.add(first)
        while waiting:
            new = among[waiting.pop()] - done
            fed |= new
            done |= new
            waiting += new
    return fed
