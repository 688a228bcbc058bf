"""Tables that a table function is given: `f(input => TABLE(t), columns => DESCRIPTOR(a))`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.frames import Frame
from lineage.compile.names import column_name, offset_of, relation_name
from lineage.objects import UNQUALIFIED, Output, Source, Star

if TYPE_CHECKING:
    from collections.abc import Iterator


def without_some(frame: Frame, call: exp.Expr, name: str) -> int | None:
    """The scope of Trino's `exclude_columns(input => TABLE(t), columns => DESCRIPTOR(a))`.

    None where it is another function, or reads something else than a table or query.
    """
    if name != "exclude_columns":
        return None
    given = dict(_given(call))
    source, listed = given.get("input", given.get("0")), given.get("columns", given.get("1"))
    table, query = _table_in(source), _query_in(source)
    if (table is None and query is None) or not isinstance(listed, exp.Anonymous):
        return None
    naming, at = frame.draft.naming, offset_of(call)
    excepted = tuple(column_name(c.this, naming).lower() for c in listed.find_all(exp.Column))
    inner = Frame(frame.draft, None, {})
    number = frame.compile_apart(query, frame) if query is not None else -1
    relation = relation_name(table, naming) if table is not None else ""
    inner.add_source(Source("", relation, number, offset=at))
    inner.outputs.append(Output("", (), at, Star(UNQUALIFIED, excepted)))
    return inner.finish("", at)


def read_tables(call: exp.Expr) -> None:
    """Put a query of all rows in the place of each `TABLE(t)`, and nothing in that of names."""
    for _name, value in list(_given(call)):
        table = _table_in(value)
        if table is not None:
            every = exp.Select(expressions=[exp.Star()], from_=exp.From(this=table))
            value.replace(exp.Subquery(this=every))
        elif isinstance(value, exp.Anonymous) and value.name.lower() == "descriptor":
            value.replace(exp.Null())


def _given(call: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    for place, argument in enumerate(call.expressions):
        if isinstance(argument, (exp.Kwarg, exp.PropertyEQ)):
            yield argument.this.name.lower(), argument.expression
        else:
            yield str(place), argument


def _query_in(value: exp.Expr | None) -> exp.Query | None:
    """The query of `TABLE(SELECT …)`."""
    if not isinstance(value, exp.Anonymous) or value.name.lower() != "table":
        return None
    only = value.expressions[0] if len(value.expressions) == 1 else None
    return only if isinstance(only, exp.Query) else None


def _table_in(value: exp.Expr | None) -> exp.Table | None:
    """The table of `TABLE(schema.t)`."""
    if not isinstance(value, exp.Anonymous) or value.name.lower() != "table":
        return None
    if len(value.expressions) != 1 or not isinstance(value.expressions[0], exp.Column):
        return None
    named = [part.copy() for part in value.expressions[0].parts]
    keys = ("this", "db", "catalog")
    return exp.Table(**dict(zip(keys, reversed(named), strict=False)))
