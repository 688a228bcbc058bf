"""What is left of an arrival once the excuses and exceptions of a rule have been heard.

`unless` permits and `except` forbids; each stands inside of the other and only refines it, so
an exception can never reach what its parent does not speak of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check.located import purposes_of
from enforcer.check.selectors import category_matches, choice_matches, relation_matches
from enforcer.protection.states import flows_named, mask_of_flow, variants_in
from enforcer.protection.variants import refused
from enforcer.rules import Choice, Excuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.estate import Estate
    from enforcer.protection.variants import Variant
    from enforcer.rules import Accepts, Ban, GuardTest


def excused(
    estate: Estate, arrival: Arrival, excuses: Sequence[Excuse], accepted: Accepts | None
) -> Arrival | None:
    """What is left of an arrival when the excuses that apply to it are granted."""
    left, tests = arrival, []
    for excuse in excuses:
        if not _speaks_of(estate, excuse, left):
            continue
        forbidden = banned(estate, left, excuse.exceptions)
        scope = frozenset(left.protections) - forbidden
        if excuse.protected is not None:
            scope -= frozenset(refused(excuse.protected, left.protections))
        if excuse.guard is not None and scope == frozenset(left.protections):
            tests.append(excuse.guard)
            continue
        if excuse.guard is not None:
            scope -= frozenset(_unguarded(estate, left, (excuse.guard,), accepted))
        kept = tuple(p for p in left.protections if p not in scope)
        if not kept:
            return None
        left = msgspec.structs.replace(left, protections=kept)
    return _guarded(estate, left, tests, accepted)


def banned(estate: Estate, arrival: Arrival, bans: Iterable[Ban]) -> frozenset[Variant]:
    """Those protections of an arrival under which some exception forbids it after all."""
    found: set[Variant] = set()
    for ban in bans:
        if not _speaks_of(estate, ban, arrival):
            continue
        protections = refused(ban.unless_protected, arrival.protections)
        if not protections:
            continue
        inner = msgspec.structs.replace(arrival, protections=protections)
        left = excused(estate, inner, ban.unless, ban.unless_protected)
        found.update(left.protections if left is not None else ())
    return frozenset(found)


def _speaks_of(estate: Estate, clause: Excuse | Ban, arrival: Arrival) -> bool:
    """True when a clause is about an arrival; where that is in doubt it forbids and excuses not."""
    source, surely = arrival.source, isinstance(clause, Excuse)
    if not category_matches(estate, clause.data, source.category):
        return False
    if isinstance(clause, Excuse) and clause.via and arrival.flow not in flows_named(clause.via):
        return False
    if clause.source is not None and not relation_matches(
        estate, clause.source, source.column.relation, surely=surely
    ):
        return False
    if clause.into is not None and not relation_matches(
        estate, clause.into, arrival.relation, surely=surely
    ):
        return False
    if clause.purpose == Choice():
        return True
    return choice_matches(clause.purpose, purposes_of(estate, arrival.relation))


def _guarded(
    estate: Estate, arrival: Arrival, tests: Sequence[GuardTest], accepted: Accepts | None
) -> Arrival | None:
    """What is left of an arrival on edges where none of the tests holds."""
    if not tests:
        return arrival
    kept = tuple(
        p for p in _unguarded(estate, arrival, tests, accepted) if p in arrival.protections
    )
    way = msgspec.structs.replace(arrival.way, excused=tuple(tests))
    return msgspec.structs.replace(arrival, protections=kept, way=way) if kept else None


def _unguarded(
    estate: Estate, arrival: Arrival, tests: Sequence[GuardTest], accepted: Accepts | None
) -> tuple[Variant, ...]:
    from enforcer.check.flows import masks_by_relation  # noqa: PLC0415 - flows are judged by this

    way = msgspec.structs.replace(arrival.way, excused=tuple(tests))
    mask = masks_by_relation(estate, arrival.source, way).get(arrival.relation, 0)
    return refused(accepted, variants_in(mask & mask_of_flow(arrival.flow)))
