"""Purposes: that data is used for what it was collected for, or for what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.excuses import excused
from enforcer.check.flows import arrivals, flow_finding, weighed
from enforcer.check.located import purposes_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.screening import among, narrowed
from enforcer.check.selectors import choice_matches, select_relations
from enforcer.check.sources import followed_sources
from enforcer.rules import Choice, Where
from enforcer.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.check.selectors import Source
    from enforcer.estate import Estate
    from enforcer.rules import Deny, Rule
    from enforcer.words import RuleCard


def judge_purposes(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must not be used for what is none of its source's purposes, nor compatible with one.

    Judged where both state some: a purpose below another one belongs to it.
    """
    deny = rule.deny
    assert deny is not None
    sinks = {name: purposes_of(estate, name) for name in _sinks(estate, deny)}
    sinks = {name: purposes for name, purposes in sinks.items() if purposes}
    followed = followed_sources(estate, deny.data, deny.source) if sinks else ()
    always = deny.beyond_purpose if isinstance(deny.beyond_purpose, tuple) else ()
    collected = {s: _permitted(estate, s, always) for s in followed}
    sources = tuple(source for source in followed if collected[source])
    findings = []
    for arrival in _arriving(estate, deny, collected, sinks):
        permitted = collected[arrival.source]
        beyond = beyond_of(sinks[arrival.relation], permitted)
        left = excused(estate, arrival, rule.unless, deny.unless_protected) if beyond else None
        if left is not None:
            stated = purposes_of(estate, arrival.source.column.relation)
            used = say("used-beyond", purposes=beyond, collected=stated)
            findings.append(weighed(flow_finding(estate, card, left, used), deny.via))
    return outcome(len(sources), findings)


def beyond_of(purposes: Sequence[str], permitted: Sequence[str]) -> tuple[str, ...]:
    """Those of the purposes that are neither among the permitted ones nor below one of them."""
    choice = Choice(any_of=tuple(permitted))
    return tuple(dict.fromkeys(p for p in purposes if not choice_matches(choice, (p,))))


def _sinks(estate: Estate, deny: Deny) -> tuple[str, ...]:
    return select_relations(estate, deny.into or Where())


def _permitted(estate: Estate, source: Source, always: tuple[str, ...]) -> tuple[str, ...]:
    """What a source was collected for, and what goes with that; empty if it says nothing."""
    name = source.column.relation
    stated = purposes_of(estate, name)
    return (*stated, *estate.facts(name, "compatible_purposes"), *always) if stated else ()


def _arriving(
    estate: Estate,
    deny: Deny,
    collected: Mapping[Source, tuple[str, ...]],
    sinks: Mapping[str, Sequence[str]],
) -> Iterable[Arrival]:
    """Where data of the sources arrives for other purposes; those of one purpose at once."""
    alike: dict[tuple[str, ...], list[Source]] = {}
    for source, permitted in collected.items():
        if permitted:
            alike.setdefault(permitted, []).append(source)
    for permitted, group in alike.items():
        wanted = {name for name, purposes in sinks.items() if beyond_of(purposes, permitted)}
        near = narrowed(estate, group, deny.via, deny.unless_protected, among(wanted))
        for arrival in arrivals(estate, near, deny.via, deny.unless_protected):
            if arrival.relation in wanted:
                yield arrival
