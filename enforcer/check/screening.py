"""Which sources are worth following one by one: one search for all of them says so.

Most data never gets near the relations that a rule forbids. So all sources are followed
together first; only those from which something arrives that is refused are followed alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.spread import Ways, excusing
from enforcer.protection.states import flows_named, mask_of_flow, variants_in
from enforcer.protection.variants import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from enforcer.check.labelled_column import Source
    from enforcer.estate import Estate
    from enforcer.protection.arrivals import Way
    from enforcer.rules import Accepts, GuardTest


def narrowed(
    estate: Estate,
    sources: Iterable[Source],
    via: Collection[str],
    accepted: Accepts | None,
    wanted: Callable[[str, str], bool],
    guards: tuple[GuardTest, ...] = (),
) -> tuple[Source, ...]:
    """Those sources of which something may arrive, with a refused protection, where it is wanted.

    `wanted` tells of the name of a relation and of a column in it; where one of the guards
    holds nothing is followed.
    """
    graph, flows = estate.analysis.graph, flows_named(via)
    kept: set[Source] = set()
    by_way: dict[Way, dict[int, list[Source]]] = {}
    ways = Ways(estate, flows)
    for source in sources:
        node = graph.find(source.column)
        if node is not None:
            alike = by_way.setdefault(ways.of(source), {})
            alike.setdefault(node, []).append(source)
        elif wanted(source.column.relation, source.column.column):
            kept.add(source)
    for unguarded, by_node in by_way.items():
        way = excusing(unguarded, guards) if guards else unguarded
        reached = estate.arrivals.of_all(frozenset(by_node), way)
        offends = _offending(flows, accepted)
        ends = [
            node
            for node, mask in reached.items()
            if node not in graph.inner
            and offends(mask)
            and wanted(graph.columns[node].relation, graph.columns[node].column)
        ]
        behind = estate.arrivals.behind(ends, way) if ends else frozenset()
        kept.update(one for node, alike in by_node.items() if node in behind for one in alike)
    return tuple(sorted(kept))


def _offending(flows: tuple[str, ...], accepted: Accepts | None) -> Callable[[int], bool]:
    """Tells of states whether some of them are in these flows and refused."""
    known: dict[int, bool] = {}

    def offends(mask: int) -> bool:
        if mask not in known:
            known[mask] = any(
                refused(accepted, variants_in(mask & mask_of_flow(flow))) for flow in flows
            )
        return known[mask]

    return offends
