"""What becomes of the data that a relation holds: where it goes on, and for which purposes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from enforcer.check.located import purposes_of
from enforcer.check.spread import (
    EVERYWHERE,
    bits_of,
    first_name,
    parts_alike,
    refusals,
    spread_of,
)
from enforcer.protection.reach import reached_from
from enforcer.shared import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enforcer.check.flows import Arrival
    from enforcer.check.spread import Bits
    from enforcer.estate import Estate
    from enforcer.protection.variants import Variant
    from enforcer.rules import Accepts


def uses(
    estate: Estate, arrival: Arrival, accepted: Accepts | None
) -> Mapping[tuple[Variant, ...], Bits]:
    """The relations that data is in from where it arrived on, by its refused protections."""
    own = arrival.relation == arrival.source.column.relation
    beyond = EVERYWHERE if own else _beyond(estate, arrival.relation)
    found: dict[tuple[Variant, ...], int] = {}
    refused = refusals(estate, accepted, (arrival.flow,))
    for mask, relations in spread_of(estate, arrival.source, arrival.way).items():
        for _, protections in refused.of(mask) if relations & beyond else ():
            found[protections] = found.get(protections, 0) | relations & beyond
    return found


@shared
def _beyond(estate: Estate, name: str) -> Bits:
    """A relation, and those that anything of it flows into."""
    graph = estate.analysis.graph
    nodes = reached_from(estate.direct_successors, graph.nodes_of(name)) - graph.inner
    return bits_of(estate, {name, *(graph.columns[node].relation for node in nodes)})


def purposes_downstream(
    estate: Estate, held: Iterable[Arrival], accepted: Accepts | None
) -> Mapping[str, str]:
    """Each purpose that the data is used for, sorted, with the first relation that states it."""
    used = 0
    for arrival in held:
        for relations in uses(estate, arrival, accepted).values():
            used |= relations
    found: dict[str, str] = {}
    for name in sorted(map(partial(first_name, estate), parts_alike(estate, used).values())):
        for purpose in purposes_of(estate, name):
            found.setdefault(purpose, name)
    return dict(sorted(found.items()))
