"""Use: where data may arrive, who may read it, and what partners agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check.excuses import banned, excused
from enforcer.check.flows import Arrival, arrivals, flow_finding, way_of, weighed
from enforcer.check.holdings import holdings
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import category_matches, select_relations
from enforcer.check.sources import followed_sources
from enforcer.check.subjects import subject_keys
from enforcer.estate import says_nothing
from enforcer.protection.states import DIRECT, mask_of_groups, variants_in
from enforcer.protection.variants import refused
from enforcer.rules import Accepts, Choice
from enforcer.words import Method, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enforcer.check.selectors import Source
    from enforcer.estate import Estate
    from enforcer.protection.arrivals import Way
    from enforcer.rules import Place, Rule
    from enforcer.words import Message, RuleCard


def judge_flows(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must not arrive in relations that match `into`."""
    deny = rule.deny
    assert deny is not None
    assert deny.into is not None
    sinks = frozenset(select_relations(estate, deny.into))
    sources = followed_sources(estate, deny.data, deny.source) if sinks else ()
    findings = []
    for arrival in arrivals(estate, sources, deny.via, deny.unless_protected):
        if arrival.relation not in sinks:
            continue
        left = excused(estate, arrival, rule.unless, deny.unless_protected)
        if left is not None:
            findings.append(weighed(flow_finding(estate, card, left), deny.via))
    return outcome(len(sources), findings)


def judge_allowed(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Of the flows that the rule allows, its exceptions forbid some after all."""
    allow = rule.allow
    assert allow is not None
    sinks = frozenset(select_relations(estate, allow.into))
    sources = followed_sources(estate, allow.data, allow.source) if sinks else ()
    findings = []
    for arrival in arrivals(estate, sources, allow.via, None):
        if arrival.relation not in sinks:
            continue
        forbidden = banned(estate, arrival, rule.exceptions)
        if forbidden:
            kept = tuple(p for p in arrival.protections if p in forbidden)
            left = msgspec.structs.replace(arrival, protections=kept)
            findings.append(flow_finding(estate, card, left))
    return outcome(len(sources), findings)


def judge_known_place(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Relations that hold the data must lie in some declared place."""
    held = holdings(estate, rule)
    findings = [
        flow_finding(estate, card, arrival, say("in-no-place"))
        for name, arriving in held.items()
        if not estate.places_named(name)
        for arrival in arriving
    ]
    return outcome(len(held), findings)


def judge_contract(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Partners need a contract that is in force and permits the category."""
    held = holdings(estate, rule)
    findings = []
    for name, arriving in held.items():
        for arrival in arriving:
            lacks = [
                lack
                for place_name, place in estate.places_named(name)
                for lack in _lacks_of_contract(estate, place_name, place, arrival.source.category)
            ]
            if lacks:
                findings.append(flow_finding(estate, card, arrival, lacks[0]))
    return outcome(len(held), findings)


def _lacks_of_contract(estate: Estate, name: str, place: Place, category: str) -> Iterator[Message]:
    partner = place.partner
    if partner is None:
        return
    parts = {"contract": partner.contract, "partner": partner.name}
    if says_nothing(partner.contract):
        yield say("no-contract", partner=partner.name, place=name)
    elif partner.expires is not None and partner.expires < estate.today:
        yield say("contract-ended", **parts, day=str(partner.expires))
    elif not partner.permits or not category_matches(
        estate, Choice(any_of=partner.permits), category
    ):
        yield say("contract-does-not-permit", **parts, category=category)


def judge_group_size(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Counts and totals must be taken over groups of at least so many subjects.

    Reported where the aggregate is made, not in what is built from it. Where rows name their
    subject an aggregate is a fact about one person, whom no size of a group can hide; rules
    about the data itself judge it.
    """
    require = rule.require
    assert require is not None
    own = require.unless_protected or Accepts()
    accepted = msgspec.structs.replace(own, accept=(*own.accept, Method.AGGREGATED))
    wanted = frozenset(select_relations(estate, require.of)) - subject_keys(estate).keys()
    judged, findings = 0, []
    for source in followed_sources(estate, require.data) if wanted else ():
        way = way_of(estate, source, group_size=require.group_size)
        for name, mask in sorted(_aggregates(estate, source, way).items()):
            if name not in wanted:
                continue
            judged += 1
            small = refused(accepted, variants_in(mask))
            if small:
                arrival = Arrival(source, name, DIRECT, small, way)
                less = say("small-groups", size=require.group_size)
                findings.append(flow_finding(estate, card, arrival, less, mask_of_groups()))
    return outcome(judged, findings)


def _aggregates(estate: Estate, source: Source, way: Way) -> Mapping[str, int]:
    node = estate.analysis.graph.find(source.column)
    return {} if node is None else estate.arrivals.made(node, way, mask_of_groups())
