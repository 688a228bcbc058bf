"""OpenLineage's words in ours, both ways: datasets and jobs.

The standard is https://openlineage.io/spec/2-0-2/OpenLineage.json with the column-lineage
facet 1-2-0. `lineage.notations.openlineage` writes it, `lineage.readers.openlineage` reads it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import msgspec

from lineage.dialects import join_name
from lineage.projects import Fact, Relation, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAMESPACE: Final = "fieldgate"  # of relations and jobs of which no other is known
DIALECT: Final = "openlineage"  # of a unit that stands for a job of events that were read
SPEC: Final = "https://openlineage.io/spec"
FLOWS_FACET: Final = "fieldgate_flows"
GAPS_FACET: Final = "fieldgate_gaps"

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^/]+)/(.+)", re.DOTALL)
_NAMESPACE_FACT = "openlineage.namespace"
_NAME_FACT = "openlineage.name"


class Dataset(msgspec.Struct, frozen=True, order=True):
    """A dataset or a job: both have a namespace and a name that is unique in it."""

    namespace: str
    name: str


def dataset_of(relation: Relation, namespace: str) -> Dataset:
    """What the standard calls a relation; `namespace` is that of the project's warehouse.

    A URI is a namespace and a path (`s3://bucket` and `key`), as the standard names files.
    """
    said = {fact.key: fact.value for fact in relation.facts}
    if _NAME_FACT in said:
        return Dataset(said.get(_NAMESPACE_FACT, namespace), said[_NAME_FACT])
    uri = _URI.fullmatch(relation.name)
    return Dataset(uri[1], uri[2]) if uri else Dataset(namespace, relation.name)


def facts_of(dataset: Dataset) -> tuple[Fact, ...]:
    """The facts by which `dataset_of` finds the dataset again."""
    return (Fact(_NAME_FACT, dataset.name), Fact(_NAMESPACE_FACT, dataset.namespace))


def names_of(datasets: Sequence[Dataset], namespace: str) -> dict[Dataset, str]:
    """A name of ours for each dataset, no two alike; bare for those in `namespace`.

    >>> names_of([Dataset("pg://h:1", "a.b"), Dataset("lake", "a.b")], "lake")
    {Dataset(namespace='lake', name='a.b'): 'a.b', \
Dataset(namespace='pg://h:1', name='a.b'): 'pg://h:1/a.b'}
    """
    names: dict[Dataset, str] = {}
    taken: set[str] = set()
    for dataset in sorted(set(datasets)):
        name = plain = _name_of(dataset, namespace)
        number = 1
        while name in taken:
            number += 1
            name = f"{plain}#{number}"
        taken.add(name)
        names[dataset] = name
    return names


def _name_of(dataset: Dataset, namespace: str) -> str:
    if dataset.namespace == namespace:
        return dataset.name
    if "://" in dataset.namespace:
        return f"{dataset.namespace}/{dataset.name}"
    return f"{join_name((dataset.namespace,))}.{dataset.name}"


def description_of(column: str, functions: Iterable[str]) -> str:
    """A column with the functions applied to it, as a call: `left(sha2(email), 8)`."""
    for function in functions:
        name, colon, detail = function.partition(":")
        column = f"{name}({column}, {detail})" if colon else f"{name}({column})"
    return column


def job_unit(shown: str, job: Dataset, said: Sequence[str]) -> tuple[Unit, dict[str, int]]:
    """A unit that stands for a job, and the offset of each description in its text.

    The text is one line of JSON: namespace, name, and the descriptions of its flows.
    """
    parts = [json.dumps(text) for text in (job.namespace, job.name, *said)]
    offsets: dict[str, int] = {}
    at = 1
    for text, part in zip((None, None, *said), parts, strict=True):
        if text is not None:
            offsets.setdefault(text, at)
        at += len(part) + 1
    unit = Unit(file=shown, text=f"[{','.join(parts)}]", dialect=DIALECT)
    return unit, offsets


def job_of(unit: Unit) -> Dataset:
    """The job that a unit of `job_unit` stands for."""
    namespace, name, *_said = json.loads(unit.text)
    return Dataset(namespace, name)


def said_at(unit: Unit, offset: int) -> str:
    """The description at an offset of such a unit."""
    said, _end = json.JSONDecoder().raw_decode(unit.text, offset)
    return str(said)
