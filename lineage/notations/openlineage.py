"""Lineage as OpenLineage events, one a line: what a design says, without a run.

A `JobEvent` for each text that makes values flow, with the column-lineage facet 1-2-0 at
each of its outputs, and a `DatasetEvent` for each relation that takes no part in one. What
filters, joins or orders the rows of an output stands in the facet's `dataset`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lineage.notations.openlineage_facets import Facets
from lineage.notations.openlineage_own import PRODUCER
from lineage.notations.words import is_inside
from lineage.openlineage import NAMESPACE, SPEC, Dataset
from lineage.shown import json_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.flows import Flow
    from lineage.subgraph import Subgraph
    from lineage.words import Gap

# Without a clock the same input has the same bytes; give the time at which it was true.
NO_TIME: Final = "1970-01-01T00:00:00Z"
NOWHERE: Final = "(declared)"  # the job of flows and gaps that no file writes

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
    """What every event of one subgraph needs."""

    def __init__(self, subgraph: Subgraph, namespace: str, event_time: str) -> None:
        self._subgraph = subgraph
        self._namespace = namespace
        self._event_time = event_time
        self._facets = Facets(subgraph.relations, namespace)

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
                dataset = self._facets.dataset(relation.name)
                yield {**self._base("DatasetEvent"), "dataset": dataset}

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
        facets = {"facets": self._facets.gaps(gaps)} if gaps else {}
        dataset = self._facets.dataset
        return {
            **self._base("JobEvent"),
            "job": {"namespace": job.namespace, "name": job.name, **facets},
            "inputs": [dataset(name) for name in sorted(inputs)],
            "outputs": [dataset(name, outputs[name]) for name in sorted(outputs)],
        }
