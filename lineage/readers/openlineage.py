"""OpenLineage's column-lineage events read back in: a file of them to an `Analysis`.

What is not said is not guessed away: an output without column lineage is a gap, an input
that no field is said to come from decides about rows, a transformation without a type may
carry the value, and an event that cannot be read is a gap that names what it is about.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lineage.analysis import Analysis
from lineage.openlineage import NAMESPACE, Dataset, facts_of, names_of
from lineage.projects import DeclaredColumn, Relation, RelationKind
from lineage.readers.files import shown_path
from lineage.readers.openlineage_events import datasets_of, read_lines
from lineage.readers.openlineage_flows import FlowLinker
from lineage.words import Gap, InputError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lineage.readers.openlineage_events import Line, Refused

_FILES = frozenset({"s3", "s3a", "gs", "abfss", "wasbs", "hdfs", "dbfs", "file", "adl"})


def read_events(path: str | Path, *, namespace: str = NAMESPACE) -> Analysis:
    """The analysis that the events of a file tell.

    The file holds one event, a JSON array of them, or one a line; events of one job are
    united. A dataset becomes the relation of its name when it is in `namespace`, else
    `NAMESPACE/NAME` or `NAMESPACE.NAME`. `masking` without a function that is named becomes
    the function `masked`, which protects nothing by itself. An origin names the job, not a
    line of its text. Raises `InputError` for a file that cannot be read or holds no event.
    """
    root = Path(os.path.realpath(path))
    if not root.is_file():
        what = "not a file" if os.path.lexists(root) else "no such file"
        raise InputError(Origin(shown_path(str(path)), 1, 1), what, "name a file of events")
    lines, refused = read_lines(root.parent, root.name)
    file = shown_path(root.name)
    names = names_of([*_mentioned(lines), *(d for r in refused for d in r.datasets)], namespace)
    linker = FlowLinker(names, namespace)
    for line in lines:
        linker.link(line.event, Origin(file, line.number, 1))
    relations = tuple(_relations(lines, names, file))
    flows = linker.finish({r.name: [c.name for c in r.columns] for r in relations})
    gaps = [*flows.gaps, *(_gap(each, file, names) for each in refused)]
    return Analysis(
        graph=flows.graph,
        units=flows.units,
        relations=relations,
        grants=(),
        deletes=(),
        guarded=(),
        gaps=tuple(sorted(set(gaps))),
        statements=len(lines) + len(refused),
        opaque=min(len(gaps), len(lines) + len(refused)),
    )


def _mentioned(lines: Iterable[Line]) -> Iterator[Dataset]:
    """Every dataset that an event names anywhere."""
    for line in lines:
        job = line.event.job
        for said in job.facets.gaps.gaps if job and job.facets and job.facets.gaps else ():
            yield from (Dataset(d.namespace, d.name) for d in said.datasets)
        for dataset in datasets_of(line.event):
            yield Dataset(dataset.namespace, dataset.name)
            if dataset.facets is None:
                continue
            lineage, own = dataset.facets.column_lineage, dataset.facets.flows
            if lineage is not None:
                for field in (lineage.fields or {}).values():
                    yield from (Dataset(f.namespace, f.name) for f in field.input_fields)
                yield from (Dataset(f.namespace, f.name) for f in lineage.dataset or ())
            if own is not None:
                yield from (Dataset(f.input.namespace, f.input.name) for f in own.flows)


def _gap(refused: Refused, file: str, names: Mapping[Dataset, str]) -> Gap:
    relations = tuple(dict.fromkeys(names[dataset] for dataset in refused.datasets))
    message = f"an event that is not read: {refused.message}"
    return Gap(refused.reason, message, relations, Origin(file, refused.number, 1))


def _relations(
    lines: Iterable[Line], names: Mapping[Dataset, str], file: str
) -> Iterator[Relation]:
    """Each dataset as a relation, with the columns and types that any event declares."""
    columns: dict[str, dict[str, str]] = {name: {} for name in names.values()}
    first: dict[str, int] = {}
    for line in lines:
        for dataset in datasets_of(line.event):
            name = names[Dataset(dataset.namespace, dataset.name)]
            first.setdefault(name, line.number)
            schema = dataset.facets.schema if dataset.facets else None
            for field in (schema.fields if schema else None) or ():
                columns[name][field.name] = field.type or columns[name].get(field.name, "")
    for identity, name in sorted(names.items(), key=lambda entry: entry[1]):
        yield Relation(
            name=name,
            kind=_kind(identity),
            origin=Origin(file, first.get(name, 1), 1),
            columns=tuple(DeclaredColumn(c, t) for c, t in columns[name].items()),
            facts=facts_of(identity),
        )


def _kind(dataset: Dataset) -> RelationKind:
    outside = dataset.namespace.partition(":")[0] in _FILES or dataset.name.startswith("@")
    return RelationKind.EXTERNAL if outside else RelationKind.TABLE
