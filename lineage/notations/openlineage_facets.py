"""The facets of OpenLineage events: what is said of datasets and jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from lineage.graph import ROWS
from lineage.masking import is_masking
from lineage.notations.openlineage_own import PRODUCER, distinct, is_named, own_base, own_facet
from lineage.openlineage import GAPS_FACET, SPEC, Dataset, dataset_of, description_of
from lineage.projects import Relation, RelationKind
from lineage.words import Column, Gap, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lineage.flows import Flow

Json = dict[str, object]
# Whoever wrote an event may have put the expression there, and in it values.
_LITERAL = re.compile(r"'(?:[^']|'')*(?:'|\Z)")


class Facets:
    """The facets of the relations of one subgraph."""

    def __init__(self, relations: Iterable[Relation], namespace: str) -> None:
        self._namespace = namespace
        self._relations = {relation.name: relation for relation in relations}
        self._datasets: dict[str, Dataset] = {}

    def gaps(self, gaps: Sequence[Gap]) -> Json:
        """The facet of a job that says what of it could not be analysed."""
        said = [
            {
                "reason": gap.reason,
                "message": gap.message,
                "datasets": [self._id(name) for name in gap.relations],
            }
            for gap in gaps
        ]
        return {GAPS_FACET: {**own_base("gaps"), "gaps": said}}

    def dataset(self, name: str, flows: Sequence[Flow] = ()) -> Json:
        """A relation as a dataset, with its schema and what flows into it."""
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
        into: dict[str, list[Flow]] = {f.edge.target.name: [] for f in flows}
        for flow in flows:
            if flow.edge.source.column != ROWS:
                into[flow.edge.target.name].append(flow)
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
        return {"columnLineage": facet, **own_facet(flows, sorted(into), self._id)}

    def _input_fields(self, flows: Iterable[Flow]) -> list[Json]:
        found: dict[Column, list[Flow]] = {}
        for flow in flows:
            found.setdefault(flow.edge.source, []).append(flow)
        return [
            {
                **self._id(source.relation),
                "field": source.name,
                "transformations": distinct(_transformation(flow) for flow in found[source]),
            }
            for source in sorted(found)
        ]

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


def _transformation(flow: Flow) -> Json:
    transform = flow.edge.transform
    described = _LITERAL.sub("'…'", flow.description)
    if not flow.job_namespace and is_named(flow):
        described = description_of(flow.edge.source.name, transform.functions)
    return {
        "type": transform.type,
        "subtype": transform.subtype,
        "description": described,
        "masking": is_masking(transform),
    }
