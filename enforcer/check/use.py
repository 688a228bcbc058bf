"""Use: where data may arrive, who may read it, and what partners agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check.excuses import banned, excused
from enforcer.check.flows import (
    Arrival,
    arrivals,
    flow_finding,
    in_words,
    way_of,
    weighed,
)
from enforcer.check.holdings import holdings
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import category_matches, select_relations
from enforcer.check.sources import followed_sources
from enforcer.check.subjects import subject_keys
from enforcer.estate import says_nothing
from enforcer.protection.reach import next_in_relations
from enforcer.protection.states import DIRECT, mask_of_groups, variants_in
from enforcer.protection.variants import accepts, refused
from enforcer.rules import Accepts, Choice, Where
from enforcer.words import Method, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enforcer.check.selectors import Source
    from enforcer.estate import Estate
    from enforcer.protection.arrivals import Way
    from enforcer.rules import Deny, Part, Place, Rule
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


def judge_together(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Parts must not meet in one relation, schema or place; reported where they first do."""
    deny = rule.deny
    assert deny is not None
    meetings = _meetings(rule, deny, estate)
    full = {key for key, met in meetings.items() if len(met) == len(deny.together)}
    names = {key[0] for key in full}
    fed = _fed_by(estate, names) if deny.within == "relation" else set()
    findings = []
    for key in sorted(full):
        if key[0] in fed:
            continue
        met = [meetings[key][number] for number in range(len(deny.together))]
        others = tuple(
            say("met-field", field=a.source.column, protections=in_words(a.protections))
            for a in met[1:]
        )
        findings.append(flow_finding(estate, card, met[0], say("together", others=others)))
    return outcome(len(meetings), findings)


def _meetings(rule: Rule, deny: Deny, estate: Estate) -> dict[tuple[str, str], dict[int, Arrival]]:
    """What arrives where: by the whole that is looked at (and the source), each part's arrival."""
    wanted = frozenset(select_relations(estate, deny.into or Where()))
    found: dict[tuple[str, str], dict[int, Arrival]] = {}
    for number, part in enumerate(deny.together):
        sources = followed_sources(estate, Choice(any_of=part.data), deny.source)
        for arrival in arrivals(estate, sources, (DIRECT,), deny.unless_protected):
            left = excused(estate, _as_part(part, arrival), rule.unless, deny.unless_protected)
            if left is None or not left.protections or arrival.relation not in wanted:
                continue
            of = str(arrival.source.column) if deny.of_one else ""
            for whole in _wholes(estate, deny.within, arrival.relation):
                found.setdefault((whole, of), {}).setdefault(number, left)
    return found


def _as_part(part: Part, arrival: Arrival) -> Arrival:
    """The arrival, as far as it is under the methods that count."""
    if not part.protected:
        return arrival
    counted = tuple(p for p in arrival.protections if accepts(Accepts(accept=part.protected), p))
    return msgspec.structs.replace(arrival, protections=counted)


def _wholes(estate: Estate, within: str, relation: str) -> tuple[str, ...]:
    if within == "schema":
        return (relation.rpartition(".")[0],)
    if within == "place":
        return tuple(name for name, _ in estate.places_named(relation))
    return (relation,)


def _fed_by(estate: Estate, names: set[str]) -> set[str]:
    """Relations into which another one of these flows, and so got the combination from it.

    Of relations that feed each other in a circle the first by name is not fed.
    """
    graph = estate.analysis.graph
    feeds = {
        name: {graph.columns[n].relation for n in next_in_relations(graph, graph.nodes_of(name))}
        & (names - {name})
        for name in names
    }
    fed_by_any = set().union(*feeds.values())
    fed: set[str] = set()
    done: set[str] = set()
    for first in (*sorted(names - fed_by_any), *sorted(names & fed_by_any)):
        waiting = [] if first in done else [first]
        done.add(first)
        while waiting:
            new = feeds[waiting.pop()] - done
            fed |= new
            done |= new
            waiting += new
    return fed
