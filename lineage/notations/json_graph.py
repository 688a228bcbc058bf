"""The graph as JSON for programs. Its shape is versioned, see docs/lineage.md.

`format` changes its number when a key goes away or changes its meaning; a reader must let
new keys pass. One flow a line, so that two graphs can be compared with `diff`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.notations.words import carries_value
from lineage.shown import json_line
from lineage.words import TransformType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.projects import Relation
    from lineage.subgraph import Flow, Subgraph
    from lineage.words import Column, Delete, Edge, Gap, Grant, Guard, Origin

FORMAT = "fieldgate-lineage/1"

Json = dict[str, object]


def render_json(subgraph: Subgraph) -> str:
    """The whole subgraph as one JSON object in printable ASCII."""
    parts = [
        f'"format": {json_line(FORMAT)}',
        f'"statements": {subgraph.statements}',
        f'"not_analysed": {subgraph.opaque}',
        _list("focus", map(_column, subgraph.focus)),
        _list("relations", map(_relation, subgraph.relations)),
        _list("flows", map(_flow, subgraph.flows)),
        _list("grants", map(_grant, subgraph.grants)),
        _list("deletes", map(_delete, subgraph.deletes)),
        _list("guards", map(_guard, subgraph.guards)),
        _list("gaps", map(_gap, subgraph.gaps)),
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _list(key: str, elements: Iterable[Json]) -> str:
    lines = ",\n".join(json_line(element) for element in elements)
    return f'"{key}": [\n{lines}\n]' if lines else f'"{key}": []'


def _relation(relation: Relation) -> Json:
    return {
        "name": relation.name,
        "kind": relation.kind,
        "columns": [{"name": c.name, "type": c.type} for c in relation.columns],
        "complete": relation.complete,
        "origin": _origin(relation.origin),
    }


def _flow(flow: Flow) -> Json:
    edge = flow.edge
    return {
        "source": _column(edge.source),
        "target": _column(edge.target),
        "type": _type(edge),
        "subtype": edge.transform.subtype,
        "functions": list(edge.transform.functions),
        "ambiguous": edge.ambiguous,
        "origin": _origin(edge.origin),
    }


def _type(edge: Edge) -> str:
    """`ROWS` where one of the ends is a relation's rows and nothing says more."""
    indirect = edge.transform.type is TransformType.INDIRECT
    return edge.transform.type if indirect or carries_value(edge) else "ROWS"


def _grant(grant: Grant) -> Json:
    return {
        "relation": grant.relation,
        "principal": grant.principal,
        "kind": grant.kind,
        "privileges": list(grant.privileges),
        "origin": _origin(grant.origin),
    }


def _delete(delete: Delete) -> Json:
    return {
        "relation": delete.relation,
        "columns": list(delete.columns),
        "reads": list(delete.reads),
        "origin": _origin(delete.origin),
    }


def _guard(guard: Guard) -> Json:
    return {
        "relation": guard.relation,
        "column": _column(guard.column),
        "function": guard.function,
        "operator": guard.operator,
        "value": guard.value,
        "origin": _origin(guard.origin),
    }


def _gap(gap: Gap) -> Json:
    return {
        "reason": gap.reason,
        "message": gap.message,
        "relations": list(gap.relations),
        "origin": _origin(gap.origin),
    }


def _column(column: Column) -> Json:
    return {"relation": column.relation, "column": column.column}


def _origin(origin: Origin) -> Json:
    return {"file": origin.file, "line": origin.line, "column": origin.column}
