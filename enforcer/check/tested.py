"""Tests of data: that somebody looks at it before anything is decided by it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from enforcer.check.flows import flow_finding
from enforcer.check.holdings import held_data
from enforcer.check.outcome import Outcome, outcome
from enforcer.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.rules.conditions import TestKind
    from enforcer.words import RuleCard

_QUALITY = "test"
_FRESHNESS = re.compile(r"(?:config\.)?freshness\.(?:warn|error)_after\.count")


def judge_tested(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """On every way into these relations a column must be tested that the data is in.

    quality: a test of the column itself (not null, unique, accepted values, …); freshness: how
    old a source may be is checked, which holds for each of its columns.
    """
    require = rule.require
    assert require is not None
    held = held_data(estate, rule)
    tested = _tested(estate, require.tested) if held else frozenset()
    findings = []
    for arriving in held.values():
        for arrival in arriving:
            if _arrives_untested(estate, arrival, tested):
                remark = say("not-tested")
                findings.append(flow_finding(estate, card, arrival, remark))
    return outcome(sum(map(len, held.values())), findings)


def _tested(estate: Estate, kinds: Sequence[TestKind]) -> frozenset[int]:
    """The nodes of columns that some test looks at."""
    graph, found = estate.analysis.graph, set[int]()
    for name, relation in estate.relations.items():
        if "freshness" in kinds and any(_FRESHNESS.fullmatch(f.key) for f in relation.facts):
            found.update(graph.nodes_of(name))
        if "quality" not in kinds:
            continue
        names = {
            column.name
            for column in relation.columns
            if any(fact.key == _QUALITY for fact in column.facts)
        }
        found.update(node for node in graph.nodes_of(name) if graph.columns[node].column in names)
    return frozenset(found)


def _arrives_untested(estate: Estate, arrival: Arrival, tested: frozenset[int]) -> bool:
    """True when there is a direct way from the source on which no column is tested."""
    graph = estate.analysis.graph
    ends = frozenset(graph.nodes_of(arrival.relation))
    start = graph.find(arrival.source.column)
    return not ends.isdisjoint(_untested_from(estate, start, tested))


def _untested_from(estate: Estate, start: int | None, tested: frozenset[int]) -> Iterator[int]:
    waiting = [start] if start is not None and start not in tested else []
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        yield node
        new = set(estate.direct_successors[node]) - seen - tested
        seen |= new
        waiting += new
