"""Storage: what must be stated about a relation, and where its data may rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.durations import duration
from enforcer.check.excuses import excused
from enforcer.check.flows import arrivals, flow_finding
from enforcer.check.holdings import holdings, relation_finding
from enforcer.check.lifetimes import keeps_rows, lifetime_of
from enforcer.check.located import names_of_regions, purposes_of, regions_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import choice_matches, encryption_of, matching
from enforcer.check.sources import followed_sources
from enforcer.estate import facts, is_stated, says_nothing
from enforcer.rules import Choice, Where
from enforcer.words import PolicyError, say
from lineage import Origin

if TYPE_CHECKING:
    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import RuleCard
    from lineage.projects import Relation


def judge_declared(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Relations must state these facts, themselves or by their places."""
    assert rule.require is not None
    if not estate.declares:
        return Outcome(0)
    judged, findings = 0, []
    for name, held in holdings(estate, rule).items():
        relation = estate.relations[name]
        if rule.require.declared == ("retention",) and not keeps_rows(relation):
            continue
        judged += 1
        missing = [k for k in rule.require.declared if not is_known(estate, relation, k)]
        if missing:
            lack = say("not-declared", facts=tuple(missing))
            findings.append(relation_finding(estate, card, name, held, lack))
    return outcome(judged, findings)


def is_known(estate: Estate, relation: Relation, key: str) -> bool:
    """True when a fact is declared for a relation or by a place that it lies in."""
    if key == "retention":
        return lifetime_of(estate, relation) is not None
    placed = {"region": regions_of, "purposes": purposes_of, "encryption": encryption_of}
    said = facts(relation, key)
    if said and all(map(says_nothing, said)):
        return False
    return is_stated(relation, key) or (key in placed and bool(placed[key](estate, relation.name)))


def judge_retention_limit(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Relations must not keep rows for longer than the rule's limit."""
    assert rule.require is not None
    assert rule.require.retention is not None
    text = rule.require.retention.within or ""
    limit = duration(text)
    if limit is None:
        raise PolicyError(
            Origin(rule.id, 1, 1),
            f"`within: {text}` is not a duration",
            "write one like P24M, P90D or P1Y6M",
        )
    judged, findings = 0, []
    for name, held in holdings(estate, rule).items():
        kept = lifetime_of(estate, estate.relations[name])
        if kept is None:
            continue
        judged += 1
        if kept.length > limit.length:
            lack = say("kept-too-long", kept=kept.text, limit=limit.text)
            findings.append(relation_finding(estate, card, name, held, lack))
    return outcome(judged, findings)


def judge_residency(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data whose relation states `residency` must not arrive where another region is known."""
    deny = rule.deny
    assert deny is not None
    judged, findings = 0, []
    sources = [
        source
        for source in followed_sources(estate, deny.data, deny.source)
        if estate.facts(source.column.relation, "residency")
    ]
    wanted = matching(estate, deny.into or Where())
    for arrival in arrivals(estate, sources, deny.via, deny.unless_protected):
        regions = names_of_regions(estate, arrival.relation)
        if not regions or arrival.relation not in wanted:
            continue
        left = excused(estate, arrival, rule.unless, deny.unless_protected)
        if left is None:
            continue
        judged += 1
        permitted = estate.facts(arrival.source.column.relation, "residency")
        strange = [r[0] for r in regions if not choice_matches(Choice(any_of=permitted), r)]
        if strange:
            where = say("lies-abroad", regions=tuple(strange), permitted=permitted)
            findings.append(flow_finding(estate, card, left, where))
    return outcome(judged, findings)
