"""Joins: relations whose rows must not be brought together.

Values are followed row by row through any number of relations. Two sides are joined where a
query compares, or tests, a column of each in one place; they meet in a relation where columns
of both are in it. Reported where that first happens, not in what is built from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check.excuses import excused
from enforcer.check.flows import Arrival, weighed
from enforcer.check.joining import Joining
from enforcer.check.labelled_column import Source
from enforcer.check.located import purposes_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.purposes import beyond_of
from enforcer.check.selectors import matching, select_relations
from enforcer.check.sources import followed_sources
from enforcer.check.spread import way_of
from enforcer.protection.arrivals import Way
from enforcer.protection.states import DIRECT, flows_named, variants_in
from enforcer.protection.variants import Variant, refused
from enforcer.rules import Choice, Where
from enforcer.words import Finding, Hop, Protection, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.check.joining import Meeting
    from enforcer.estate import Estate
    from enforcer.rules import Deny, Rule
    from enforcer.words import Message, RuleCard
    from lineage import Column, Origin


class Side(msgspec.Struct, frozen=True):
    """Relations that are one side of joins that are forbidden, and the purposes they state."""

    relations: frozenset[str]
    purposes: tuple[str, ...] = ()


def judge_joined(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """What matches the first must not be joined with what matches the second."""
    deny = rule.deny
    assert deny is not None
    sides, pairs = _by_purpose(estate, deny) if deny.of_different else _two(estate, deny)
    if not pairs:
        return Outcome(0)
    closed = frozenset() if deny.of_different else sides[0].relations
    local = () if deny.data == Choice() else (1,)
    joining = Joining(estate.analysis.graph, [side.relations for side in sides], closed, local)
    wanted = matching(estate, deny.into or Where())
    findings = []
    for meeting in joining.first_meetings(pairs, flows_named(deny.via)):
        if meeting.relation not in wanted:
            continue
        finding = _finding(estate, card, sides, meeting, joining)
        if excused(estate, _arrival(finding), rule.unless, deny.unless_protected) is not None:
            findings.append(weighed(finding, deny.via))
    return outcome(sum(len(side.relations) for side in sides), findings)


def _two(estate: Estate, deny: Deny) -> tuple[list[Side], set[tuple[int, int]]]:
    """The two sides as they are asked for; what matches both belongs to the first."""
    first = frozenset(select_relations(estate, deny.joined[0]))
    second = frozenset(select_relations(estate, deny.joined[1])) - first
    if second and first and deny.data != Choice():
        second &= _holding(estate, deny, first)
    sides = [Side(first), Side(second)]
    return sides, {(0, 1)} if first and second else set()


def _holding(estate: Estate, deny: Deny, first: frozenset[str]) -> frozenset[str]:
    """The relations that hold data of the rule as it refuses it, and not by way of the first."""
    graph = estate.analysis.graph
    closed = frozenset(node for name in first for node in graph.nodes_of(name))
    by_way: dict[Way, set[int]] = {}
    found = set()
    for source in followed_sources(estate, deny.data):
        node = graph.find(source.column)
        found.add(source.column.relation)
        if node is not None and node not in closed:
            by_way.setdefault(way_of(estate, source), set()).add(node)
    for way, nodes in by_way.items():
        for node, mask in estate.arrivals.of_all(frozenset(nodes), way, closed).items():
            if node not in graph.inner and refused(deny.unless_protected, variants_in(mask)):
                found.add(graph.columns[node].relation)
    return frozenset(found)


def _by_purpose(estate: Estate, deny: Deny) -> tuple[list[Side], set[tuple[int, int]]]:
    """A side for all relations of the same purposes, and the pairs that have none in common."""
    first, second = (frozenset(select_relations(estate, where)) for where in deny.joined)
    alike: dict[tuple[str, ...], set[str]] = {}
    for name in sorted(first | second):
        purposes = tuple(sorted(set(purposes_of(estate, name))))
        if purposes:
            alike.setdefault(purposes, set()).add(name)
    sides = [Side(frozenset(names), purposes) for purposes, names in alike.items()]
    pairs = {
        (one, other)
        for one, a in enumerate(sides)
        for other, b in enumerate(sides[:one])
        if _have_none_in_common(a.purposes, b.purposes)
        and any(a.relations & x and b.relations & y for x, y in ((first, second), (second, first)))
    }
    return sides, pairs


def _have_none_in_common(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether neither of any two purposes is the other, nor belongs to it."""
    return beyond_of(some, others) == some and beyond_of(others, some) == others


def _finding(
    estate: Estate, card: RuleCard, sides: Sequence[Side], meeting: Meeting, joining: Joining
) -> Finding:
    """The finding for a meeting: the way of the first side, and whom it meets."""
    graph = estate.analysis.graph
    start, edges = joining.way_to(meeting, 0)
    partner = graph.columns[joining.way_to(meeting, 1)[0]]
    column = graph.columns[start]
    category, origin = _label_of(estate, column)
    hops = [Hop(column, origin)]
    for edge in edges:
        kind, at = graph.kind(edge).transform, estate.analysis.origin_of(edge)
        hops.append(Hop(graph.columns[graph.targets[edge]], at, kind.subtype, kind.functions))
    return Finding(
        rule=card,
        field=column,
        category=category,
        sink=meeting.relation,
        flow=meeting.flow,
        message=_sentence(sides, meeting, column, partner),
        origin=hops[-1].origin,
        path=tuple(hops),
    )


def _sentence(sides: Sequence[Side], meeting: Meeting, column: Column, partner: Column) -> Message:
    there = meeting.relation
    if meeting.flow == DIRECT:
        whole = say("meets", field=column, partner=partner, relation=there)
    else:
        whole = say("joined", field=column, partner=partner, relation=there)
    one, other = (sides[number].purposes for number in meeting.sides)
    if not one:
        return whole
    why = say("collected-apart", purposes=one, others=other)
    return say("remarked", sentence=whole, remark=why)


def _label_of(estate: Estate, column: Column) -> tuple[str, Origin]:
    """What a column is labelled, empty if it is not, and where that or its relation is written."""
    for label in estate.labels.get(column, ()):
        return label.category, label.origin
    return "", estate.relations[column.relation].origin


def _arrival(finding: Finding) -> Arrival:
    """The finding as the excuses see it: values of the first side, as they are."""
    source = Source(finding.field, finding.category, finding.path[0].origin)
    way = Way(flows=tuple(dict.fromkeys((DIRECT, finding.flow))))
    return Arrival(source, finding.sink, finding.flow, (Variant(Protection.CLEAR),), way)
