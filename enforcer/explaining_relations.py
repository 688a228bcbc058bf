"""Explaining a relation: whose data is in it, which rules judge it, and why they find nothing.

The use case behind `fieldgate explain RELATION`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check import NOT_ANALYSED
from enforcer.check.sources import followed_sources
from enforcer.check.spread import way_of
from enforcer.clearing import judged_in
from enforcer.explained import Held, RelationExplained
from enforcer.protection.states import DIRECT, mask_of_flow, variants_in
from enforcer.roads import Roads
from enforcer.rules import Choice
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enforcer.estate import Estate
    from enforcer.protection.arrivals import Way
    from enforcer.run import Case
    from enforcer.words import Finding, Report
    from lineage import Gap


def explain_relations(
    names: Iterable[str], case: Case, report: Report
) -> tuple[RelationExplained, ...]:
    """What there is to say about each of these relations; `report` is that of the case."""
    estate = case.estate
    findings = (*report.findings, *(accepted.finding for accepted in report.accepted))
    roads = Roads(estate, tuple(_open(estate.analysis.gaps, report.findings)))
    return tuple(
        RelationExplained(
            relation=name,
            kind=estate.relations[name].kind.value,
            columns=len(_columns(estate, name)),
            held=tuple(_held(estate, name)),
            judged=tuple(
                judged
                for loaded in case.rules
                if (judged := judged_in(loaded, estate, name, findings, roads)) is not None
            ),
        )
        for name in names
    )


def _open(gaps: Iterable[Gap], left: Iterable[Finding]) -> Iterator[Gap]:
    """The gaps that nobody accepted by a waiver or a baseline."""
    said = {(f.origin, f.sink) for f in left if f.rule.id == NOT_ANALYSED.id}
    for gap in gaps:
        sink = f"{gap.reason.value}: {gap.message}"
        if any(at == gap.origin and one.startswith(sink) for at, one in said):
            yield gap


def _columns(estate: Estate, relation: str) -> list[int]:
    graph = estate.analysis.graph
    return [node for node in graph.nodes_of(relation) if graph.columns[node].column != ROWS]


def _held(estate: Estate, relation: str) -> Iterator[Held]:
    """The columns of a relation in which labelled values are, by category, sorted."""
    graph = estate.analysis.graph
    alike: dict[tuple[str, Way], set[int]] = {}
    for source in followed_sources(estate, Choice()):
        node = graph.find(source.column)
        if node is not None:
            alike.setdefault((source.category, way_of(estate, source)), set()).add(node)
    masks: dict[tuple[int, str], int] = {}
    for (category, way), nodes in alike.items():
        reached = estate.arrivals.of_all(frozenset(nodes), way)
        for node in _columns(estate, relation):
            found = reached.get(node, 0) & mask_of_flow(DIRECT)
            if found:
                masks[node, category] = masks.get((node, category), 0) | found
    for (node, category), mask in sorted(masks.items()):
        protections = tuple(map(str, variants_in(mask)))
        yield Held(column=graph.columns[node], category=category, protected_by=protections)
