"""Names that engines make for what a projection does not name.

A query around it can use them, and a view or table that is made of it has them as its columns.
They are made of functions and columns alone: a name is shown, and a literal may be somebody's data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import column_name
from lineage.compile.node_kinds import CALLED_BARE, function_name
from lineage.dialects import LIKE_POSTGRES, LIKE_TRINO

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.compile.frames import Frame

_AROUND_FUNCTIONS = (exp.Window, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.Paren)
_NEVER_BY_TEXT = (exp.Binary, exp.Unary, exp.Cast, exp.Explode, exp.Unnest)
# Functions that Postgres knows by another name than the parser.
_IN_POSTGRES = {
    "group_concat": "string_agg",
    "json_array_agg": "json_agg",
    "logical_or": "bool_or",
    "logical_and": "bool_and",
    "timestamp_trunc": "date_trunc",
}
# What a row count is called where names are made of the text.
_ROW_COUNTS = {
    "spark": "count(1)",
    "spark2": "count(1)",
    "databricks": "count(1)",
    "duckdb": "count_star()",
    "clickhouse": "count()",
}


def note_engine_name(node: exp.Expr, frame: Frame, output: tuple[int, str]) -> None:
    """Note what the engine calls an output that its projection does not name, where that is known.

    `output` is its position, counted from 0, and what it is called here.
    """
    rule = _RULES.get(frame.draft.dialect)
    made = rule(node, frame, output[0]) if rule is not None else ""
    if made:
        frame.called.append((frame.draft.naming.column(made), output[1]))


def _by_position(prefix: str) -> Callable[[exp.Expr, Frame, int], str]:
    return lambda _node, _frame, position: f"{prefix}{position}"


def _by_count(_node: exp.Expr, frame: Frame, _position: int) -> str:
    """BigQuery counts the columns that have no name."""
    return f"f{len(frame.called)}_"


def _by_function(node: exp.Expr, frame: Frame, _position: int) -> str:
    """Postgres takes the name of the outermost function, or of what a CASE or query ends in.

    https://github.com/postgres/postgres/blob/master/src/backend/parser/parse_target.c
    """
    while isinstance(node, (exp.Cast, *_AROUND_FUNCTIONS)):
        node = node.this
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Select):
        (first, *_) = node.this.expressions or [exp.Null()]
        return first.alias_or_name or _by_function(first, frame, 0)
    if isinstance(node, exp.Column):
        return column_name(node.this, frame.draft.naming)
    if isinstance(node, exp.Case):
        last = node.args.get("default")
        return (_by_function(last, frame, 0) if last is not None else "") or "case"
    if isinstance(node, exp.Exists):
        return "exists"
    if isinstance(node, exp.Func) and not isinstance(node, (exp.Binary, exp.Unary)):
        name = function_name(node)
        return _IN_POSTGRES.get(name, name)
    return ""


def _by_text(node: exp.Expr, frame: Frame, _position: int) -> str:
    """A call of a function on columns is called as it is written; what makes rows may not be."""
    if not isinstance(node, exp.Func) or isinstance(node, _NEVER_BY_TEXT):
        return ""
    given = [value for key, value in node.args.items() if value and key != "big_int"]
    arguments = [v for value in given for v in (value if isinstance(value, list) else [value])]
    if len(arguments) == 1 and isinstance(arguments[0], exp.Star):
        return _ROW_COUNTS.get(frame.draft.dialect, f"{function_name(node)}(*)")
    distinct = ""
    if len(arguments) == 1 and isinstance(arguments[0], exp.Distinct):
        distinct, arguments = "distinct ", arguments[0].expressions
    naming = frame.draft.naming
    columns = [
        # DuckDB also says whose column it is
        (f"{a.table}." if a.table and frame.draft.dialect == "duckdb" else "")
        + column_name(a.this, naming)
        for a in arguments
        if type(a) is exp.Column
    ]
    if type(node) in CALLED_BARE and not arguments:  # which may be a column
        return function_name(node)
    if not columns or len(columns) != len(arguments) or not function_name(node):
        return ""
    return f"{function_name(node)}({distinct}{', '.join(columns)})"


_RULES: dict[str, Callable[[exp.Expr, Frame, int], str]] = {
    **dict.fromkeys(("hive",), _by_position("_c")),
    **dict.fromkeys(LIKE_TRINO, _by_position("_col")),
    "bigquery": _by_count,
    **dict.fromkeys(LIKE_POSTGRES, _by_function),
    **dict.fromkeys(
        """
        spark spark2 databricks duckdb clickhouse mysql singlestore starrocks doris sqlite
        snowflake oracle
        """.split(),
        _by_text,
    ),
}
