"""How flows are said in words, by text and by both kinds of drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.words import TransformSubtype, TransformType

if TYPE_CHECKING:
    from lineage.words import Column, Edge, Transform


def how_of(transform: Transform, *, ambiguous: bool = False) -> str:
    """A transform in words: `transformation by sha2, left`."""
    how = transform.subtype.value.lower().replace("_", " ")
    if transform.functions:
        how += f" by {', '.join(transform.functions)}"
    return how + (", one of several meanings" if ambiguous else "")


def how_between(
    source: Column, target: Column, transform: Transform, *, ambiguous: bool = False
) -> str:
    """As `how_of`; rows that decide about rows or columns are `rows` and no identity."""
    plain = transform.subtype is TransformSubtype.IDENTITY and not transform.functions
    if plain and ROWS in {source.column, target.column}:
        return "rows"
    return how_of(transform, ambiguous=ambiguous)


def name_of(column: Column) -> str:
    """A column as people name it; the column `ROWS` is the relation's rows."""
    if column.column == ROWS:
        return f"{column.relation} (rows)"
    return str(column)


def is_inside(source: Column, target: Column) -> bool:
    """Whether a flow is from a relation's rows to a column of its own, as goes without saying."""
    rows = source.column == ROWS and target.column != ROWS
    return rows and source.relation == target.relation


def carries_value(edge: Edge) -> bool:
    """Whether an edge is direct and between columns; rows carry no value, they exist or not."""
    rows = ROWS in {edge.source.column, edge.target.column}
    return edge.transform.type is TransformType.DIRECT and not rows
