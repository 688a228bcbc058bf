"""What becomes of the data that a relation holds: where it goes on, and for which purposes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.located import purposes_of
from enforcer.check.spread import masks_by_relation
from enforcer.protection.reach import reached_from
from enforcer.protection.states import mask_of_flow, variants_in
from enforcer.protection.variants import refused
from enforcer.shared import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enforcer.check.flows import Arrival
    from enforcer.estate import Estate
    from enforcer.protection.variants import Variant
    from enforcer.rules import Accepts


def uses(
    estate: Estate, arrival: Arrival, accepted: Accepts | None
) -> Mapping[str, tuple[Variant, ...]]:
    """The relations that data is in from where it arrived on, with its refused protections."""
    masks = masks_by_relation(estate, arrival.source, arrival.way)
    own = arrival.relation == arrival.source.column.relation
    beyond = masks.keys() if own else _beyond(estate, arrival.relation)
    found = {
        name: refused(accepted, variants_in(mask & mask_of_flow(arrival.flow)))
        for name, mask in masks.items()
        if name in beyond
    }
    return {name: protections for name, protections in found.items() if protections}


@shared
def _beyond(estate: Estate, name: str) -> frozenset[str]:
    """A relation, and those that anything of it flows into."""
    graph = estate.analysis.graph
    nodes = reached_from(estate.direct_successors, graph.nodes_of(name)) - graph.inner
    return frozenset({name, *(graph.columns[node].relation for node in nodes)})


def purposes_downstream(
    estate: Estate, held: Iterable[Arrival], accepted: Accepts | None
) -> Mapping[str, str]:
    """Each purpose that the data is used for, sorted, with the first relation that states it."""
    names = {name for arrival in held for name in uses(estate, arrival, accepted)}
    found: dict[str, str] = {}
    for name in sorted(names):
        for purpose in purposes_of(estate, name):
            found.setdefault(purpose, name)
    return dict(sorted(found.items()))
