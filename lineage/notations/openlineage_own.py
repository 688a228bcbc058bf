"""Our own facet of OpenLineage datasets: docs/openlineage-flows-1.schema.json.

Whatever the standard has no word for stands here, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lineage.graph import ROWS
from lineage.masking import MASKED
from lineage.notations.words import is_inside
from lineage.openlineage import FLOWS_FACET
from lineage.shown import json_line
from lineage.words import IDENTITY, Column, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lineage.flows import Flow

    Identify = Callable[[str], dict[str, object]]

PRODUCER: Final = "https://github.com/fieldgate/fieldgate"
_SCHEMA: Final = f"{PRODUCER}/blob/main/docs/openlineage-flows-1.schema.json"

Json = dict[str, object]


def own_facet(flows: Sequence[Flow], fields: list[str], identify: Identify) -> Json:
    """What the standard cannot say: functions, doubt, and what rows decide about.

    Flows that the standard cannot tell apart are all here when one of them is.
    """
    shaped = {f.edge.target.name for f in flows if _is_plain(f) and _is_inside(f)}
    others = [f for f in flows if not (_is_plain(f) and _is_inside(f))]
    known = {_as_said(f) for f in others if f.edge.source.column == ROWS or not _is_plain(f)}
    said = distinct(_detail(flow, identify) for flow in others if _as_said(flow) in known)
    facet: Json = {"flows": said} if said else {}
    if shaped != set(fields):
        facet["shaped"] = sorted(shaped)
    return {FLOWS_FACET: {**own_base("flows"), **facet}} if facet else {}


def _detail(flow: Flow, identify: Identify) -> Json:
    edge = flow.edge
    return {
        "field": edge.target.name,
        "input": {**identify(edge.source.relation), "field": edge.source.name},
        "subtype": edge.transform.subtype,
        "functions": list(edge.transform.functions),
        "ambiguous": edge.ambiguous,
    }


def own_base(name: str) -> Json:
    """What every facet has, for one of our own."""
    return {"_producer": PRODUCER, "_schemaURL": f"{_SCHEMA}#/$defs/{name}"}


def _is_inside(flow: Flow) -> bool:
    return is_inside(flow.edge.source, flow.edge.target)


def _is_plain(flow: Flow) -> bool:
    """Whether the standard has words for all that is known of a flow between columns."""
    if flow.edge.source.column == ROWS and flow.edge.transform != IDENTITY:
        return False
    return not flow.edge.ambiguous and not is_named(flow)


def _as_said(flow: Flow) -> tuple[Column, Column, TransformSubtype]:
    return flow.edge.source, flow.edge.target, flow.edge.transform.subtype


def is_named(flow: Flow) -> bool:
    """Whether functions are known by name, and not only that something masks."""
    return flow.edge.transform.functions not in {(), (MASKED,)}


def distinct(said: Iterable[Json]) -> list[Json]:
    """Each thing once, in the order in which it is first said."""
    return list({json_line(each): each for each in said}.values())
