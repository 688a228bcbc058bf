"""The shapes of OpenLineage events, as far as they are read. Unknown keys pass.

Every key that the standard does not require may be missing or null.
"""

from __future__ import annotations

import msgspec

from lineage.openlineage import FLOWS_FACET, GAPS_FACET
from lineage.readers.openlineage_own_words import DatasetId, FlowsFacet, GapsFacet


class Transformation(msgspec.Struct, frozen=True):
    """One way from an input field to an output field."""

    type: str = ""
    subtype: str | None = None
    description: str | None = None
    masking: bool | None = None


class InputField(msgspec.Struct, frozen=True):
    """An input field; without transformations it is not said how it is used."""

    namespace: str
    name: str
    field: str
    transformations: list[Transformation] | None = None


class OutputField(msgspec.Struct, frozen=True, rename="camel"):
    """What an output field is made of; the last two are of facets before 1-1-0."""

    input_fields: list[InputField]
    transformation_description: str | None = None
    transformation_type: str | None = None


class ColumnLineage(msgspec.Struct, frozen=True):
    """The column-lineage facet, any version up to 1-2-0."""

    fields: dict[str, OutputField] | None = None
    dataset: list[InputField] | None = None
    deleted: bool | None = msgspec.field(name="_deleted", default=None)


class SchemaField(msgspec.Struct, frozen=True):
    """A column and its type."""

    name: str
    type: str | None = None


class SchemaFacet(msgspec.Struct, frozen=True):
    """The columns of a dataset."""

    fields: list[SchemaField] | None = None


class DatasetFacets(msgspec.Struct, frozen=True, rename="camel"):
    """The facets that are read of a dataset."""

    column_lineage: ColumnLineage | None = None
    schema: SchemaFacet | None = None
    flows: FlowsFacet | None = msgspec.field(name=FLOWS_FACET, default=None)


class EventDataset(msgspec.Struct, frozen=True):
    """An input, an output, or the dataset of a `DatasetEvent`."""

    namespace: str
    name: str
    facets: DatasetFacets | None = None


class JobFacets(msgspec.Struct, frozen=True):
    """The facets that are read of a job."""

    gaps: GapsFacet | None = msgspec.field(name=GAPS_FACET, default=None)


class EventJob(msgspec.Struct, frozen=True):
    """What made values flow."""

    namespace: str
    name: str
    facets: JobFacets | None = None


class Event(msgspec.Struct, frozen=True):
    """A `RunEvent` or `JobEvent`, which have a job, or a `DatasetEvent`, which has none."""

    job: EventJob | None = None
    inputs: list[EventDataset] | None = None
    outputs: list[EventDataset] | None = None
    dataset: EventDataset | None = None


class Heading(msgspec.Struct, frozen=True):
    """Which datasets an event is about, for one whose details cannot be read."""

    outputs: list[DatasetId] | None = None
    dataset: DatasetId | None = None
