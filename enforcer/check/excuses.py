"""What is left of an arrival once the excuses and exceptions of a rule have been heard.

`unless` permits and `except` forbids; each stands inside of the other and only refines it, so
an exception can never reach what its parent does not speak of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check.flows import arrivals
from enforcer.check.located import purposes_of
from enforcer.check.screening import narrowed
from enforcer.check.selectors import (
    category_matches,
    choice_matches,
    choose_relations,
    relation_matches,
)
from enforcer.check.spread import (
    EVERYWHERE,
    Refusals,
    Ways,
    bits_of,
    excusing,
    masks_by_relation,
    names_of,
)
from enforcer.protection.states import DIRECT, flows_named, mask_of_flow, variants_in
from enforcer.protection.variants import refused
from enforcer.rules import Choice, Excuse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.check.labelled_column import Source
    from enforcer.check.spread import Bits
    from enforcer.estate import Estate
    from enforcer.protection.variants import Variant
    from enforcer.rules import Accepts, Ban, GuardTest


def left_over(
    estate: Estate,
    sources: Sequence[Source],
    asked: tuple[Collection[str], Accepts | None],
    unless: Sequence[Excuse],
    into: Bits = EVERYWHERE,
) -> Iterator[Arrival]:
    """What is left of the arrivals in some relations when what excuses them has been heard.

    `asked` are kinds of flow, and what is accepted in them. Excuses that need not be heard
    for each arrival by itself are heard for all at once, before anything is followed.
    """
    via, accepted = asked
    near = into & ~wholly_excused(estate, unless)
    guards = _always_guarded(unless)
    if flows_named(via) != (DIRECT,):
        wanted = frozenset(names_of(estate, near)) if near > 0 else estate.relations
        sources = (
            narrowed(estate, sources, via, accepted, lambda relation, _: relation in wanted, guards)
            if near
            else ()
        )
    for arrival in arrivals(estate, sources if near else (), via, accepted, near, guards):
        left = excused(estate, arrival, unless, accepted)
        if left is not None:
            yield left


def where_left(
    estate: Estate,
    sources: Sequence[Source],
    asked: tuple[Collection[str], Accepts | None],
    unless: Sequence[Excuse],
    counts: Callable[[Variant], bool],
) -> Iterator[tuple[Source, Bits]]:
    """For each source where an arrival of it is left over, under a protection that counts."""
    via, accepted = asked
    if _heard_one_by_one(unless) or flows_named(via) != (DIRECT,):
        for arrival in left_over(estate, sources, asked, unless):
            if any(map(counts, arrival.protections)):
                yield arrival.source, bits_of(estate, (arrival.relation,))
        return
    guards, open_to = _always_guarded(unless), ~wholly_excused(estate, unless)
    ways, refusals = Ways(estate, (DIRECT,), guards), Refusals(accepted, (DIRECT,))
    known: dict[int, bool] = {}
    for source in sources:
        found = 0
        for mask, relations in ways.spread(source).items():
            if mask not in known:
                known[mask] = any(counts(v) for _, those in refusals.of(mask) for v in those)
            if known[mask]:
                found |= relations
        yield source, found & open_to


def _always_guarded(unless: Sequence[Excuse]) -> tuple[GuardTest, ...]:
    """The guards that excuse any arrival on whose way they hold."""
    return tuple(
        excuse.guard for excuse in unless if excuse.guard is not None and _only(excuse, "guard")
    )


def _heard_one_by_one(unless: Sequence[Excuse]) -> bool:
    """True when an excuse speaks of some arrivals only, or of some protections of theirs."""
    return any(not (_only(e, "guard") or _only(e, "into")) for e in unless)


def count_left(
    estate: Estate,
    sources: Sequence[Source],
    asked: tuple[Collection[str], Accepts | None],
    unless: Sequence[Excuse],
    into: Bits,
) -> int:
    """How many arrivals are left over."""
    via, accepted = asked
    near = into & ~wholly_excused(estate, unless)
    if unheard_of(unless) or flows_named(via) != (DIRECT,):
        return sum(1 for _ in left_over(estate, sources, asked, unless, into))
    ways, refusals = Ways(estate, (DIRECT,)), Refusals(accepted, (DIRECT,))
    return sum((refusals.where(ways.spread(one)) & near).bit_count() for one in sources)


def _only(excuse: Excuse, key: str) -> bool:
    """True when an excuse says nothing but one thing."""
    if getattr(excuse, key) is None:
        return False
    return msgspec.structs.replace(excuse, **{key: None}) == _NOTHING_SAID


def wholly_excused(estate: Estate, unless: Sequence[Excuse]) -> Bits:
    """The relations in which everything is excused, whatever it is and however it arrives."""
    found = 0
    for excuse in unless:
        if excuse.into is not None and _only(excuse, "into"):
            found |= choose_relations(estate, excuse.into, surely=True)
    return found


def unheard_of(unless: Sequence[Excuse]) -> tuple[Excuse, ...]:
    """The excuses that must be heard for each arrival by itself, or for the guards on its way."""
    return tuple(excuse for excuse in unless if not _only(excuse, "into"))


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
    way = excusing(arrival.way, tuple(tests))
    return msgspec.structs.replace(arrival, protections=kept, way=way) if kept else None


def _unguarded(
    estate: Estate, arrival: Arrival, tests: Sequence[GuardTest], accepted: Accepts | None
) -> tuple[Variant, ...]:
    way = excusing(arrival.way, tuple(tests))
    mask = masks_by_relation(estate, arrival.source, way).get(arrival.relation, 0)
    return refused(accepted, variants_in(mask & mask_of_flow(arrival.flow)))


_NOTHING_SAID: Final = Excuse()
