"""Clearing: why a rule finds nothing in a relation, and whether enough was read to say so.

Data may be kept away by a protection that the rule accepts or an excuse that it grants, it
may come by flows alone that the rule does not ask about, or never come. It may also come
unseen: so what could not be read on the way is told, and nothing behind it is called clean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.descent import builds
from enforcer.check.excuses import excused
from enforcer.check.flows import arrivals, in_words, way_of
from enforcer.check.screening import among, narrowed
from enforcer.check.selectors import category_matches, matching
from enforcer.check.sources import followed_sources
from enforcer.documents import parse_document
from enforcer.explained import Judged, Stop
from enforcer.protection.arrivals import Way
from enforcer.protection.reach import from_one_to_another
from enforcer.protection.states import FLOWS, flows_in, flows_named, mask_of_flow, variants_in
from enforcer.protection.variants import refused
from enforcer.report.naming import flow_named
from enforcer.roads import OF_COLUMNS
from enforcer.rule_sense import DENIED
from enforcer.rules import Rule
from enforcer.words import say
from lineage.dialects import last_part
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enforcer.estate import Estate
    from enforcer.packs import LoadedRule
    from enforcer.roads import Roads
    from enforcer.words import Finding, Message


def judged_in(
    loaded: LoadedRule,
    estate: Estate,
    relation: str,
    findings: Iterable[Finding],
    roads: Roads,
) -> Judged | None:
    """What a rule makes of a relation, if it judges it.

    Why it finds nothing is told of rules that deny data a relation, or what one is built from.
    """
    card = loaded.card
    found = tuple(f for f in findings if f.rule.id == card.id and _is_there(f, relation))
    judged = Judged(rule=card.id, severity=card.severity, findings=found)
    deny = loaded.rule.deny
    if found or deny is None or deny.into is None:
        return judged if found else None
    if relation not in matching(estate, deny.into):
        return None
    if deny.built_from is not None:
        return Judged(
            rule=card.id,
            severity=card.severity,
            reasons=(say("clean-not-built"),),
            gaps=tuple(
                gap
                for gap in roads.hiding(matching(estate, deny.built_from), relation)
                if gap.reason not in OF_COLUMNS
            ),
        )
    if any(getattr(deny, name) for name in DENIED):
        return None
    return _Clearing(estate, loaded, relation, roads).judged()


def _is_there(finding: Finding, relation: str) -> bool:
    """True for a finding in the relation, or about the relation itself."""
    there = finding.sink == relation or finding.sink.startswith(f"{relation} ")
    return there or (not finding.sink and finding.field.relation == relation)


class _Clearing:
    """One rule that denies data a place, and one relation in which it finds none."""

    def __init__(self, estate: Estate, loaded: LoadedRule, relation: str, roads: Roads) -> None:
        assert loaded.rule.deny is not None
        self._estate, self._loaded, self._relation = estate, loaded, relation
        self._deny = deny = loaded.rule.deny
        self._graph = estate.analysis.graph
        self._asked = flows_named(deny.via)
        self._wanted = sum(map(mask_of_flow, self._asked))
        self._sources = followed_sources(estate, deny.data, deny.source)
        self._labelled = frozenset(
            column.relation
            for column, labels in estate.labels.items()
            if any(category_matches(estate, deny.data, label.category) for label in labels)
        )
        self._way = roads.between(self._labelled, relation)
        self._gaps = roads.hiding(self._labelled, relation) if self._labelled else ()
        self._states = self._masks(FLOWS)

    def judged(self) -> Judged:
        """Why nothing is found, where the data stops, and what was not read on the way."""
        card = self._loaded.card
        return Judged(
            rule=card.id,
            severity=card.severity,
            reasons=tuple(self._reasons()),
            stops=tuple(self._stops()),
            gaps=self._gaps,
        )

    def _masks(self, flows: tuple[str, ...]) -> Mapping[int, int]:
        """For each node the states in which data of any of the sources is there."""
        by_way: dict[object, set[int]] = {}
        ways = {source: way_of(self._estate, source, flows) for source in self._sources}
        for source, way in ways.items():
            node = self._graph.find(source.column)
            if node is not None:
                by_way.setdefault(way, set()).add(node)
        masks: dict[int, int] = {}
        for way in dict.fromkeys(ways.values()):
            nodes = frozenset(by_way.get(way, ()))
            for node, mask in self._estate.arrivals.of_all(nodes, way).items():
                masks[node] = masks.get(node, 0) | mask
        return masks

    def _mask(self, relation: str, flows: Iterable[str]) -> int:
        """The states in which data is in the columns of a relation, in these flows."""
        wanted = sum(map(mask_of_flow, flows))
        found = 0
        for node in self._graph.nodes_of(relation):
            found |= self._states.get(node, 0) & wanted
        return found

    def _holds(self, node: int) -> bool:
        """True where data is in a way that the rule refuses."""
        arriving = self._states.get(node, 0) & self._wanted
        return bool(refused(self._deny.unless_protected, variants_in(arriving)))

    def _is_held(self, relation: str) -> bool:
        """True where the rule would find something, if it judged that relation."""
        return any(map(self._holds, self._graph.nodes_of(relation)))

    def _reasons(self) -> Iterator[Message]:
        if not self._labelled:
            yield say("clean-no-data")
            return
        arriving = variants_in(self._mask(self._relation, self._asked))
        if refused(self._deny.unless_protected, arriving):
            yield from self._excuses()
        elif arriving:
            yield say("clean-accepted", protections=in_words(arriving))
        others = flows_in(self._mask(self._relation, set(FLOWS) - set(self._asked)))
        if others:
            yield say("clean-by-others", flows=tuple(map(flow_named, others)))
        elif not arriving:
            yield say("clean-by-rows") if self._rows_come() else say("clean-unreached")

    def _excuses(self) -> Iterator[Message]:
        """The excuses that the rule grants to what arrives."""
        estate, deny, rule = self._estate, self._deny, self._loaded.rule
        accepted, there = deny.unless_protected, among({self._relation})
        near = narrowed(estate, self._sources, deny.via, accepted, there)
        document = parse_document(self._loaded.source, self._loaded.file, Rule, {})
        here = [a for a in arrivals(estate, near, deny.via, accepted) if there(a.relation, "")]
        for number, excuse in enumerate(rule.unless):
            if any(excused(estate, arrival, (excuse,), accepted) is None for arrival in here):
                yield say("clean-excused", origin=str(document.origin("unless", number)))

    def _rows_come(self) -> bool:
        """True when the rows of what holds the data decide something here, and no column does."""
        way = Way(flows=FLOWS)
        behind = self._estate.arrivals.behind(self._graph.nodes_of(self._relation), way)
        return any(row in behind for name in self._labelled & self._way for row in self._rows(name))

    def _rows(self, relation: str) -> list[int]:
        return [n for n in self._graph.nodes_of(relation) if self._graph.columns[n].column == ROWS]

    def _stops(self) -> Iterator[Stop]:
        built = builds(self._estate)
        for name in sorted(self._way):
            if not self._is_held(name):
                continue
            for after in built.get(name, ()):
                if after in self._way and not self._is_held(after):
                    yield self._stop(name, after)

    def _stop(self, name: str, after: str) -> Stop:
        held = [node for node in self._graph.nodes_of(name) if self._holds(node)]
        flows = from_one_to_another(self._graph, held, after)
        if flows.intersection(self._asked):
            arriving = in_words(variants_in(self._mask(after, self._asked)))
            return Stop(name, after, say("stop-protected", protections=arriving))
        if flows:
            named = tuple(flow_named(flow) for flow in FLOWS if flow in flows)
            return Stop(name, after, say("stop-influences", flows=named))
        if from_one_to_another(self._graph, self._rows(name), after):
            return Stop(name, after, say("stop-rows"))
        if self._names(after, name):
            return Stop(name, after, say("stop-unused"))
        return Stop(name, after, say("stop-unread"), unread=True)

    def _names(self, after: str, name: str) -> bool:
        """True when a text that fills one relation names the other."""
        wanted = last_part(name).lower()
        texts = (unit.text for unit in self._estate.analysis.units if unit.target == after)
        return any(wanted in text.lower() for text in texts)
