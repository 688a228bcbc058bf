"""Storage: what must be stated about a relation, and where its data may rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.durations import duration
from enforcer.check.excuses import count_left, left_over
from enforcer.check.flows import flow_finding
from enforcer.check.holdings import holdings, relation_finding, relations_held
from enforcer.check.lifetimes import keeps_rows, lifetime_of, unread_term
from enforcer.check.located import names_of_regions, purposes_of, regions_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import choice_matches, encryption_of, matching
from enforcer.check.sources import followed_sources
from enforcer.check.spread import alike, bits_of, names_of, parts_alike
from enforcer.estate import is_stated, says_nothing
from enforcer.rules import Choice, Where
from enforcer.words import PolicyError, say
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enforcer.check.durations import Lifetime
    from enforcer.check.flows import Arrival
    from enforcer.check.labelled_column import Source
    from enforcer.estate import Estate
    from enforcer.rules import Deny, Rule
    from enforcer.words import Message, RuleCard
    from lineage.projects import Relation


def judge_declared(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Relations must state these facts, themselves or by their places."""
    assert rule.require is not None
    if not estate.declares:
        return Outcome(0)
    judged, findings, held = 0, [], holdings(estate, rule)
    for like, relations in parts_alike(estate, relations_held(estate, held)).items():
        relation = estate.relations[like]
        if "retention" in rule.require.declared and not keeps_rows(relation):
            continue
        judged += relations.bit_count()
        missing = [k for k in rule.require.declared if not is_known(estate, relation, k)]
        lack = say("not-declared", facts=tuple(missing))
        names = names_of(estate, relations) if missing else ()
        findings += [relation_finding(estate, card, name, held[name], lack) for name in names]
    return outcome(judged, findings)


def is_known(estate: Estate, relation: Relation, key: str) -> bool:
    """True when a fact is declared for a relation or by a place that it lies in."""
    if key == "retention":
        return lifetime_of(estate, relation) is not None
    placed = {"region": regions_of, "purposes": purposes_of, "encryption": encryption_of}
    said = estate.facts(relation.name, key)
    if said:
        return not all(map(says_nothing, said))
    return is_stated(relation, key) or (key in placed and bool(placed[key](estate, relation.name)))


def judge_retention_limit(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Relations must not keep rows for longer than the rule's limit.

    A term that is stated and that nobody can read may be longer than any limit.
    """
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
    judged, findings, held = 0, [], holdings(estate, rule)
    for name in held:
        kept = lifetime_of(estate, estate.relations[name])
        unread = unread_term(estate, name) if kept is None else ""
        if kept is None and not unread:
            continue
        judged += 1
        if kept is None:
            lack = say("kept-for-unread", said=unread, limit=limit.text)
            findings.append(relation_finding(estate, card, name, held[name], lack))
        elif kept.length > limit.length:
            lack = say("kept-too-long", kept=kept.text, limit=limit.text)
            findings.append(relation_finding(estate, card, name, held[name], lack))
    return outcome(judged, findings)


def judge_retention_minimum(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must be kept for so long, where it comes in or in some copy of it.

    What is kept somewhere and nobody said for how long may be kept for long enough.
    """
    assert rule.require is not None
    assert rule.require.retention is not None
    limit = duration(rule.require.retention.at_least or "")
    assert limit is not None
    kept: dict[Source, list[tuple[Lifetime | None, str, Arrival]]] = {}
    for name, held in holdings(estate, rule).items():
        relation = estate.relations[name]
        lifetime = lifetime_of(estate, relation)
        if lifetime is None and not keeps_rows(relation):
            continue
        for arrival in held:
            kept.setdefault(arrival.source, []).append((lifetime, name, arrival))
    judged = 0
    short: dict[tuple[str, Lifetime], list[Arrival]] = {}
    for copies in kept.values():
        known = [(lifetime, name, one) for lifetime, name, one in copies if lifetime is not None]
        if len(known) < len(copies):
            continue
        judged += 1
        longest, name, arrival = max(known, key=lambda copy: copy[0].length)
        if longest.length < limit.length:
            short.setdefault((name, longest), []).append(arrival)
    findings = [
        relation_finding(estate, card, name, held, _too_short(longest, limit))
        for (name, longest), held in short.items()
    ]
    return outcome(judged, findings)


def _too_short(kept: Lifetime, limit: Lifetime) -> Message:
    return say("kept-too-short", kept=kept.text, limit=limit.text)


def judge_residency(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must not arrive in a known region that its relation, or the rule, does not permit.

    A relation lies in all regions that are stated of it, so a replica's or a backup's place
    counts as much as its own.
    """
    deny = rule.deny
    assert deny is not None
    sources = [
        source
        for source in followed_sources(estate, deny.data, deny.source)
        if deny.regions or estate.facts(source.column.relation, "residency")
    ]
    wanted = matching(estate, deny.into or Where())
    near = bits_of(estate, (name for name in wanted if names_of_regions(estate, name)))
    asked = (deny.via, deny.unless_protected)
    findings = []
    for permitted, group in _by_residency(estate, deny, sources).items():
        strange = {like: _strange(estate, like, permitted) for like in alike(estate)}
        abroad = near & sum(part for like, part in alike(estate).items() if strange[like])
        for left in left_over(estate, group, asked, rule.unless, abroad):
            regions = strange[estate.likes[left.relation]]
            where = say("lies-abroad", regions=regions, permitted=permitted)
            findings.append(flow_finding(estate, card, left, where))
    return outcome(count_left(estate, sources, asked, rule.unless, near), findings)


def _by_residency(
    estate: Estate, deny: Deny, sources: Iterable[Source]
) -> Mapping[tuple[str, ...], Sequence[Source]]:
    """The sources by the regions that they may be in."""
    found: dict[tuple[str, ...], list[Source]] = {}
    for source in sources:
        permitted = deny.regions or estate.facts(source.column.relation, "residency")
        found.setdefault(permitted, []).append(source)
    return found


def _strange(estate: Estate, relation: str, permitted: tuple[str, ...]) -> tuple[str, ...]:
    """The regions of a relation that are not permitted."""
    choice = Choice(any_of=permitted)
    regions = names_of_regions(estate, relation)
    return tuple(names[0] for names in regions if not choice_matches(choice, names))
