"""Reachability: that a request of a person can be followed to wherever their rows lie."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from enforcer.check.all_columns import columns_by_name
from enforcer.check.holdings import held_data, relation_finding
from enforcer.check.lifetimes import keeps_rows
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.subjects import subject_keys
from enforcer.shared import shared
from enforcer.words import say
from lineage import TransformSubtype
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import RuleCard
    from lineage.graph import Graph

# Names that so many tables have that two of them have nothing in common.
_GENERIC: Final = frozenset({"_id", "code", "guid", "id", "key", "name", "pk", "rowid", "uuid"})
_BY_ROW: Final = frozenset({TransformSubtype.IDENTITY, TransformSubtype.TRANSFORMATION})


def judge_reachable(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """A chain of joins must lead from a relation to the key of its subject.

    A relation is joined to another where a query asks columns of both to be equal, a test says
    that one refers to the other, or a column of it has the name of the other's declared subject
    key. What every run builds anew is found by what it is built from, and is not judged.
    """
    held = held_data(estate, rule)
    reached = _reached(estate) if held else {}
    judged, findings = 0, []
    for name in held:
        if not keeps_rows(estate.relations[name]):
            continue
        judged += 1
        subjects = frozenset(estate.facts(name, "subject"))
        if not _is_reached(subjects, reached.get(name, ())):
            lack = say("no-way-to-subject-key")
            findings.append(relation_finding(estate, card, name, held[name], lack))
    return outcome(judged, findings)


def _is_reached(subjects: frozenset[str], keys: frozenset[frozenset[str]] | tuple[()]) -> bool:
    """True where one of the keys is that of these subjects, or it is not said whose it is."""
    return any(not subjects or not whose or subjects & whose for whose in keys)


@shared
def _reached(estate: Estate) -> Mapping[str, frozenset[frozenset[str]]]:
    """For each relation, whose keys joins lead to from it; no name where that is not said."""
    groups = _Groups()
    for one, other in (*_joined(estate), *_same_named(estate), *_referring(estate)):
        groups.unite(one, other)
    keys: dict[str, set[frozenset[str]]] = {}
    for name in subject_keys(estate):
        subjects = frozenset(estate.facts(name, "subject"))
        keys.setdefault(groups.of(name), set()).add(subjects)
    return {name: frozenset(keys.get(groups.of(name), ())) for name in estate.relations}


class _Groups:
    """Relations that hang together, by union and find."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The name that stands for the group of a relation."""
        way = []
        while (above := self._above.get(name, name)) != name:
            way.append(name)
            name = above
        self._above.update(dict.fromkeys(way, name))
        return name

    def unite(self, one: str, other: str) -> None:
        """The groups of two relations are one."""
        self._above[self.of(one)] = self.of(other)


def _joined(estate: Estate) -> Iterator[tuple[str, str]]:
    """Pairs of relations of which some query finds a column of each equal."""
    graph = estate.analysis.graph
    pairs = sorted(estate.analysis.equated)
    bases = {node: sorted({*_bases(graph, node)}) for node in {n for pair in pairs for n in pair}}
    for left, right in pairs:
        yield from product(bases[left], bases[right])


def _bases(graph: Graph, node: int) -> Iterator[str]:
    """The relations whose columns an inner column is, row by row."""
    waiting, seen = [node], {node}
    while waiting:
        here = waiting.pop()
        if here not in graph.inner:
            if graph.columns[here].column != ROWS:
                yield graph.columns[here].relation
            continue
        for edge in graph.incoming(here):
            source = graph.sources[edge]
            if source not in seen and graph.kind(edge).transform.subtype in _BY_ROW:
                seen.add(source)
                waiting.append(source)


def _same_named(estate: Estate) -> Iterator[tuple[str, str]]:
    """A column with the name of a declared subject key is taken to refer to it."""
    owners: dict[str, str] = {}
    for key in sorted(estate.subject_keys):
        folded = key.column.lower()
        if folded not in _GENERIC:
            other = owners.setdefault(folded, key.relation)
            yield key.relation, other
    for name, columns in columns_by_name(estate).items() if owners else ():
        owner = owners.get(name.lower())
        yield from ((column.relation, owner) for column, _ in columns if owner is not None)


def _referring(estate: Estate) -> Iterator[tuple[str, str]]:
    """A test that each value is in another relation says what it is joined with."""
    for name, columns in estate.columns_with_facts.items():
        for column in columns:
            for fact in column.facts:
                if fact.key == "refers_to":
                    yield name, fact.value
