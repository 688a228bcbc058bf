"""The columns of rows that are made: as values, and as JSON_TABLE and its kin list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp

from lineage.compile.names import column_name

if TYPE_CHECKING:
    from lineage.compile.frames import Frame


class Made(NamedTuple):
    """A column that a function makes: of which expressions, and which part of each."""

    name: str
    made_of: tuple[exp.Expr, ...]
    path: tuple[str, ...] = ()


class Rows(NamedTuple):
    """The columns of the rows that a function makes; `open` where it may have others."""

    columns: tuple[Made, ...]
    open: bool


def declared_in(node: exp.Expr, frame: Frame) -> list[Made]:
    """The columns that JSON_TABLE, XMLTABLE and OPENJSON … WITH list, each with its path."""
    naming = frame.draft.naming
    if isinstance(node, exp.JSONTable):
        schema = node.args.get("schema")
        return _of_schema(schema, (node.this,), frame) if schema is not None else []
    if isinstance(node, exp.OpenJSON):
        return [Made(column_name(c.this, naming), (node.this,)) for c in node.expressions]
    if isinstance(node, exp.XMLTable):
        of = tuple(node.args.get("passing") or ())
        return [
            Made(column_name(c.this, naming), () if c.args.get("ordinality") else of)
            for c in node.args.get("columns") or ()
            if isinstance(c, exp.ColumnDef)
        ]
    return []


def _of_schema(schema: exp.Expr, of: tuple[exp.Expr, ...], frame: Frame) -> list[Made]:
    made: list[Made] = []
    for column in schema.expressions:
        nested = column.args.get("nested_schema")
        if nested is not None:
            made += _of_schema(nested, of, frame)
        elif column.this is not None:
            name = column_name(column.this, frame.draft.naming)
            made.append(Made(name, () if column.args.get("ordinality") else of))
    return made
