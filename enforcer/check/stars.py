"""Stars: data that is taken although nobody named it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check.excuses import excused
from enforcer.check.flows import Arrival, arrivals
from enforcer.check.holdings import fields_in_words
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import select_relations
from enforcer.check.sources import followed_sources
from enforcer.check.spread import bits_of, refusals
from enforcer.rules import Where
from enforcer.words import Finding, Hop, say
from lineage import Column, TransformType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.estate import Estate
    from enforcer.rules import Accepts, Rule
    from enforcer.words import RuleCard

    # What is taken from a relation, and the edge that takes it.
    Taken = tuple[Arrival, int]


def judge_selected_whole(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must not be taken by a star, from relations that match `from`.

    A star of which later only some columns are named takes no more than these. One finding
    for each relation that is taken whole and each that takes it.
    """
    deny = rule.deny
    assert deny is not None
    starred = frozenset(select_relations(estate, deny.source or Where()))
    takers = frozenset(select_relations(estate, deny.into or Where()))
    judged: set[str] = set()
    found: dict[tuple[str, str], list[Taken]] = {}
    sources = followed_sources(estate, deny.data) if starred and takers else ()
    near = bits_of(estate, starred)
    for arrival in arrivals(estate, sources, deny.via, deny.unless_protected, near):
        judged.add(arrival.relation)
        for taker, edge in _takers(estate, arrival, deny.unless_protected):
            there = msgspec.structs.replace(arrival, relation=taker)
            if taker in takers and excused(estate, there, rule.unless, deny.unless_protected):
                found.setdefault((arrival.relation, taker), []).append((arrival, edge))
    findings = [_finding(estate, card, taker, taken) for (_, taker), taken in found.items()]
    return outcome(len(judged), findings)


def _takers(
    estate: Estate, arrival: Arrival, accepted: Accepts | None
) -> Iterator[tuple[str, int]]:
    """The relations that data is taken into by a star, each with an edge of it."""
    graph = estate.analysis.graph
    for node in _carriers(estate, arrival, accepted):
        for edge in graph.outgoing(node):
            if estate.analysis.by_star(edge) and _is_direct(estate, edge):
                for name in _ends(estate, graph.targets[edge]):
                    if name != arrival.relation:
                        yield name, edge


def _is_direct(estate: Estate, edge: int) -> bool:
    return estate.analysis.graph.kind(edge).transform.type is TransformType.DIRECT


def _is_unnamed(estate: Estate, edge: int) -> bool:
    """True when a value flows directly and nobody named its column."""
    analysis = estate.analysis
    unnamed = analysis.by_star(edge) or analysis.by_position(edge)
    return unnamed and _is_direct(estate, edge)


def _ends(estate: Estate, node: int) -> set[str]:
    """The relations that a column comes to from a node on without being named."""
    graph = estate.analysis.graph
    waiting, seen, found = [node], {node}, set()
    while waiting:
        here = waiting.pop()
        if here not in graph.inner:
            found.add(graph.columns[here].relation)
            continue
        new = {graph.targets[e] for e in graph.outgoing(here) if _is_unnamed(estate, e)} - seen
        seen |= new
        waiting += new
    return found


def _carriers(estate: Estate, arrival: Arrival, accepted: Accepts | None) -> Iterator[int]:
    """The columns of the relation that the data is in."""
    graph = estate.analysis.graph
    start = graph.find(arrival.source.column)
    reached = estate.arrivals.of(start, arrival.way) if start is not None else {}
    refused = refusals(estate, accepted, (arrival.flow,))
    for node in graph.nodes_of(arrival.relation):
        if node in reached and refused.of(reached[node]):
            yield node


def _finding(estate: Estate, card: RuleCard, taker: str, taken: Sequence[Taken]) -> Finding:
    first, edge = taken[0]
    graph, origin = estate.analysis.graph, estate.analysis.origin_of(edge)
    source, target = graph.columns[graph.sources[edge]], graph.columns[graph.targets[edge]]
    held = tuple(dict.fromkeys(arrival for arrival, _ in taken))
    return Finding(
        rule=card,
        field=Column(first.relation, ""),
        category=first.source.category,
        sink=taker,
        flow=first.flow,
        message=say(
            "taken-whole", taker=taker, relation=first.relation, fields=fields_in_words(held)
        ),
        origin=origin,
        path=(
            Hop(source, estate.relations[first.relation].origin),
            Hop(target, origin, graph.kind(edge).transform.subtype),
        ),
    )
