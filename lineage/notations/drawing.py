"""What both kinds of drawing draw: relations as boxes, columns in them, arrows between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.graph import ROWS
from lineage.notations.words import carries_value, how_between, is_inside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineage.subgraph import Subgraph
    from lineage.words import Column, Edge


class Box(msgspec.Struct, frozen=True):
    """A relation with those of its columns that are drawn, each with its number."""

    relation: str
    columns: tuple[tuple[int, str], ...]


class Arrow(msgspec.Struct, frozen=True):
    """A flow between two numbered columns; `label` is empty for a plain copy."""

    source: int
    target: int
    label: str
    direct: bool


class Drawing(msgspec.Struct, frozen=True):
    """Boxes and arrows, sorted, and the numbers of the columns that were asked about.

    `not_analysed` counts the gaps: a drawing must not look complete when it is not.
    """

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    focus: tuple[int, ...]
    not_analysed: int


def draw(subgraph: Subgraph) -> Drawing:
    """The drawing of a subgraph; parallel flows of one kind are one arrow.

    What goes without saying has no arrow: that a relation's rows decide about a column into
    which something flows, and that rows come from relations whose columns are drawn as
    sources already.
    """
    edges = _worth_drawing([flow.edge for flow in subgraph.flows])
    ends = {column for edge in edges for column in (edge.source, edge.target)}
    columns = sorted(ends | set(subgraph.focus))
    numbers = {column: number for number, column in enumerate(columns)}
    boxes: dict[str, list[tuple[int, str]]] = {}
    for column in columns:
        shown = "(rows)" if column.column == ROWS else column.name
        boxes.setdefault(column.relation, []).append((numbers[column], shown))
    arrows = {_arrow(edge, numbers) for edge in edges}
    return Drawing(
        boxes=tuple(Box(relation, tuple(inside)) for relation, inside in boxes.items()),
        arrows=tuple(sorted(arrows, key=lambda a: (a.source, a.target, a.label, a.direct))),
        focus=tuple(numbers[column] for column in subgraph.focus),
        not_analysed=len(subgraph.gaps),
    )


def _worth_drawing(edges: list[Edge]) -> list[Edge]:
    named = [edge for edge in edges if edge.source.column != ROWS]
    told = {(edge.source.relation, edge.target.relation) for edge in named}
    fed = {e.target for e in edges if not is_inside(e.source, e.target)}
    rows = (
        edge
        for edge in edges
        if edge.source.column == ROWS
        and (
            edge.target not in fed
            if is_inside(edge.source, edge.target)
            else (edge.source.relation, edge.target.relation) not in told
        )
    )
    return [*named, *rows]


def _arrow(edge: Edge, numbers: Mapping[Column, int]) -> Arrow:
    how = how_between(edge.source, edge.target, edge.transform, ambiguous=edge.ambiguous)
    return Arrow(
        source=numbers[edge.source],
        target=numbers[edge.target],
        label="" if how in {"identity", "rows"} else how,
        direct=carries_value(edge),
    )
