"""Purposes: that data is used for what it was collected for, or for what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.excuses import left_over
from enforcer.check.flows import flow_finding, weighed
from enforcer.check.located import purposes_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import choice_matches, select_relations
from enforcer.check.sources import followed_sources
from enforcer.check.spread import bits_of
from enforcer.rules import Choice, Where
from enforcer.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.check.labelled_column import Source
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
    for left in _arriving(estate, rule, collected, sinks):
        beyond = beyond_of(sinks[left.relation], collected[left.source])
        stated = purposes_of(estate, left.source.column.relation)
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
    rule: Rule,
    collected: Mapping[Source, tuple[str, ...]],
    sinks: Mapping[str, Sequence[str]],
) -> Iterable[Arrival]:
    """What is not excused of data that arrives for other purposes; those of one purpose at once."""
    deny = rule.deny
    assert deny is not None
    by_purposes: dict[tuple[str, ...], list[str]] = {}
    for name, purposes in sinks.items():
        by_purposes.setdefault(tuple(purposes), []).append(name)
    alike: dict[tuple[str, ...], list[Source]] = {}
    for source, permitted in collected.items():
        if permitted:
            alike.setdefault(permitted, []).append(source)
    for permitted, group in alike.items():
        beyond = (names for used, names in by_purposes.items() if beyond_of(used, permitted))
        wanted = bits_of(estate, (name for names in beyond for name in names))
        asked = (deny.via, deny.unless_protected)
        yield from left_over(estate, group, asked, rule.unless, wanted)
