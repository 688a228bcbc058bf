"""VALUES: each column is made of the expressions at its position in every row."""

from __future__ import annotations

from sqlglot import exp

from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.names import offset_of
from lineage.compile.projections import fields_made
from lineage.dialects import HIVE_AND_SPARK, LIKE_MYSQL, LIKE_POSTGRES, LIKE_TRINO
from lineage.objects import Output, Scope

# The names of the columns of VALUES, counted from the number.
_VALUE_NAMES: dict[str, tuple[str, int]] = {
    "snowflake": ("COLUMN", 1),
    **dict.fromkeys((*LIKE_POSTGRES, "sqlite"), ("column", 1)),
    "mysql": ("column_", 0),
    **dict.fromkeys(LIKE_TRINO, ("_col", 0)),
    **dict.fromkeys(HIVE_AND_SPARK, ("col", 1)),
    "clickhouse": ("c", 1),
}
_SAY_ROW = LIKE_MYSQL | LIKE_TRINO


def listed(node: exp.Values) -> tuple[exp.Values, tuple[str, ...]]:
    """The rows of ClickHouse's `VALUES('x Int, y Int', (1, 2), (3, 4))`, and their columns."""
    given = node.expressions[0] if len(node.expressions) == 1 else None
    cells = given.expressions if isinstance(given, exp.Tuple) else []
    told = isinstance(cells[0], exp.Literal) and cells[0].is_string if cells[1:] else False
    rows = cells[1:] if told else cells
    if not rows or (not told and not all(isinstance(row, exp.Tuple) for row in rows)):
        return node, ()
    names = (column.split() for column in cells[0].name.split(",")) if told else ()
    columns = tuple(words[0].strip("`") for words in names if len(words) > 1)
    return exp.Values(expressions=[row.copy() for row in rows]), columns


def values_of(frame: Frame, node: exp.Expr, columns: tuple[str, ...]) -> int:
    """The scope of VALUES, under names of its own or those that the dialect gives."""
    inner = Frame(frame.draft, frame, frame.ctes)
    rows = [_cells(row, frame.draft.dialect) for row in node.expressions]
    prefix, first = _VALUE_NAMES.get(frame.draft.dialect, ("col", 0))
    outputs = []
    for position in range(max((len(row) for row in rows), default=0)):
        cells = [row[position] for row in rows if position < len(row)]
        deps = [dep for cell in cells for dep in collect(cell, inner)]
        name = columns[position] if position < len(columns) else f"{prefix}{position + first}"
        made = fields_made(cells[0], inner, tuple(deps)) if len(cells) == 1 else ()
        outputs.append(Output(name, tuple(deps), offset_of(node), fields=made))
    scope = Scope("", frame.number, outputs=tuple(outputs), offset=offset_of(node))
    return frame.draft.finish(inner.number, scope)


def _cells(row: exp.Expr, dialect: str) -> list[exp.Expr]:
    """The values of a row; `ROW(a, b)` is none of one column in MySQL and Trino."""
    cells = row.expressions if isinstance(row, exp.Tuple) else [row]
    if len(cells) != 1 or dialect not in _SAY_ROW:
        return cells
    called = isinstance(cells[0], exp.Anonymous) and cells[0].name.upper() == "ROW"
    return cells[0].expressions if called or isinstance(cells[0], exp.Struct) else cells
