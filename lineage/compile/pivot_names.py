"""What a dialect calls the columns that PIVOT makes, where it fixes their names."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import column_name
from lineage.compile.pivot_values import name_of_value
from lineage.dialects import LIKE_TRINO

if TYPE_CHECKING:
    from lineage.dialects import Naming

# A value without an alias is called as it is written, quotes included.
_KEEPS_QUOTES = LIKE_TRINO | {"oracle"}
_JOINS_TUPLES = _KEEPS_QUOTES - {"oracle"}
# Values that the parser makes no name of, or another one.
_UNNAMED = (exp.Tuple, exp.Boolean, exp.Neg)
# Where a truth value is called in lower case.
_LOWERS = frozenset({"duckdb", "spark", "spark2", "databricks"})


def pivoted_names(
    pivot: exp.Expr, aggregates: list[exp.Expr], spread: list[exp.Expr], naming: Naming
) -> list[str]:
    """The names of the new columns, aggregate by aggregate for each value.

    None where they depend on the data.
    """
    listed = [_listed(field) for field in spread]
    if not aggregates or not listed or any(values is None for values in listed):
        return []
    if naming.dialect == "bigquery":
        return _prefixed(aggregates, spread[0], listed[0] or [], naming)
    columns = pivot.args.get("columns") or ()
    unnamed = any(isinstance(v, _UNNAMED) for values in listed for v in values or ())
    if columns and naming.dialect not in _KEEPS_QUOTES and not unnamed:
        return [column_name(column, naming) for column in columns]
    several = len(aggregates) > 1
    suffixes = [_suffix(aggregate, several=several, naming=naming) for aggregate in aggregates]
    return [
        "_".join(part for part in (*(_of_value(v, naming) for v in values), suffix) if part)
        for values in product(*(v or [] for v in listed))
        for suffix in suffixes
    ]


def _prefixed(
    aggregates: list[exp.Expr], field: exp.Expr, values: list[exp.Expr], naming: Naming
) -> list[str]:
    """BigQuery's names: of the aggregate if it has one, and of the value."""
    prefixes = [_suffix(a, several=False, naming=naming) for a in aggregates]
    return [
        "_".join(part for part in (prefix, _of_value(v, naming)) if part)
        if isinstance(v, (exp.PivotAlias, exp.Alias))
        else naming.column(name_of_value(v, field.this, prefix), quoted=True)
        for v in values
        for prefix in prefixes
    ]


def _listed(field: exp.Expr) -> list[exp.Expr] | None:
    """The values that become columns; None where a query or the data says which."""
    if not isinstance(field, exp.In) or not field.expressions:
        return None
    if any(isinstance(v, (exp.PivotAny, exp.Query)) for v in field.expressions):
        return None
    return list(field.expressions)


def _suffix(aggregate: exp.Expr, *, several: bool, naming: Naming) -> str:
    if isinstance(aggregate, exp.Alias):
        return column_name(aggregate.args["alias"], naming)
    return naming.column(aggregate.sql(dialect=naming.dialect, comments=False)) if several else ""


def _of_value(value: exp.Expr, naming: Naming) -> str:
    if isinstance(value, (exp.PivotAlias, exp.Alias)):
        return column_name(value.args["alias"], naming)
    if naming.dialect in _JOINS_TUPLES:
        parts = value.expressions if isinstance(value, exp.Tuple) else [value]
        return naming.column("_".join(part.sql(dialect=naming.dialect) for part in parts))
    return _of_plain_value(value, naming)


def _of_plain_value(value: exp.Expr, naming: Naming) -> str:
    if isinstance(value, exp.Tuple):  # Spark's names of structs
        return f"{{{', '.join(v.name for v in value.expressions)}}}"
    if naming.dialect in _KEEPS_QUOTES:
        return value.sql(dialect=naming.dialect, comments=False)
    if isinstance(value, exp.Neg):
        return f"-{_of_plain_value(value.this, naming)}"
    if isinstance(value, exp.Boolean):
        written = value.sql(dialect=naming.dialect, comments=False)
        return written.lower() if naming.dialect in _LOWERS else written
    return naming.column(value.name, quoted=True)
