"""Meetings: data that is harmless by itself and must not come together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check.excuses import excused
from enforcer.check.flows import Arrival, arrivals, flow_finding, in_words
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import select_relations
from enforcer.check.sources import followed_sources
from enforcer.protection.reach import fed_among, feeds_between
from enforcer.protection.states import DIRECT
from enforcer.protection.variants import accepts
from enforcer.rules import Accepts, Choice, Where
from enforcer.words import say

if TYPE_CHECKING:
    from enforcer.estate import Estate
    from enforcer.rules import Deny, Part, Rule
    from enforcer.words import RuleCard


def judge_together(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Parts must not meet in one relation, schema or place; reported where they first do."""
    deny = rule.deny
    assert deny is not None
    meetings = _meetings(rule, deny, estate)
    full = {key for key, met in meetings.items() if len(met) == len(deny.together)}
    names = {key[0] for key in full}
    fed: set[str] = set()
    if deny.within == "relation":
        fed = fed_among(feeds_between(estate.analysis.graph, names), names)
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
