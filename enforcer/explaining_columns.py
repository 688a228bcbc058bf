"""Explaining a column: which labelled values reach it, how they are protected, and why so.

The use case behind `fieldgate explain COLUMN`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.explained import Course, Explanation, Labelled, Others, Passage, Reaching
from enforcer.explaining_relations import explain_relations
from enforcer.labels import said_of
from enforcer.looking import Held, looks_at
from enforcer.lookup import columns_named, relations_named
from enforcer.protection.arrivals import Way
from enforcer.protection.states import (
    DIRECT,
    FLOWS,
    STATES,
    flows_in,
    mask_of_flow,
    mask_of_variants,
    variants_in,
    with_hashes_clear,
)
from enforcer.protection.variants import VARIANTS
from enforcer.report.column_text import render_columns
from enforcer.report.explained_json import render_explained_json
from enforcer.report.relation_text import render_relations
from enforcer.run import Request, judge, open_case
from enforcer.taxonomy import NONE
from enforcer.words import Protection, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.estate import Estate
    from enforcer.labels import Label
    from enforcer.protection.variants import Variant
    from enforcer.report import Options
    from enforcer.run import Case
    from enforcer.words import Finding, Message, Report
    from lineage import Column
    from lineage.flow import Step

_CLEAR: Final = Protection.CLEAR
# From so many labelled columns on only those are told one by one whose values arrive.
_MANY: Final = 12


def explain_named(name: str, request: Request, options: Options, notation: str) -> str:
    """What there is to say about what has that name in the project of a request, as a text.

    The name of a relation means it and its columns; people read what becomes of it as a whole,
    and ask for a column. Raises `UnknownNameError` where nothing is called that.
    """
    case = open_case(request)
    report = judge(case).report
    relations = explain_relations(relations_named(case.estate.analysis, name), case, report)
    if relations and notation != "json":
        return render_relations(relations, options)
    columns = explain_columns(name, case, report)
    if notation == "json":
        return render_explained_json(relations, columns, options.lang)
    return render_columns(columns, options)


def explain_columns(name: str, case: Case, report: Report) -> tuple[Explanation, ...]:
    """What there is to say about each column that a person means by a name.

    `report` is that of the case. Raises `UnknownNameError` where nothing is called that.
    """
    columns = columns_named(case.estate.analysis, name, rows=False)
    findings = (*report.findings, *(accepted.finding for accepted in report.accepted))
    return tuple(_explain(case, column, findings) for column in columns)


def _explain(case: Case, column: Column, findings: Sequence[Finding]) -> Explanation:
    estate = case.estate
    sources = tuple(_sources(estate, column, FLOWS))
    many = len(sources) > _MANY
    told = tuple(_sources(estate, column, (DIRECT,))) if many else sources
    rules = [loaded.rule for loaded in case.rules]
    tracings = [_Tracing(estate, column, one, (DIRECT,) if many else FLOWS) for one in told]
    return Explanation(
        column=column,
        labels=tuple(
            Labelled(
                said.label.category,
                said.label.by,
                said.label.origin,
                said.yields_to.category if said.yields_to else "",
            )
            for said in said_of(estate.labelling, column)
        ),
        reaching=tuple(tracing.told() for tracing in tracings),
        looks=tuple(
            look
            for tracing in tracings
            for rule in rules
            for look in looks_at(rule, tracing.held(), findings)
        ),
        others=_others(estate, column, sources) if many else None,
    )


def _sources(
    estate: Estate, column: Column, flows: tuple[str, ...]
) -> Iterator[tuple[Column, Label]]:
    """The labelled columns from which there is a way to a column, each with each of its labels."""
    graph = estate.analysis.graph
    node = graph.find_sink(column)
    before = estate.arrivals.behind((node,), Way(flows=flows)) if node is not None else frozenset()
    for source, labels in sorted(estate.labels.items()):
        if source == column or graph.find(source) in before:
            yield from ((source, label) for label in labels if label.category != NONE)


def _others(
    estate: Estate, column: Column, sources: Sequence[tuple[Column, Label]]
) -> Others | None:
    """Those of the sources that decide on the column by other than direct flow, all together."""
    graph = estate.analysis.graph
    nodes = frozenset(n for source, _ in sources if (n := graph.find(source)) is not None)
    there = graph.find_sink(column)
    reached = estate.arrivals.of_all(nodes, Way(flows=FLOWS)) if there is not None else {}
    flows = tuple(flow for flow in flows_in(reached.get(there or 0, 0)) if flow != DIRECT)
    if not flows:
        return None
    columns = sorted({source for source, _ in sources})
    return Others(count=len(columns), flows=flows, first=columns[0])


class _Tracing:
    """The ways of one labelled value to one column."""

    def __init__(
        self, estate: Estate, column: Column, one: tuple[Column, Label], flows: tuple[str, ...]
    ) -> None:
        self.estate, self.column, (self.source, self.label) = estate, column, one
        self._graph = estate.analysis.graph
        taxonomy = estate.taxonomy
        self.way = Way(
            flows=flows,
            enumerable=taxonomy.is_enumerable(self.label.category),
            form=taxonomy.form_of(self.label.category),
            group_size=estate.parameters.group_size,
        )

    def told(self) -> Reaching:
        """Each course on which the value arrives, and why it is in the clear where it is."""
        courses = tuple(self._courses())
        label = Labelled(self.label.category, self.label.by, self.label.origin)
        reasons = (*self._reasons(courses), *self._beside(courses))
        return Reaching(source=self.source, label=label, courses=courses, reasons=reasons)

    def held(self) -> Held:
        """The value as rules look at it."""
        mask = self._mask(self.column)
        return Held(
            estate=self.estate,
            column=self.column,
            source=self.source,
            category=self.label.category,
            mask=with_hashes_clear(mask) if self.way.enumerable else mask,
        )

    def _mask(self, column: Column) -> int:
        start, there = self._graph.find(self.source), self._graph.find_sink(column)
        if start is None or there is None:
            return 1 if self.source == column else 0
        return self.estate.arrivals.moved(start, self.way).get(there, 0)

    def _courses(self) -> Iterator[Course]:
        mask = self._mask(self.column)
        for flow in self.way.flows:
            for variant in VARIANTS:
                wanted = mask & mask_of_flow(flow) & mask_of_variants((variant,))
                if wanted:
                    yield self._course(flow, variant, wanted)

    def _course(self, flow: str, variant: Variant, wanted: int) -> Course:
        start, end = self._graph.find(self.source), self._graph.find_sink(self.column)
        steps: Sequence[Step] = ()
        if start is not None and end is not None:
            steps = self.estate.arrivals.steps(start, self.way, (end, wanted))
        arrived = with_hashes_clear(wanted) if self.way.enumerable else wanted
        return Course(
            flow=flow,
            moved=str(variant),
            arrives=str(variants_in(arrived)[0]),
            passages=tuple(self._passages(steps)),
        )

    def _passages(self, steps: Sequence[Step]) -> Iterator[Passage]:
        here = STATES[0].variant
        for step in steps:
            there = STATES[step.state].variant
            yield Passage(
                column=self._graph.columns[self._graph.targets[step.edge]],
                how=self._graph.kind(step.edge).transform.subtype,
                origin=self.estate.analysis.origin_of(step.edge),
                before=str(here),
                after=str(there),
                applied=self.estate.arrivals.applied(step.edge, here, self.way),
            )
            here = there

    def _reasons(self, courses: Sequence[Course]) -> Iterator[Message]:
        """Why the value is in the clear although something protects it, or once did."""
        direct = [course for course in courses if course.flow == DIRECT]
        for course in direct:
            if not _is_clear(course.arrives):
                continue
            if not _is_clear(course.moved):
                yield say("cleared-by-trying", category=self.label.category)
            for passage in course.passages:
                for done in passage.applied:
                    if _is_clear(done.after) and not _is_clear(done.before):
                        at, before = str(passage.origin), _protection(done.before)
                        yield say("cleared-by", function=done.function, before=before, origin=at)
        kept = tuple(
            dict.fromkeys(_protection(c.arrives) for c in direct if not _is_clear(c.arrives))
        )
        if kept and any(_is_clear(course.arrives) for course in direct):
            yield say("cleared-beside", protections=kept)

    def _beside(self, courses: Sequence[Course]) -> Iterator[Message]:
        """Other columns of the relation where the value is clear, which it is not in this one."""
        direct = [course for course in courses if course.flow == DIRECT]
        if not direct or any(_is_clear(course.arrives) for course in direct):
            return
        for node in self._graph.nodes_of(self.column.relation):
            other = self._graph.columns[node]
            mask = self._mask(other) & mask_of_flow(DIRECT)
            if other != self.column and any(v.protection is _CLEAR for v in variants_in(mask)):
                yield say("clear-beside", column=other)


def _is_clear(variant: str) -> bool:
    return _protection(variant) is _CLEAR


def _protection(variant: str) -> Protection:
    return Protection(variant.partition(":")[0])
