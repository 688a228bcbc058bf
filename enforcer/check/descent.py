"""Descent: what is built from what, whole relations at a time.

For data that no column names (figures before they are published, a whole source under
embargo) the question is not which field flows where but what was made from it at all.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import matching
from enforcer.rules import Where
from enforcer.shared import shared
from enforcer.words import Finding, Hop, say
from lineage import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import RuleCard

# By relation, what it is built from that matches: the one before it on a shortest way.
Ways = dict[str, str]


def judge_descent(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """What matches `into` must not be built, over any number of steps, from what matches."""
    deny = rule.deny
    assert deny is not None
    assert deny.built_from is not None
    first = matching(estate, deny.built_from)
    wanted = matching(estate, deny.into or Where())
    before = _ways(builds(estate), first)
    findings = [
        _finding(estate, card, _path(before, name))
        for name in wanted
        if name in before or name in first
    ]
    return outcome(len(first), findings)


@shared
def builds(estate: Estate) -> Mapping[str, tuple[str, ...]]:
    """For each relation those that are built from it, by the SQL or by what its tool says."""
    found: dict[str, list[str]] = {}
    for source, target in sorted({*_flowing(estate), *_declared(estate)}):
        found.setdefault(source, []).append(target)
    return {source: tuple(targets) for source, targets in found.items()}


def _flowing(estate: Estate) -> Iterable[tuple[str, str]]:
    """Pairs of relations with an edge, or inner steps alone, between them."""
    graph = estate.analysis.graph
    owner = [column.relation for column in graph.columns]
    feeds: list[set[str]] = [set() for _ in owner]
    waiting: deque[int] = deque()
    for node, name in enumerate(owner):
        if node not in graph.inner:
            for edge in graph.outgoing(node):
                target = graph.targets[edge]
                if target not in graph.inner:
                    yield name, owner[target]
                elif name not in feeds[target]:
                    feeds[target].add(name)
                    waiting.append(target)
    yield from _through_inner_steps(estate, feeds, waiting)


def _through_inner_steps(
    estate: Estate, feeds: list[set[str]], waiting: deque[int]
) -> Iterable[tuple[str, str]]:
    graph = estate.analysis.graph
    while waiting:
        node = waiting.popleft()
        for edge in graph.outgoing(node):
            target = graph.targets[edge]
            if target not in graph.inner:
                yield from ((name, graph.columns[target].relation) for name in feeds[node])
            elif not feeds[node] <= feeds[target]:
                feeds[target] |= feeds[node]
                waiting.append(target)


def _declared(estate: Estate) -> Iterable[tuple[str, str]]:
    for name, relation in estate.relations.items():
        for read in relation.reads:
            yield read, name
        for fact in relation.facts:
            if fact.key == "depends_on":
                yield fact.value, name


def _ways(built: Mapping[str, tuple[str, ...]], first: Iterable[str]) -> Ways:
    before: Ways = {}
    begun = frozenset(first)
    waiting = deque(sorted(begun))
    while waiting:
        name = waiting.popleft()
        for target in built.get(name, ()):
            if target not in before and target not in begun:
                before[target] = name
                waiting.append(target)
    return before


def _path(before: Ways, name: str) -> tuple[str, ...]:
    """The relations from the nearest that matches to this one."""
    path = [name]
    while path[-1] in before:
        path.append(before[path[-1]])
    return tuple(reversed(path))


def _finding(estate: Estate, card: RuleCard, path: tuple[str, ...]) -> Finding:
    first, last = path[0], path[-1]
    hops = tuple(Hop(Column(name, ""), estate.relations[name].origin) for name in path)
    message = (
        say("is-such", relation=last)
        if first == last
        else say("built-from", relation=last, source=first, count=len(path) - 1)
    )
    return Finding(
        rule=card,
        field=Column(first, ""),
        category="",
        sink=last,
        flow="",
        message=message,
        origin=estate.relations[last].origin,
        path=hops,
    )
