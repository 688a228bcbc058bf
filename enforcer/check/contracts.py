"""Contracts and approvals: that data is given to others as was agreed, and no further."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check.flows import flow_finding
from enforcer.check.holdings import holdings, relation_finding
from enforcer.check.located import purposes_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.partners import partners_of
from enforcer.check.purposes import beyond_of
from enforcer.check.selectors import category_matches, choice_matches
from enforcer.estate import facts_under, says_nothing
from enforcer.rules import Choice, Where
from enforcer.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.estate import Estate
    from enforcer.rules import Partner, Rule, Term
    from enforcer.words import Message, RuleCard

_PARTNERS: Final = Where(partner=True)
_ALL: Final = ("in_force", "categories", "subjects", "purposes")
_NUMBER: Final = re.compile(r"\d{1,15}", re.ASCII)


def judge_contract(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Partners need a contract that keeps the terms asked for, and covers what they get."""
    require = rule.require
    assert require is not None
    terms = require.contract if isinstance(require.contract, tuple) else _ALL
    if require.of == Where():  # nobody else needs one
        require = msgspec.structs.replace(require, of=_PARTNERS)
    held = holdings(estate, msgspec.structs.replace(rule, require=require))
    findings = []
    for name in held:
        for arrival in held[name] if partners_of(estate, name) else ():
            lacks = [
                lack
                for place, partner in partners_of(estate, name)
                for term in terms
                if (lack := _TERMS[term](estate, partner, place, arrival)) is not None
            ]
            if lacks:
                findings.append(flow_finding(estate, card, arrival, lacks[0]))
    return outcome(len(held), findings)


def _role(_estate: Estate, partner: Partner, place: str, _arrival: Arrival) -> Message | None:
    said = not says_nothing(partner.role)
    return None if said else say("no-role", partner=partner.name, place=place)


def _in_force(estate: Estate, partner: Partner, place: str, _arrival: Arrival) -> Message | None:
    if says_nothing(partner.contract):
        return say("no-contract", partner=partner.name, place=place)
    if partner.expires is not None and partner.expires < estate.today:
        return say("contract-ended", **_parts(partner), day=str(partner.expires))
    return None


def _end(_estate: Estate, partner: Partner, place: str, _arrival: Arrival) -> Message | None:
    said = partner.expires is not None
    return None if said else say("no-end", partner=partner.name, place=place)


def _categories(estate: Estate, partner: Partner, place: str, arrival: Arrival) -> Message | None:
    category = arrival.source.category
    permits = Choice(any_of=partner.permits)
    if partner.permits and category_matches(estate, permits, category):
        return None
    if says_nothing(partner.contract):
        return say("no-contract", partner=partner.name, place=place)
    return say("contract-does-not-permit", **_parts(partner), category=category)


def _subjects(estate: Estate, partner: Partner, _place: str, arrival: Arrival) -> Message | None:
    subjects = estate.facts(arrival.source.column.relation, "subject")
    strange = beyond_of(subjects, partner.subjects) if partner.subjects else ()
    return say("contract-subjects", **_parts(partner), subjects=strange) if strange else None


def _purposes(estate: Estate, partner: Partner, _place: str, arrival: Arrival) -> Message | None:
    purposes = purposes_of(estate, arrival.relation)
    beyond = beyond_of(purposes, partner.purposes) if partner.purposes else ()
    return say("contract-purposes", **_parts(partner), purposes=beyond) if beyond else None


def _onward(_estate: Estate, partner: Partner, place: str, _arrival: Arrival) -> Message | None:
    passes = partner.onward.strip().lower() in ("true", "yes")
    return say("passed-on", partner=partner.name, place=place) if passes else None


def _parts(partner: Partner) -> dict[str, str]:
    return {"contract": partner.contract, "partner": partner.name}


_TERMS: Final[Mapping[Term, Callable[[Estate, Partner, str, Arrival], Message | None]]] = {
    "role": _role,
    "in_force": _in_force,
    "end": _end,
    "categories": _categories,
    "subjects": _subjects,
    "purposes": _purposes,
    "onward": _onward,
}


def judge_approved(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """What was approved for a relation must be stated, and cover what is in it."""
    require = rule.require
    assert require is not None
    held = holdings(estate, rule)
    findings = []
    for name, arriving in held.items():
        stated: dict[str, tuple[str, ...]] = {}
        for key, value in facts_under(estate, name, require.approved):
            stated[key] = (*stated.get(key, ()), value)
        if not stated:
            lack = say("nothing-approved", facts=require.approved)
            findings.append(relation_finding(estate, card, name, arriving, lack))
            continue
        lacks = tuple(_beyond_approval(estate, name, stated, arriving))
        if lacks:
            lack = say("beyond-approval", lacks=lacks)
            findings.append(relation_finding(estate, card, name, arriving, lack))
        data = _categories_approved(estate, name, stated)
        for arrival in arriving:
            if data.any_of and not category_matches(estate, data, arrival.source.category):
                lack = say("not-approved", category=arrival.source.category)
                findings.append(flow_finding(estate, card, arrival, lack))
    return outcome(len(held), findings)


def _categories_approved(
    estate: Estate, name: str, stated: Mapping[str, tuple[str, ...]]
) -> Choice:
    """Raises `PolicyError` for a category that there is not."""
    for pattern in stated.get("labels", ()):
        estate.taxonomy.check_pattern(pattern, estate.relations[name].origin)
    return Choice(any_of=stated.get("labels", ()))


def _beyond_approval(
    estate: Estate, name: str, stated: Mapping[str, Sequence[str]], arriving: Sequence[Arrival]
) -> Iterator[Message]:
    """How a relation as a whole goes beyond what was approved for it."""
    purposes = stated.get("purposes", ())
    beyond = beyond_of(purposes_of(estate, name), purposes) if purposes else ()
    if beyond:
        yield say("purposes-not-approved", purposes=beyond)
    named = stated.get("recipient", ())
    recipients = tuple(partner.name for _, partner in partners_of(estate, name))
    if named and not all(choice_matches(Choice(any_of=tuple(named)), (r,)) for r in recipients):
        yield say("recipient-not-approved", recipients=recipients)
    for limit in stated.get("subjects", ()):
        counted = _counted(estate, name, arriving)
        if counted is None:
            yield say("subjects-not-counted", limit=limit)
        elif not _NUMBER.fullmatch(limit) or counted > int(limit):
            yield say("subjects-not-approved", limit=limit, counted=str(counted))
    for day in stated.get("expires", ()):
        if not _is_ahead(day, estate.today):
            yield say("approval-ended", day=day)


def _counted(estate: Estate, name: str, arriving: Sequence[Arrival]) -> int | None:
    """How many subjects a relation says it has, else the most that a source of it says."""
    own = estate.facts(name, "subject_count")
    sources = {arrival.source.column.relation for arrival in arriving}
    told = own or tuple(n for s in sorted(sources) for n in estate.facts(s, "subject_count"))
    counts = [int(text) for text in told if _NUMBER.fullmatch(text)]
    return max(counts, default=None)


def _is_ahead(day: str, today: date) -> bool:
    try:
        return date.fromisoformat(day) >= today
    except ValueError:
        return False
