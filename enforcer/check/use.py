"""Use: where data may arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check.excuses import banned, left_over
from enforcer.check.flows import flow_finding, weighed
from enforcer.check.holdings import holdings
from enforcer.check.located import asks_where, names_of_jurisdictions
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import choose_relations
from enforcer.check.sources import followed_sources
from enforcer.words import say

if TYPE_CHECKING:
    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import Message, RuleCard


def judge_flows(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must not arrive in relations that match `into`."""
    deny = rule.deny
    assert deny is not None
    assert deny.into is not None
    sinks = choose_relations(estate, deny.into)
    sources = followed_sources(estate, deny.data, deny.source) if sinks else ()
    asked = (deny.via, deny.unless_protected)
    findings = []
    for left in left_over(estate, sources, asked, rule.unless, sinks):
        there = _lying(estate, left.relation) if asks_where(deny.into) else None
        findings.append(weighed(flow_finding(estate, card, left, there), deny.via))
    return outcome(len(sources), findings)


def _lying(estate: Estate, relation: str) -> Message | None:
    """Where a relation lies, or who gets it, as a sentence says it."""
    lying = tuple(names[0] for names in names_of_jurisdictions(estate, relation))
    return say("lies-in", regions=lying) if lying else None


def judge_allowed(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Of the flows that the rule allows, its exceptions forbid some after all."""
    allow = rule.allow
    assert allow is not None
    sinks = choose_relations(estate, allow.into)
    sources = followed_sources(estate, allow.data, allow.source) if sinks else ()
    findings = []
    for arrival in left_over(estate, sources, (allow.via, None), (), sinks):
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
        for name in held
        if not estate.places_named(name)
        for arrival in held[name]
    ]
    return outcome(len(held), findings)
