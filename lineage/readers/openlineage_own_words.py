"""The shapes of our own facets in OpenLineage events: docs/openlineage-flows-1.schema.json."""

from __future__ import annotations

import msgspec


class DatasetId(msgspec.Struct, frozen=True):
    """A dataset by its names alone."""

    namespace: str
    name: str


class FieldId(msgspec.Struct, frozen=True):
    """A field of a dataset; `*` stands for its rows."""

    namespace: str
    name: str
    field: str


class FlowDetail(msgspec.Struct, frozen=True):
    """A flow of our own facet, with what the standard cannot say; `*` stands for rows."""

    field: str
    input: FieldId
    subtype: str
    functions: list[str] = []
    ambiguous: bool = False


class FlowsFacet(msgspec.Struct, frozen=True):
    """Our own facet of a dataset; rows decide about all fields where `shaped` is None."""

    flows: list[FlowDetail] = []
    shaped: list[str] | None = None


class SaidGap(msgspec.Struct, frozen=True):
    """A gap in our own facet of a job."""

    reason: str
    message: str
    datasets: list[DatasetId] = []


class GapsFacet(msgspec.Struct, frozen=True):
    """Our own facet of a job: what of it could not be analysed."""

    gaps: list[SaidGap] = []
