"""Lineage as OpenLineage events, one a line: what a design says, without a run.

A `JobEvent` for each text that makes values flow, with the column-lineage facet 1-2-0 at
each of its outputs, and a `DatasetEvent` for each relation that takes no part in one. What
filters, joins or orders the rows of an output stands in the facet's `dataset`. Whatever the
standard has no word for is in facets of our own: docs/openlineage-flows-1.schema.json.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lineage.graph import ROWS
from lineage.notations.words import is_inside
from lineage.openlineage import (
    FLOWS_FACET,
    GAPS_FACET,
    MASKED,
    NAMESPACE,
    SPEC,
    Dataset,
    dataset_of,
    is_masking,
)
from lineage.projects import Relation, RelationKind
from lineage.shown import json_line
from lineage.words import IDENTITY, Column, Gap, Origin, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lineage.subgraph import Flow, Subgraph

PRODUCER: Final = "https://github.com/fieldgate/fieldgate"
# Without a clock the same input has the same bytes; give the time at which it was true.
NO_TIME: Final = "1970-01-01T00:00:00Z"
NOWHERE: Final = "(declared)"  # the job of flows and gaps that no file writes
_OWN_SCHEMA: Final = f"{PRODUCER}/blob/main/docs/openlineage-flows-1.schema.json"

Json = dict[str, object]


def render_openlineage(
    subgraph: Subgraph, *, namespace: str = NAMESPACE, event_time: str = NO_TIME
) -> str:
    """The events as JSON lines in printable ASCII, sorted by job.

    `namespace` is that of relations and jobs of which no other is known, for instance
    `snowflake://org-account`; `event_time` is an RFC 3339 time.
    """
    writer = _Writer(subgraph, namespace, event_time)
    return "".join(f"{json_line(event)}\n" for event in writer.events())


class _Writer:
    """What is looked up again and again while events are written."""

    def __init__(self, subgraph: Subgraph, namespace: str, event_time: str) -> None:
        self._subgraph = subgraph
        self._namespace = namespace
        self._event_time = event_time
        self._relations = {relation.name: relation for relation in subgraph.relations}
        self._datasets: dict[str, Dataset] = {}

    def events(self) -> Iterator[Json]:
        """Jobs first, then the relations that none of them touches."""
        jobs: dict[Dataset, list[Flow]] = {}
        for flow in self._subgraph.flows:
            jobs.setdefault(self._job(flow.job, flow.job_namespace), []).append(flow)
        gaps: dict[Dataset, list[Gap]] = {}
        for gap in self._subgraph.gaps:
            gaps.setdefault(self._job(gap.origin.file), []).append(gap)
        for job in sorted({*jobs, *gaps}):
            yield self._job_event(job, jobs.get(job, []), gaps.get(job, []))
        touched = {
            column.relation
            for flow in self._subgraph.flows
            for column in (flow.edge.source, flow.edge.target)
        }
        for relation in self._subgraph.relations:
            if relation.name not in touched:
                yield {**self._base("DatasetEvent"), "dataset": self._dataset(relation.name)}

    def _job(self, name: str, namespace: str = "") -> Dataset:
        return Dataset(namespace or self._namespace, name or NOWHERE)

    def _base(self, kind: str) -> Json:
        return {
            "eventTime": self._event_time,
            "producer": PRODUCER,
            "schemaURL": f"{SPEC}/2-0-2/OpenLineage.json#/$defs/{kind}",
        }

    def _job_event(self, job: Dataset, flows: Sequence[Flow], gaps: Sequence[Gap]) -> Json:
        outputs: dict[str, list[Flow]] = {}
        for flow in flows:
            outputs.setdefault(flow.edge.target.relation, []).append(flow)
        # That a relation's rows decide about its own columns does not make it an input.
        inputs = {
            flow.edge.source.relation
            for flow in flows
            if not is_inside(flow.edge.source, flow.edge.target)
        }
        return {
            **self._base("JobEvent"),
            "job": {"namespace": job.namespace, "name": job.name, **self._gaps(gaps)},
            "inputs": [self._dataset(name) for name in sorted(inputs)],
            "outputs": [self._dataset(name, outputs[name]) for name in sorted(outputs)],
        }

    def _gaps(self, gaps: Sequence[Gap]) -> Json:
        if not gaps:
            return {}
        said = [
            {
                "reason": gap.reason,
                "message": gap.message,
                "datasets": [self._id(name) for name in gap.relations],
            }
            for gap in gaps
        ]
        return {"facets": {GAPS_FACET: {**_own("gaps"), "gaps": said}}}

    def _dataset(self, name: str, flows: Sequence[Flow] = ()) -> Json:
        columns = self._relations[name].columns if name in self._relations else ()
        facets: Json = {}
        if columns:
            facets["schema"] = {
                **_facet("SchemaDatasetFacet"),
                "fields": [
                    {"name": c.name, "type": c.type} if c.type else {"name": c.name}
                    for c in columns
                ],
            }
        if flows:
            facets |= self._lineage(flows)
        return {**self._id(name), "facets": facets} if facets else self._id(name)

    def _lineage(self, flows: Sequence[Flow]) -> Json:
        """The facets that say what flows into one output."""
        into: dict[str, list[Flow]] = {f.edge.target.column: [] for f in flows}
        for flow in flows:
            if flow.edge.source.column != ROWS:
                into[flow.edge.target.column].append(flow)
        whole = self._input_fields(into.pop(ROWS, []))
        facet: Json = {
            **_facet("ColumnLineageDatasetFacet"),
            "fields": {
                name: {"inputFields": self._input_fields(found)}
                for name, found in sorted(into.items())
            },
        }
        if whole:
            facet["dataset"] = whole
        return {"columnLineage": facet, **self._own_facet(flows, sorted(into))}

    def _input_fields(self, flows: Iterable[Flow]) -> list[Json]:
        found: dict[Column, list[Flow]] = {}
        for flow in flows:
            found.setdefault(flow.edge.source, []).append(flow)
        return [
            {
                **self._id(source.relation),
                "field": source.column,
                "transformations": _distinct(_transformation(flow) for flow in found[source]),
            }
            for source in sorted(found)
        ]

    def _own_facet(self, flows: Sequence[Flow], fields: list[str]) -> Json:
        """What the standard cannot say: functions, doubt, and what rows decide about.

        Flows that the standard cannot tell apart are all here when one of them is.
        """
        shaped = {f.edge.target.column for f in flows if _is_plain(f) and _is_inside(f)}
        others = [f for f in flows if not (_is_plain(f) and _is_inside(f))]
        known = {_as_said(f) for f in others if f.edge.source.column == ROWS or not _is_plain(f)}
        said = _distinct(self._detail(flow) for flow in others if _as_said(flow) in known)
        facet: Json = {"flows": said} if said else {}
        if shaped != set(fields):
            facet["shaped"] = sorted(shaped)
        return {FLOWS_FACET: {**_own("flows"), **facet}} if facet else {}

    def _detail(self, flow: Flow) -> Json:
        edge = flow.edge
        return {
            "field": edge.target.column,
            "input": {**self._id(edge.source.relation), "field": edge.source.column},
            "subtype": edge.transform.subtype,
            "functions": list(edge.transform.functions),
            "ambiguous": edge.ambiguous,
        }

    def _id(self, name: str) -> Json:
        found = self._datasets.get(name)
        if found is None:
            undeclared = Relation(name=name, kind=RelationKind.TABLE, origin=Origin("", 0, 0))
            relation = self._relations.get(name, undeclared)
            found = self._datasets[name] = dataset_of(relation, self._namespace)
        return msgspec.structs.asdict(found)


def _facet(name: str) -> Json:
    url = f"{SPEC}/facets/1-2-0/{name}.json#/$defs/{name}"
    return {"_producer": PRODUCER, "_schemaURL": url}


def _own(name: str) -> Json:
    return {"_producer": PRODUCER, "_schemaURL": f"{_OWN_SCHEMA}#/$defs/{name}"}


def _is_inside(flow: Flow) -> bool:
    return is_inside(flow.edge.source, flow.edge.target)


def _is_plain(flow: Flow) -> bool:
    """Whether the standard has words for all that is known of a flow between columns."""
    if flow.edge.source.column == ROWS and flow.edge.transform != IDENTITY:
        return False
    return not flow.edge.ambiguous and not _named(flow)


def _as_said(flow: Flow) -> tuple[Column, Column, TransformSubtype]:
    return flow.edge.source, flow.edge.target, flow.edge.transform.subtype


def _named(flow: Flow) -> bool:
    """Whether functions are known by name, and not only that something masks."""
    return flow.edge.transform.functions not in {(), (MASKED,)}


def _transformation(flow: Flow) -> Json:
    transform = flow.edge.transform
    described = flow.description
    if not flow.job_namespace and _named(flow):
        described = _call(flow.edge.source.column, transform.functions)
    return {
        "type": transform.type,
        "subtype": transform.subtype,
        "description": described,
        "masking": is_masking(transform),
    }


def _call(column: str, functions: Iterable[str]) -> str:
    """The functions applied to a column, as a call: `left(sha2(email))`."""
    for function in functions:
        column = f"{function}({column})"
    return column


def _distinct(said: Iterable[Json]) -> list[Json]:
    return list({json_line(each): each for each in said}.values())
