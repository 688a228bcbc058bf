"""What a rule in Rego says, as findings: only what refers to something in the input counts.

An answer of another form, or about a column that is not there, is no finding and no pass: the
rule was not judged.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.check.flows import Arrival, flow_finding
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.readers import readers_of
from enforcer.check.spread import masks_by_relation, way_of
from enforcer.documents.nearest import nearest_or_all, quoted
from enforcer.engines.engine import unjudged
from enforcer.engines.input import FlowKind
from enforcer.engines.sentences import Filling, sentence
from enforcer.protection.states import DIRECT, FLOWS, mask_of_flow, variants_in
from enforcer.words import Finding, Protection, Spoken, say
from lineage import Column
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enforcer.check.labelled_column import Source as Labelled
    from enforcer.engines.engine import Answer, UnjudgedError
    from enforcer.engines.flows import Flows
    from enforcer.estate import Estate
    from enforcer.rego.source import Source
    from enforcer.words import Message, RuleCard
    from lineage import Origin

MAX_FINDINGS: Final = 100_000
MAX_MESSAGE: Final = 1_000
_STEP: Final = "docs/rego.md says what a finding is"


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding as a rule says it.

    A relation, or a column of it; with a `sink` something that reaches it by a `flow`, under a
    `protection` if there are several. A sink is a relation, a place or somebody who may read.
    In `message`, and `zh` which is the same in Chinese, `{name}` stands for one of the `values`
    or of the other keys.
    """

    relation: str
    column: str = ""
    sink: str = ""
    flow: FlowKind | None = None
    protection: Protection | None = None
    category: str = ""
    message: str = ""
    zh: str = ""
    values: dict[str, Filling] = msgspec.field(default_factory=dict)


class Answers:
    """Turns one rule's answers into an outcome."""

    def __init__(self, source: Source, card: RuleCard, estate: Estate, flows: Flows) -> None:
        self._source, self._card, self._estate, self._flows = source, card, estate, flows

    def outcome(self, answer: Answer, subjects: int) -> Outcome:
        """The outcome; `subjects` is how much there was to judge if the rule does not say."""
        judged = self._judged(answer.judged, subjects)
        said = self._said(answer.deny)
        if said and not judged:
            raise self._error(f"it has {len(said)} findings, and judged nothing")
        return outcome(judged, [self._finding(one) for one in said])

    def _judged(self, judged: Any, subjects: int) -> int:  # noqa: ANN401 - any JSON
        if judged is None and not self._source.counts:
            return subjects
        if not isinstance(judged, int) or isinstance(judged, bool) or judged < 0:
            raise self._error(f"`judged` is {_shown(judged)}, no count")
        return judged

    def _said(self, deny: Any) -> list[Said]:  # noqa: ANN401 - any JSON
        if not isinstance(deny, list):
            raise self._error(f"`deny` is {_shown(deny)}, no set or list of findings")
        if len(deny) > MAX_FINDINGS:
            raise self._error(f"it has more than {MAX_FINDINGS} findings")
        try:
            return msgspec.convert(deny, list[Said])
        except msgspec.ValidationError as error:
            raise self._error(f"a finding is not one ({error})") from None

    def _finding(self, said: Said) -> Finding:
        self._check_field(said)
        if len(said.message) > MAX_MESSAGE or len(said.zh) > MAX_MESSAGE:
            raise self._error(f"a message is longer than {MAX_MESSAGE} characters")
        if said.sink in self._estate.relations:
            return self._flow(said)
        if said.flow is not None or said.protection is not None:
            raise self._error(
                f"a finding about {said.relation} has a flow, and no relation as its sink"
            )
        if said.sink:
            self._check_name("sink", said.sink, self._recipients)
        category = self._category(said)
        return Finding(
            rule=self._card,
            field=_field(said),
            category=category,
            sink=said.sink,
            flow="",
            message=self._message(said, category),
            origin=self._origin(said),
        )

    def _check_field(self, said: Said) -> None:
        relation = self._estate.relations.get(said.relation)
        if relation is None:
            self._check_name("relation", said.relation, self._estate.relations)
            return
        graph = self._estate.analysis.graph
        if said.column and graph.find(_field(said)) is None:
            declared = {column.name for column in relation.columns}
            declared |= {c.column for c in self._estate.labels if c.relation == said.relation}
            declared |= {graph.columns[n].column for n in graph.nodes_of(said.relation)} - {ROWS}
            self._check_name("column", said.column, declared)

    def _flow(self, said: Said) -> Finding:
        """Data of a source that reaches another relation, with the way that it takes."""
        sources = self._flows.by_column.get(_field(said), ())
        fitting = [s for s in sources if said.category in ("", s.category)]
        if not fitting:
            what = f"{_field(said)} is none of the input's sources, so nothing flows from it"
            raise self._error(what)
        arrival = next(filter(None, (self._arrival(said, source) for source in fitting)), None)
        if arrival is None:
            how = f"{said.flow or DIRECT} flow"
            how += f", {said.protection.value}" if said.protection else ""
            raise self._error(f"no data of {_field(said)} reaches {said.sink} by {how}")
        found = flow_finding(self._estate, self._card, arrival)
        if not said.message:
            return found
        own = self._message(said, arrival.source.category)
        return msgspec.structs.replace(found, message=own)

    def _arrival(self, said: Said, source: Labelled) -> Arrival | None:
        flow = said.flow or DIRECT
        way = way_of(self._estate, source, (DIRECT,) if flow == DIRECT else FLOWS)
        mask = masks_by_relation(self._estate, source, way).get(said.sink, 0) & mask_of_flow(flow)
        there = tuple(v for v in variants_in(mask) if said.protection in (None, v.protection))
        return Arrival(source, said.sink, flow, there, way) if there else None

    def _category(self, said: Said) -> str:
        """The category that the rule names, else the first that the column is labelled with."""
        if said.category:
            self._check_name("category", said.category, self._categories)
            return said.category
        labels = self._estate.labels.get(_field(said), ())
        return labels[0].category if labels else ""

    @cached_property
    def _categories(self) -> frozenset[str]:
        return frozenset(x.category for labels in self._estate.labels.values() for x in labels)

    @cached_property
    def _recipients(self) -> frozenset[str]:
        readers = frozenset(reader.principal for reader in readers_of(self._estate))
        return readers | self._estate.places.keys()

    def _origin(self, said: Said) -> Origin:
        labels = self._estate.labels.get(_field(said), ()) if said.column else ()
        return labels[0].origin if labels else self._estate.relations[said.relation].origin

    def _message(self, said: Said, category: str) -> Message:
        """The rule's sentence; where it has none, its title with the field before it."""
        if not said.message:
            shown = f"{_named(said)} ({category})" if category else _named(said)
            zh = self._card.wording("zh").title
            return say("verbatim", text=Spoken(f"{shown}: {self._card.title}", f"{shown}：{zh}"))
        keys = {"field": _named(said), "category": category, "protection": said.protection or ""}
        own = {"relation": said.relation, "column": said.column, "sink": said.sink}
        try:
            return sentence(said.message, said.zh, {**keys, **own, **said.values})
        except KeyError as error:
            raise self._error(f"nothing fills {error} in a message") from None

    def _check_name(self, what: str, name: str, known: Iterable[str]) -> None:
        names = set(known)
        if name not in names:
            hint = nearest_or_all(name, names)
            raise self._error(
                f"a finding names the {what} {quoted(name)}, which the input lacks", hint
            )

    def _error(self, what: str, step: str = _STEP) -> UnjudgedError:
        return unjudged(self._source, what, step)


def _field(said: Said) -> Column:
    return Column(said.relation, said.column)


def _named(said: Said) -> str:
    return str(_field(said)) if said.column else said.relation


def _shown(value: Any) -> str:  # noqa: ANN401 - any JSON
    return quoted(msgspec.json.encode(value).decode()[:80])
