"""The flows that OpenLineage events tell, as edges of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.fields import as_field
from lineage.graph import ROWS, EdgeKind, EdgeSite, Graph, GraphBuilder
from lineage.openlineage import Dataset, job_unit, names_of
from lineage.projects import Unit
from lineage.readers.openlineage_own_words import FlowsFacet
from lineage.readers.openlineage_told import (
    FILTERED,
    Told,
    as_said,
    described,
    reason_of,
    subtype_of,
    transform_of,
)
from lineage.readers.openlineage_words import Transformation
from lineage.words import IDENTITY, Column, Gap, GapReason, Origin, Transform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lineage.readers.openlineage_own_words import FlowDetail
    from lineage.readers.openlineage_words import Event, EventDataset, InputField, OutputField

MAX_PAIRS = 100_000  # of inputs and outputs of one event that only its lists connect


class Flows(msgspec.Struct, frozen=True):
    """All flows of a file."""

    graph: Graph
    units: tuple[Unit, ...]
    gaps: tuple[Gap, ...]


class FlowLinker:
    """Collects the flows of events, one after the other."""

    def __init__(self, names: Mapping[Dataset, str], namespace: str) -> None:
        self._names = names
        self._namespace = namespace
        self._told: dict[Told, None] = {}
        self._gaps: list[Gap] = []
        self._silent: dict[tuple[Dataset, str], Gap] = {}
        self._speaking: set[tuple[Dataset, str]] = set()

    def link(self, event: Event, origin: Origin) -> None:
        """Take in the flows of one event, which is at `origin`."""
        if event.dataset is not None:
            dataset = event.dataset
            self._output(Dataset(dataset.namespace, dataset.name), dataset)
        if event.job is None:
            return
        job = Dataset(event.job.namespace, event.job.name)
        used: set[str] = set()
        for output in event.outputs or ():
            used |= self._output(job, output)
        self._link_rest(job, event, used, origin)
        if event.job.facets is not None and event.job.facets.gaps is not None:
            for said in event.job.facets.gaps.gaps:
                about = tuple(self._names[Dataset(d.namespace, d.name)] for d in said.datasets)
                at = Origin(job.name, 1, 1)
                self._gaps.append(Gap(reason_of(said.reason), said.message, about, at))

    def _output(self, job: Dataset, output: EventDataset) -> set[str]:
        """The flows into one dataset; returns the relations that they come from."""
        name = self._names[Dataset(output.namespace, output.name)]
        facets = output.facets
        lineage = facets.column_lineage if facets else None
        own = (facets.flows if facets else None) or FlowsFacet()
        found: list[Told] = []
        if lineage is not None and not lineage.deleted:
            if lineage.fields or lineage.dataset or own.flows:
                self._speaking.add((job, name))
            fields = lineage.fields or {}
            for column, field in fields.items():
                found += self._field(job, (name, column), field)
            found += [
                flow
                for given in lineage.dataset or ()
                for flow in self._input(job, (name, ROWS), given, FILTERED)
            ]
            shaped = fields if own.shaped is None else own.shaped
            for column in shaped:
                if column != ROWS:
                    self._tell(Told(job, (name, ROWS), (name, column), IDENTITY))
        details = [self._detail(job, name, detail) for detail in own.flows]
        known = {as_said(flow) for flow in details}
        flows = [flow for flow in found if as_said(flow) not in known]
        for flow in (*flows, *described(details, found)):
            self._tell(flow)
        return {flow.source[0] for flow in (*found, *details)}

    def _field(self, job: Dataset, target: tuple[str, str], field: OutputField) -> Iterator[Told]:
        masked = field.transformation_type == "MASKED"
        old = Transformation(
            type="DIRECT",
            subtype="IDENTITY" if field.transformation_type == "IDENTITY" else None,
            description=field.transformation_description,
            masking=masked,
        )
        for given in field.input_fields:
            yield from self._input(job, target, given, old)

    def _input(
        self, job: Dataset, target: tuple[str, str], given: InputField, default: Transformation
    ) -> Iterator[Told]:
        """The flows from one input field, one for each way that is told."""
        source = (self._names[Dataset(given.namespace, given.name)], given.field)
        if ROWS in {given.field, target[1]} and default is not FILTERED:
            message = "all columns of a dataset flow into a column, and they are not named"
            relations = (source[0], target[0])
            self._gaps.append(
                Gap(GapReason.UNRESOLVED_STAR, message, relations, Origin(job.name, 1, 1))
            )
        for way in given.transformations or (default,):
            yield Told(job, source, target, transform_of(way), way.description or "")

    def _detail(self, job: Dataset, name: str, detail: FlowDetail) -> Told:
        given = detail.input
        source = (self._names[Dataset(given.namespace, given.name)], given.field)
        transform = Transform(subtype_of(detail.subtype), tuple(detail.functions))
        return Told(job, source, (name, detail.field), transform, "", detail.ambiguous)

    def _link_rest(self, job: Dataset, event: Event, used: set[str], origin: Origin) -> None:
        """Inputs from which no column is said to come, and outputs of which nothing is said."""
        inputs = [self._names[Dataset(d.namespace, d.name)] for d in event.inputs or ()]
        outputs = [self._names[Dataset(d.namespace, d.name)] for d in event.outputs or ()]
        unused = [name for name in dict.fromkeys(inputs) if name not in used]
        if not inputs:
            return
        for name in outputs:
            message = "no column lineage is told"
            touched = tuple(dict.fromkeys((*inputs, name)))
            self._silent[job, name] = Gap(GapReason.OPAQUE_CODE, message, touched, origin)
        if len(unused) * len(outputs) > MAX_PAIRS:
            message = f"{len(unused)} inputs of {len(outputs)} outputs are not told apart"
            self._gaps.append(
                Gap(GapReason.TOO_LARGE, message, tuple(dict.fromkeys((*unused, *outputs))), origin)
            )
            return
        for source in unused:
            for target in outputs:
                self._tell(Told(job, (source, ROWS), (target, ROWS), IDENTITY))

    def _tell(self, flow: Told) -> None:
        self._told[flow] = None

    def finish(self, columns: Mapping[str, Iterable[str]]) -> Flows:
        """The graph of all flows, and gaps for outputs that no event of their job explains.

        `columns` are those that schemas declare, by relation.
        """
        ends = {end for flow in self._told for end in (flow.source, flow.target)}
        columns_of = _Columns(ends, columns)
        jobs: dict[Dataset, dict[str, None]] = {}
        for flow in self._told:
            jobs.setdefault(flow.job, {})[flow.description] = None
        shown = names_of(list(jobs), self._namespace)
        numbers = {job: number for number, job in enumerate(jobs)}
        made = [job_unit(shown[job], job, list(said)) for job, said in jobs.items()]
        builder = GraphBuilder()
        drawn: set[tuple[int, int, int]] = set()
        for flow in self._told:
            number = numbers[flow.job]
            site = EdgeSite(number, made[number][1][flow.description], flow.ambiguous)
            _draw(builder, flow, site, drawn, columns_of)
        silent = [gap for key, gap in self._silent.items() if key not in self._speaking]
        return Flows(
            graph=builder.freeze(),
            units=tuple(unit for unit, _offsets in made),
            gaps=(*self._gaps, *silent),
        )


class _Columns:
    """The columns that names stand for: a dotted one is that of a field, if there is its column."""

    def __init__(
        self, ends: Iterable[tuple[str, str]], declared: Mapping[str, Iterable[str]]
    ) -> None:
        self._known = {*ends, *((r, name) for r, names in declared.items() for name in names)}

    def of(self, end: tuple[str, str]) -> Column:
        """The column or field that a relation and a name in it stand for."""
        field = as_field(Column(*end))
        return field if (field.relation, field.column) in self._known else Column(*end)


def _draw(
    builder: GraphBuilder,
    flow: Told,
    site: EdgeSite,
    drawn: set[tuple[int, int, int]],
    columns: _Columns,
) -> None:
    """The edge of a flow.

    A graph has one edge of a kind between two nodes and none from a node to itself: what is
    told again, by another job or in other words, goes by an inner step.
    """
    ends = columns.of(flow.source), columns.of(flow.target)
    source, target = (builder.node(end.relation, end.column, end.path) for end in ends)
    kind = builder.kind(EdgeKind(flow.transform))
    if source == target or (source, target, kind) in drawn:
        inner = builder.inner_node("", flow.source[1])
        builder.edge(source, inner, kind, site)
        source, kind = inner, builder.kind(EdgeKind(IDENTITY))
    drawn.add((source, target, kind))
    builder.edge(source, target, kind, site)
