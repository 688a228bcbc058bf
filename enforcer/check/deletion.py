"""Deletion: that a person's rows can be erased wherever they lie, and lie nowhere for longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.erasing import deletes_of, erased_by, follows_sources
from enforcer.check.flows import flow_finding
from enforcer.check.holdings import holdings, relation_finding, relations_held
from enforcer.check.lifetimes import lifetime_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.partners import partners_of
from enforcer.check.spread import alike, names_of, parts_alike
from enforcer.estate import is_stated, says_nothing
from enforcer.protection.states import DIRECT, mask_of_flow
from enforcer.shared import shared
from enforcer.words import say
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enforcer.check.durations import Lifetime
    from enforcer.check.flows import Arrival
    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import Message, RuleCard
    from lineage.projects import Relation


def judge_erasable(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """A subject's rows can be erased from every relation that keeps them.

    What is rebuilt from its sources at every run is judged there. Who loads the sources
    knows how to erase from them; that is asked for once a project says it of any. Tables of
    scripts are judged once the project declares something or deletes anywhere: how often a
    script runs, and whether it begins anew, is not written in it.
    """
    assert rule.require is not None
    wanted = frozenset(rule.require.by)
    asked = _kinds_asked(estate)
    judged, findings, held = 0, [], holdings(estate, rule)
    known: dict[object, Message | None] = {}
    for name in held:
        relation = estate.relations[name]
        kind = _kind_of(estate, relation)
        if kind not in asked:
            continue
        judged += 1
        same = name if deletes_of(estate, name) else (estate.likes[name], kind)
        if same not in known:
            known[same] = _lack_of_erasure(estate, relation, wanted)
        lack = known[same]
        if lack is not None:
            findings.append(relation_finding(estate, card, name, held[name], lack))
    return outcome(judged, findings)


def _lack_of_erasure(estate: Estate, relation: Relation, wanted: frozenset[str]) -> Message | None:
    """Why rows are not erased from a relation, None where they are by what is wanted."""
    if follows_sources(estate, relation):
        return None
    methods = erased_by(estate, relation)
    if methods & wanted or (methods and not wanted):
        return None
    if methods:
        parts = {"methods": tuple(sorted(methods)), "wanted": tuple(sorted(wanted))}
        return say("erased-otherwise", **parts)
    if _kind_of(estate, relation) is RelationKind.SOURCE:
        return say("erasure-not-stated")
    return say("rows-outlive-their-source")


@shared
def _kinds_asked(estate: Estate) -> frozenset[RelationKind]:
    asked = {RelationKind.MODEL, RelationKind.SNAPSHOT}
    if any(is_stated(estate.relations[like], "erasure") for like in alike(estate)):
        asked.add(RelationKind.SOURCE)
    if estate.declares or estate.analysis.deletes:
        asked.add(RelationKind.TABLE)
    return frozenset(asked)


def _kind_of(estate: Estate, relation: Relation) -> RelationKind:
    """The relation's kind; a seed, and a table that nothing here writes, count as sources."""
    return _kind(estate, relation.name)


@shared
def _kind(estate: Estate, name: str) -> RelationKind:
    relation = estate.relations[name]
    if relation.kind is RelationKind.SEED:
        return RelationKind.SOURCE
    graph = estate.analysis.graph
    written = any(graph.incoming(node) for node in graph.nodes_of(relation.name))
    if relation.kind is RelationKind.TABLE and not written:
        return RelationKind.SOURCE
    return relation.kind


def judge_deletion_duty(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Partners that get the data must have agreed to delete it."""
    held = holdings(estate, rule)
    findings = []
    for name in held:
        for place, partner in partners_of(estate, name):
            if not says_nothing(partner.deletion):
                continue
            lack = say("no-deletion-duty", partner=partner.name, place=place)
            findings += [flow_finding(estate, card, arrival, lack) for arrival in held[name]]
    return outcome(len(held), findings)


def judge_retention_growth(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Nothing is kept for longer than in the nearest relations upstream that state a lifetime."""
    judged, findings, held = 0, [], holdings(estate, rule)
    shortest = _shortest_upstream(estate)
    for like, relations in parts_alike(estate, relations_held(estate, held)).items():
        kept = lifetime_of(estate, estate.relations[like])
        judged += relations.bit_count() if kept is not None else 0
        if kept is None or kept.length <= shortest:
            continue
        for name in names_of(estate, relations):
            grown = _growth(estate, kept, held[name])
            if grown is not None:
                lack, arrival = grown
                findings.append(relation_finding(estate, card, name, (arrival,), lack))
    return outcome(judged, findings)


def _growth(
    estate: Estate, kept: Lifetime, arriving: Iterable[Arrival]
) -> tuple[Message, Arrival] | None:
    """That something is kept for longer than the nearest source of it, and what it is."""
    limits = sorted(
        (
            (limit, upstream, arrival)
            for arrival in arriving
            for upstream, limit in _limits(estate, arrival)
        ),
        key=lambda it: (it[0].length, it[1], it[0].written, it[2].source),
    )
    if not limits or kept.length <= limits[0][0].length:
        return None
    limit, upstream, arrival = limits[0]
    parts = {"kept": kept.text, "limit": limit.text, "upstream": upstream}
    return say("kept-longer-than-source", **parts), arrival


def _shortest_upstream(estate: Estate) -> int:
    """The shortest lifetime of a relation that anything flows out of; what ends by then is fine."""
    graph = estate.analysis.graph

    def is_read(name: str) -> bool:
        edges = (edge for node in graph.nodes_of(name) for edge in graph.outgoing(node))
        targets = (graph.targets[edge] for edge in edges)
        return any(t in graph.inner or graph.columns[t].relation != name for t in targets)

    kept = {name: lifetime_of(estate, relation) for name, relation in estate.relations.items()}
    lengths = sorted((k.length, name) for name, k in kept.items() if k is not None)
    return next((length for length, name in lengths if is_read(name)), 0)


def _limits(estate: Estate, arrival: Arrival) -> Iterator[tuple[str, Lifetime]]:
    """The lifetimes nearest upstream of an arrival, on the ways that its data took."""
    graph = estate.analysis.graph
    start = graph.find(arrival.source.column)
    if start is None:
        return
    carrying = estate.arrivals.of(start, arrival.way)
    waiting = [node for node in graph.nodes_of(arrival.relation) if node in carrying]
    seen = set(waiting)
    while waiting:
        for edge in graph.incoming(waiting.pop()):
            node = graph.sources[edge]
            if node in seen or not carrying.get(node, 0) & mask_of_flow(DIRECT):
                continue
            seen.add(node)
            relation = estate.relations.get(graph.columns[node].relation)
            limit = None
            if node not in graph.inner and relation is not None:
                limit = lifetime_of(estate, relation)
            if limit is None:
                waiting.append(node)
            elif relation is not None and relation.name != arrival.relation:
                yield relation.name, limit
