"""Columns: data that must not decide what stands in columns of certain names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.excuses import excused
from enforcer.check.flows import Arrival, flow_finding, weighed
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.screening import narrowed
from enforcer.check.selectors import select_relations
from enforcer.check.sources import followed_sources
from enforcer.check.spread import way_of
from enforcer.globs import matches
from enforcer.protection.states import flows_named, mask_of_flow, variants_in
from enforcer.protection.variants import refused
from enforcer.rules import Where
from enforcer.words import say
from lineage.fields import is_within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enforcer.check.labelled_column import Source
    from enforcer.estate import Estate
    from enforcer.rules import Deny, Rule
    from enforcer.words import RuleCard
    from lineage import Column


def judge_columns(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must not arrive in columns of these names, of relations that match `into`."""
    deny = rule.deny
    assert deny is not None
    sinks = frozenset(select_relations(estate, deny.into or Where()))

    names = {column.column for column in (*estate.analysis.graph.columns, *estate.labels)}
    chosen = {name for name in names if any(matches(glob, name) for glob in deny.columns)}

    def wanted(relation: str, column: str) -> bool:
        return column in chosen and relation in sinks

    sources = followed_sources(estate, deny.data, deny.source) if sinks else ()
    near = () if not chosen else narrowed(estate, sources, deny.via, deny.unless_protected, wanted)
    findings = []
    for source in near:
        for arrival, ends in _arriving(estate, deny, source, wanted):
            left = excused(estate, arrival, rule.unless, deny.unless_protected)
            if left is not None:
                there = sorted({estate.analysis.graph.columns[end].column for end in ends})
                into = say("into-columns", columns=tuple(there))
                finding = flow_finding(estate, card, left, into, ends=ends)
                findings.append(weighed(finding, deny.via))
    return outcome(len(sources), findings)


def _is_part(column: Column, source: Column) -> bool:
    """True for what data comes from, for fields in it, and for what it is a field of."""
    return column == source or is_within(column, source) or is_within(source, column)


def _arriving(
    estate: Estate, deny: Deny, source: Source, wanted: Callable[[str, str], bool]
) -> Iterator[tuple[Arrival, list[int]]]:
    """Each relation in whose wanted columns the data arrives, with the nodes of those columns."""
    graph, flows = estate.analysis.graph, flows_named(deny.via)
    way, start = way_of(estate, source, flows), graph.find(source.column)
    found: dict[tuple[str, str], list[int]] = {}
    arrived: dict[tuple[str, str], int] = {}
    for node, mask in estate.arrivals.of(start, way).items() if start is not None else ():
        column = graph.columns[node]
        if node in graph.inner or _is_part(column, graph.columns[start or 0]):
            continue
        if not wanted(column.relation, column.column):
            continue
        for flow in flows:
            if refused(deny.unless_protected, variants_in(mask & mask_of_flow(flow))):
                key = (column.relation, flow)
                found.setdefault(key, []).append(node)
                arrived[key] = arrived.get(key, 0) | mask & mask_of_flow(flow)
    for (relation, flow), ends in sorted(found.items()):
        protections = refused(deny.unless_protected, variants_in(arrived[relation, flow]))
        yield Arrival(source, relation, flow, protections, way), ends
