"""The graph as JSON for programs. Its shape is versioned, see docs/lineage.md.

`format` changes its number when a key goes away or changes its meaning; a reader must let
new keys pass. One flow a line, so that two graphs can be compared with `diff`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec import to_builtins

from lineage.notations.words import carries_value
from lineage.shown import json_line
from lineage.words import TransformType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lineage.flows import Flow
    from lineage.projects import Relation
    from lineage.subgraph import Subgraph
    from lineage.words import Column, Edge, Guard, Origin

FORMAT = "fieldgate-lineage/1"

Json = dict[str, object]
_TRUTH = frozenset({"true", "false", "0", "1"})


def render_json(subgraph: Subgraph) -> str:
    """The whole subgraph as one JSON object in printable ASCII."""
    parts = [
        f'"format": {json_line(FORMAT)}',
        f'"statements": {subgraph.statements}',
        f'"not_analysed": {subgraph.opaque}',
        _list("focus", map(to_builtins, subgraph.focus)),
        _list("relations", map(_relation, subgraph.relations)),
        _lines("flows", _flows(subgraph.flows)),
        _list("grants", map(to_builtins, subgraph.grants)),
        _list("deletes", map(to_builtins, subgraph.deletes)),
        _list("guards", map(_guard, subgraph.guards)),
        _list("gaps", map(to_builtins, subgraph.gaps)),
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _list(key: str, elements: Iterable[Json]) -> str:
    return _lines(key, map(json_line, elements))


def _lines(key: str, elements: Iterable[str]) -> str:
    lines = ",\n".join(elements)
    return f'"{key}": [\n{lines}\n]' if lines else f'"{key}": []'


def _relation(relation: Relation) -> Json:
    return {
        "name": relation.name,
        "kind": relation.kind,
        "columns": [{"name": c.name, "type": c.type} for c in relation.columns],
        "complete": relation.complete,
        "origin": to_builtins(relation.origin),
    }


def _flows(flows: Iterable[Flow]) -> Iterator[str]:
    """Each flow as a line; what many of them share is encoded once."""

    @cache
    def shared(value: Column | Origin | tuple[str, ...]) -> str:
        return json_line(to_builtins(value))

    for flow in flows:
        edge = flow.edge
        yield (
            f'{{"source": {shared(edge.source)}, "target": {shared(edge.target)}, '
            f'"type": "{_type(edge)}", "subtype": "{edge.transform.subtype.value}", '
            f'"functions": {shared(edge.transform.functions)}, '
            f'"ambiguous": {"true" if edge.ambiguous else "false"}, '
            f'"origin": {shared(edge.origin)}}}'
        )


def _guard(guard: Guard) -> Json:
    """A guard without its value where that may be somebody's: consent and group sizes are not."""
    told = guard.value in _TRUTH or (guard.function and guard.value.isdecimal())
    return {**to_builtins(guard), "value": guard.value if told else None}


def _type(edge: Edge) -> str:
    """`ROWS` where one of the ends is a relation's rows and nothing says more."""
    indirect = edge.transform.type is TransformType.INDIRECT
    return edge.transform.type if indirect or carries_value(edge) else "ROWS"
