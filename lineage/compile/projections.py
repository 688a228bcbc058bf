"""Projections that are more than a value: functions that make rows, and structs put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.declared_rows import Made, Rows
from lineage.compile.expressions import collect
from lineage.compile.fields import BUILDERS, element_of, outputs_of, row_query
from lineage.compile.generators import TUPLES, rows_of
from lineage.compile.handed_on import AS_THEY_ARE, HANDS_ON, TO_DOCUMENT, hands_on
from lineage.compile.names import column_name, offset_of
from lineage.compile.node_kinds import function_name
from lineage.compile.subtypes import after, into
from lineage.dialects import HIVE_AND_SPARK, LIKE_TSQL
from lineage.objects import ASKED, ELEMENT, FIELDS, OUTPUT_OF, STAR, WHOLE, Dep, Output, Star
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.compile.frames import Frame

MAKES_ROWS = frozenset(
    {
        exp.Explode, exp.Posexplode, exp.PosexplodeOuter, exp.FUNCTION_BY_NAME["EXPLODE_OUTER"],
        exp.Inline, exp.Stack, exp.QueryTransform, exp.Anonymous,
    }
)  # fmt: skip
HAS_FIELDS = frozenset(
    {
        exp.Struct, exp.JSONObject, exp.VarMap, exp.ToMap, exp.Array, exp.ArrayAgg,
        exp.ArrayUniqueAgg, exp.AnyValue, exp.First, exp.Last, exp.IgnoreNulls, exp.JSONFormat,
        exp.ParseJSON, exp.Cast, exp.Anonymous, exp.Subquery, exp.Paren, *HANDS_ON,
    }
)  # fmt: skip
_NO_NAMES = frozenset({ASKED, ELEMENT, STAR, WHOLE})
_TEXTS = (exp.Literal, exp.National)
SAID_OTHERWISE = frozenset({exp.EQ, exp.Aliases})
# Whose keys are no names of columns.
_DOCUMENTS = frozenset(
    {exp.JSONObject, exp.VarMap, exp.ToMap, exp.JSONFormat, exp.ParseJSON, exp.Anonymous}
)
# Functions that the parser does not know.
_MAKE_ROWS = TUPLES | {"inline_outer"}


def meant(node: exp.Expr, dialect: str) -> exp.Expr:
    """T-SQL's `'name' = value`; `name = value` is read so by the parser.

    And `file(a, b)`, which the parser takes for a column with names for what is in it.
    """
    first = node.this
    if isinstance(node, exp.Aliases):
        if type(first) is not exp.Column or first.args.get("table") is not None:
            return node
        arguments = [exp.Column(this=alias.copy()) for alias in node.expressions]
        return exp.Anonymous(this=first.name, expressions=arguments)
    if dialect not in LIKE_TSQL or not isinstance(first, _TEXTS):
        return node
    return exp.Alias(this=node.expression, alias=exp.to_identifier(first.name, quoted=True))


def rows_made(frame: Frame, node: exp.Expr, inner: exp.Expr) -> list[Output] | None:
    """The outputs of a projection that makes rows; None where it makes none."""
    sparks = frame.draft.dialect in HIVE_AND_SPARK
    if type(inner) is exp.Anonymous and not (sparks and inner.name.lower() in _MAKE_ROWS):
        return None
    names = _names(node, frame)
    if frame.draft.dialect == "duckdb":
        return _unnested(frame, inner)
    if isinstance(inner, exp.QueryTransform):
        rows = _scripted(inner, names, frame)
    elif names or sparks:
        rows = rows_of(inner, "", names, frame)
    else:
        return None
    return _finished(frame, inner, rows)


def _unnested(frame: Frame, inner: exp.Expr) -> list[Output] | None:
    """DuckDB's UNNEST: a struct becomes its fields, and that of a list only where it goes deeper.

    Whether an argument is a list or a struct its text does not tell, so its fields have names only
    for who asks for them.
    """
    deps = tuple(collect(inner, frame, Subtype.TRANSFORMATION))
    if any(isinstance(e, exp.PropertyEQ) for e in inner.expressions):
        elements = tuple(into(dep, (ELEMENT, WHOLE)) for dep in deps)  # fields of fields too
        name = f"_col_{len(frame.outputs)}"
        return [Output(name, elements, offset_of(inner), Star(FIELDS))]
    frame.closed = frame.closed or not frame.anything
    frame.anything.extend(into(dep, (ASKED,)) for dep in deps)
    return None


def _names(node: exp.Expr, frame: Frame) -> tuple[str, ...]:
    naming = frame.draft.naming
    if isinstance(node, exp.Aliases):
        return tuple(column_name(alias, naming) for alias in node.aliases)
    return (column_name(node.args["alias"], naming),) if isinstance(node, exp.Alias) else ()


def _scripted(node: exp.QueryTransform, names: tuple[str, ...], frame: Frame) -> Rows:
    """TRANSFORM … AS (a, b), or AS a, b: each column may be made of all that goes in.

    Nothing stands beside it, so what seem to be more projections are the names of its columns.
    """
    select = node.find_ancestor(exp.Select)
    if select is not None and names:
        beside = [c for c in select.expressions[1:] if isinstance(c, exp.Column)]
        names += tuple(column_name(column.this, frame.draft.naming) for column in beside)
        del select.expressions[1 : len(beside) + 1]
    schema = node.args.get("schema")
    listed = schema.expressions if schema is not None else []
    names = names or tuple(column_name(c, frame.draft.naming) for c in listed)
    values = tuple(node.expressions)
    return Rows(tuple(Made(n, values) for n in names or ("key", "value")), open=False)


def _finished(frame: Frame, inner: exp.Expr, rows: Rows) -> list[Output]:
    at = offset_of(inner)
    scripted = isinstance(inner, exp.QueryTransform)
    own = "transform" if scripted else function_name(inner)
    deps = collect(inner, frame, Subtype.TRANSFORMATION)  # also notes that it makes rows
    if rows.open:
        frame.anything.extend(into(dep, (ELEMENT, ASKED)) for dep in deps)
    return [
        Output(
            column.name,
            tuple(
                dict.fromkeys(
                    into(after(dep, Subtype.TRANSFORMATION, (own,)), column.path)
                    for part in column.made_of
                    for dep in collect(part, frame)
                )
            ),
            at,
        )
        for column in rows.columns
    ]


def fields_made(node: exp.Expr, frame: Frame, deps: tuple[Dep, ...]) -> tuple[Output, ...]:
    """The fields of a value that is written into a column, none where they are not known."""
    return fields_of(node, frame, deps, 0) if type(node) in HAS_FIELDS else ()


def fields_of(
    node: exp.Expr, frame: Frame, deps: tuple[Dep, ...], aliases: int
) -> tuple[Output, ...]:
    """The fields of a struct that a projection puts together, or hands on as they are."""
    if type(node) in HANDS_ON and hands_on(node):
        changed = any(dep.subtype is not Subtype.IDENTITY for dep in deps)
        return AS_THEY_ARE if changed else ()  # a copy has the fields of what it is a copy of
    if isinstance(node, exp.Cast) and not isinstance(node.this, exp.Struct):
        return ()
    if isinstance(node, exp.Anonymous) and node.name.lower() not in BUILDERS | TO_DOCUMENT:
        return ()
    query = node.expressions[0] if isinstance(node, exp.Array) and node.expressions else node
    query = query.this if isinstance(query, exp.Subquery) else query
    if isinstance(query, exp.Select):
        selected = _selected(query, frame, deps)
        return (element_of(selected),) if selected and isinstance(node, exp.Array) else selected

    def inside(part: exp.Expr, subtype: Subtype) -> list[Dep]:
        return collect(part, frame, subtype, aliases)

    fields = outputs_of(node, inside, function_name)
    return fields if type(node) in _DOCUMENTS else _as_columns(fields, frame)


def spread_fields(node: exp.Expr, frame: Frame, output: Output) -> tuple[Output, ...]:
    """The fields of a struct that is put together where a star takes it apart.

    What only linking knows is one output still, with its star.
    """
    star, value = output.star, node.this if isinstance(node, exp.Dot) else node
    if star is None or star.renamed or star.replaced or star.pattern:
        return (output,)
    if not isinstance(value, (exp.Struct, exp.Subquery)):
        return (output,)
    fields = fields_of(value, frame, output.deps, 0)
    if not fields or any(field.name in _NO_NAMES for field in fields):
        return (output,)
    return tuple(field for field in fields if field.name not in star.excepted)


def _as_columns(fields: tuple[Output, ...], frame: Frame) -> tuple[Output, ...]:
    """A struct's fields under the names that they would have as columns: `s.*` makes them such."""
    column = frame.draft.naming.column
    return tuple(
        replace(
            field,
            name=field.name if field.name in _NO_NAMES else column(field.name, quoted=True),
            fields=_as_columns(field.fields, frame),
        )
        for field in fields
    )


def _selected(query: exp.Select, frame: Frame, deps: tuple[Dep, ...]) -> tuple[Output, ...]:
    """The fields of `(SELECT AS STRUCT …)` are the outputs of that query.

    Those of `(SELECT STRUCT(…))` are the fields of its only output.
    """
    if len(deps) != 1 or deps[0].source != OUTPUT_OF:
        return ()
    dep, scope = deps[0], frame.draft.scopes[deps[0].scope]
    outputs = scope.outputs if scope is not None else ()
    if not outputs or any(o.star for o in outputs):
        return ()
    if row_query(query) is not None and dep.column == STAR:
        return tuple(Output(o.name, (replace(dep, column=o.name),), o.offset) for o in outputs)
    fields = outputs[0].fields
    if len(outputs) > 1 or dep.column or not _NO_NAMES.isdisjoint(f.name for f in fields):
        return ()
    return tuple(Output(f.name, (into(dep, (f.name,)),), outputs[0].offset) for f in fields)
