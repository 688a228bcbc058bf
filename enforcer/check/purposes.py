"""Purposes: that data is used for what it was collected for, or for what goes with it."""

from __future__ import annotations

from functools import reduce
from itertools import groupby
from operator import or_
from typing import TYPE_CHECKING

from enforcer.check.excuses import left_over
from enforcer.check.flows import flow_finding, weighed
from enforcer.check.located import purposes_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import choice_matches, choose_relations
from enforcer.check.sources import followed_sources
from enforcer.check.spread import parts_alike
from enforcer.rules import Choice, Where
from enforcer.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.check.labelled_column import Source
    from enforcer.check.spread import Bits
    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import RuleCard

    Purposes = tuple[str, ...]


def judge_purposes(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must not be used for what is none of its source's purposes, nor compatible with one.

    Judged where both state some: a purpose below another one belongs to it.
    """
    deny = rule.deny
    assert deny is not None
    sinks = _by_purposes(estate, deny.into or Where())
    followed = followed_sources(estate, deny.data, deny.source) if sinks else ()
    always = deny.beyond_purpose if isinstance(deny.beyond_purpose, tuple) else ()
    sources = _by_permitted(estate, followed, always)
    findings = []
    for left, permitted in _arriving(estate, rule, sources, sinks):
        beyond = beyond_of(purposes_of(estate, left.relation), permitted)
        stated = purposes_of(estate, left.source.column.relation)
        used = say("used-beyond", purposes=beyond, collected=stated)
        findings.append(weighed(flow_finding(estate, card, left, used), deny.via))
    return outcome(sum(map(len, sources.values())), findings)


def beyond_of(purposes: Sequence[str], permitted: Sequence[str]) -> tuple[str, ...]:
    """Those of the purposes that are neither among the permitted ones nor below one of them."""
    choice = Choice(any_of=tuple(permitted))
    return tuple(dict.fromkeys(p for p in purposes if not choice_matches(choice, (p,))))


def _by_purposes(estate: Estate, where: Where) -> Mapping[Purposes, Bits]:
    """The relations that state purposes, by these."""
    found: dict[Purposes, int] = {}
    for like, relations in parts_alike(estate, choose_relations(estate, where)).items():
        purposes = purposes_of(estate, like)
        if purposes:
            found[purposes] = found.get(purposes, 0) | relations
    return found


def _by_permitted(
    estate: Estate, sources: Iterable[Source], always: Purposes
) -> Mapping[Purposes, Sequence[Source]]:
    """The sources that state purposes, by these and by what goes with them."""
    found: dict[Purposes, list[Source]] = {}
    for name, there in groupby(sources, key=lambda source: source.column.relation):
        stated = purposes_of(estate, name)
        if stated:
            permitted = (*stated, *estate.facts(name, "compatible_purposes"), *always)
            found.setdefault(permitted, []).extend(there)
    return found


def _arriving(
    estate: Estate,
    rule: Rule,
    sources: Mapping[Purposes, Sequence[Source]],
    sinks: Mapping[Purposes, Bits],
) -> Iterator[tuple[Arrival, Purposes]]:
    """What is not excused of data that arrives for purposes beyond those that it has."""
    deny = rule.deny
    assert deny is not None
    asked = (deny.via, deny.unless_protected)
    for permitted, group in sources.items():
        wanted = reduce(or_, (sinks[p] for p in sinks if beyond_of(p, permitted)), 0)
        for left in left_over(estate, group, asked, rule.unless, wanted):
            yield left, permitted
