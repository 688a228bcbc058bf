"""`value.function(…)`: a call written after what it is applied to.

In front of such a call the parser takes columns for plain names, in all of the expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import column_name

if TYPE_CHECKING:
    from lineage.compile.frames import Frame

# Where a plain name before a call is a value; elsewhere it is a schema or a package.
_CHAINS_VALUES = frozenset({"duckdb"})
# Their plain names are no columns.
_NAMED = (exp.Column, exp.Dot, exp.Alias, exp.Table, exp.TableAlias, exp.DataType, exp.PropertyEQ)
_SCHEMAS = frozenset({"main", "system", "pg_catalog", "temp", "information_schema"})


def receiver_of(node: exp.Dot, frame: Frame) -> exp.Expr | None:
    """What a call is applied to, with its columns restored; None for a schema or package."""
    value = node.this
    if isinstance(value, exp.Identifier):
        called_on_value = frame.draft.dialect in _CHAINS_VALUES and value.name not in _SCHEMAS
        return exp.Column(this=value) if called_on_value else None
    if isinstance(value, exp.Dot) and isinstance(value.expression, exp.Identifier):
        column = _column(value)
        if column is None or not _is_value(column, frame):
            return None
        return column
    return _restored(value)


def _is_value(column: exp.Column, frame: Frame) -> bool:
    first = column.parts[0]
    known = frame.find_alias(column_name(first, frame.draft.naming)) is not None
    return known or frame.draft.dialect in _CHAINS_VALUES


def _column(node: exp.Expr) -> exp.Column | None:
    """The column that a chain of plain names spells, None where it is something else."""
    parts: list[exp.Expr] = []
    here = node
    while isinstance(here, exp.Dot) and isinstance(here.expression, exp.Identifier):
        parts.insert(0, here.expression)
        here = here.this
    if not isinstance(here, exp.Identifier) or len(parts) > 3:  # noqa: PLR2004 - a dotted name
        return None
    keys = ("this", "table", "db", "catalog")
    names = [*reversed(parts), here]
    return exp.Column(**dict(zip(keys, names, strict=False)))


def _restored(value: exp.Expr) -> exp.Expr:
    """The expression with its plain names made columns again."""
    nodes = list(value.walk())
    parameters = {p.name for n in nodes if isinstance(n, exp.Lambda) for p in n.expressions}
    for node in nodes:
        parent = node.parent
        if isinstance(node, exp.Dot) and not isinstance(parent, exp.Dot):
            column = _column(node)
            if column is not None and node is not value:
                node.replace(column)
        elif (
            isinstance(node, exp.Identifier)
            and node.name not in parameters
            and not isinstance(parent, _NAMED)
        ):
            node.replace(exp.Column(this=node.copy()))
    return value
