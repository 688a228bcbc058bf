"""How a graph says that a source reaches a column: directly, or by which indirect kind of flow."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from lineage import Column, TransformType
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage import Analysis
    from lineage.graph import EdgeKind, GuardRef

SEVERAL = "several"
_RANK = ("IDENTITY", "TRANSFORMATION", "AGGREGATION")
_MIXING = {"AGGREGATION", "GROUP_BY", "WINDOW", "SORT"}
_OTHER_ROWS = {"lag", "lead", "first_value", "last_value", "nth_value"}


def reachable(
    analysis: Analysis, source: Column, without: Callable[[int], bool] | None = None
) -> set[Column]:
    """Every column of a relation that a source flows into, by whatever way.

    `without` says which edges are not gone along.
    """
    graph = analysis.graph
    start = graph.find(source)
    if start is None:
        return set()
    seen, waiting = {start}, deque([start])
    while waiting:
        for edge in graph.outgoing(waiting.popleft()):
            target = graph.targets[edge]
            if target not in seen and (without is None or not without(edge)):
                seen.add(target)
                waiting.append(target)
    return {graph.columns[n] for n in seen if n not in graph.inner}


def kinds_of_flow(analysis: Analysis, source: Column) -> dict[Column, str]:
    """For each column that a source reaches, the kind of the most direct way.

    The kind of an indirect way is that of its one indirect edge, or `SEVERAL`; that of the
    rows of a relation is `rows`.
    """
    graph = analysis.graph
    start = graph.find(source)
    found: dict[int, str] = {}
    waiting = [(0, 0, "", start)] if start is not None else []
    while waiting:
        indirect, rank, kind, node = heappop(waiting)
        if node in found:
            continue
        found[node] = kind or _RANK[rank]
        for edge in graph.outgoing(node):
            subtype = graph.kind(edge).transform.subtype
            if subtype.type is TransformType.DIRECT:
                way = (indirect, max(rank, _RANK.index(subtype.value)), kind)
            else:
                way = (indirect + 1, rank, SEVERAL if kind else subtype.value)
            heappush(waiting, (*way, graph.targets[edge]))
    inner = graph.inner
    rows = source.column == ROWS
    return {graph.columns[n]: "rows" if rows else k for n, k in found.items() if n not in inner}


def passed_without(analysis: Analysis, source: Column, guard: GuardRef) -> set[Column]:
    """What a source reaches although nothing passes a guard that still is of its row.

    A value that has been mixed with those of other rows is no longer what a guard speaks of.
    """
    graph = analysis.graph
    start = graph.find(source)
    seen = {(start, False)} if start is not None else set()
    waiting = list(seen)
    while waiting:
        node, mixed = waiting.pop()
        for edge in graph.outgoing(node) if node is not None else ():
            kind = graph.kind(edge)
            if guard in kind.guards and not mixed:
                continue
            after = (graph.targets[edge], mixed or mixes(kind))
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    inner = graph.inner
    return {graph.columns[n] for n, _ in seen if n is not None and n not in inner}


def mixes(kind: EdgeKind) -> bool:
    """Whether a value comes out of an edge with rows that it is not of."""
    transform = kind.transform
    return transform.subtype in _MIXING or not _OTHER_ROWS.isdisjoint(transform.functions)
