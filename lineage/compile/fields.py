"""Fields: what a struct, map or document is put together from, one after another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.handed_on import AS_THEY_ARE, HANDS_ON, TO_DOCUMENT, hands_on
from lineage.compile.subtypes import after
from lineage.objects import ELEMENT, Output
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lineage.objects import Dep

    # Compiles an expression to what it depends on, from a subtype on.
    Collect = Callable[[exp.Expr, Subtype], list[Dep]]

# Around a struct, these keep its fields.
_KEEPS_FIELDS = (exp.ParseJSON, exp.JSONFormat, exp.ToMap)
_COLLECTS = (exp.ArrayAgg, exp.ArrayUniqueAgg)
_GATHERS = (*_COLLECTS, exp.AnyValue, exp.First, exp.Last, exp.IgnoreNulls)
_AROUND = (
    exp.Paren, exp.Alias, exp.Order, exp.Distinct, exp.Limit, *_KEEPS_FIELDS, *_GATHERS
)  # fmt: skip
# A path to a name of other characters may be read in several ways.
_PLAIN = re.compile(r"[\w -]+")
BUILDERS = frozenset({"json_build_object", "jsonb_build_object", "json_object", "object_construct"})


def members(node: exp.Expr) -> list[tuple[str, exp.Expr]] | None:
    """The fields that an expression puts together, by name; None where they are not known."""
    if isinstance(node, exp.Struct):
        return _named([_member(e) for e in node.expressions])
    if isinstance(node, exp.JSONObject):
        return _named([_pair(e.this, e.expression) for e in node.expressions if e.expression])
    if isinstance(node, exp.Anonymous) and node.name.lower() in BUILDERS:
        values = node.expressions
        return _named([_pair(k, v) for k, v in zip(values[::2], values[1::2], strict=False)])
    if isinstance(node, exp.VarMap):
        keys, values = node.args["keys"], node.args["values"]
        if isinstance(keys, exp.Array) and isinstance(values, exp.Array):
            pairs = zip(keys.expressions, values.expressions, strict=False)
            return _named([_pair(key, value) for key, value in pairs])
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Struct):
        types = node.to.expressions
        values = [_value(e) for e in node.this.expressions]
        if len(types) == len(values) and all(isinstance(t, exp.ColumnDef) for t in types):
            names = [t.name for t in types]
            if not _elsewhere([_member(e) for e in node.this.expressions], names):
                return _named(list(zip(names, values, strict=True)))
    return None


def _elsewhere(given: Sequence[tuple[str, exp.Expr] | None], names: Sequence[str]) -> bool:
    """Whether a cast gives names that the fields have already, but to others of them.

    Some engines then go by name, and others by position.
    """
    lower = [name.lower() for name in names]
    return any(
        member is not None and member[0].lower() in lower and member[0].lower() != lower[position]
        for position, member in enumerate(given)
    )


def parts_at(node: exp.Expr, path: Sequence[str]) -> list[exp.Expr]:
    """What an expression puts together at the end of a path, as far as that is known."""
    parts = [node]
    for name in path:
        parts = [inside for part in parts for inside in _members_named(part, name) or [part]]
    return parts


def _members_named(node: exp.Expr, name: str) -> list[exp.Expr]:
    if _becomes_document(node) and len(node.expressions) == 1:
        node = node.expressions[0]
    return [value for key, value in members(node) or () if key.lower() == name.lower()]


def takes_row(query: exp.Expr) -> bool:
    """Whether the one value that a query gives is made of all its columns.

    So for BigQuery's SELECT AS STRUCT, FOR JSON and FOR XML, a row of several columns, and one that
    is compared with a row: `(a, b) = ANY (SELECT * …)`.
    """
    if _meets_row(query):
        return True
    while isinstance(query, (exp.SetOperation, exp.Subquery)):
        if query.args.get("for_"):
            return True
        query = query.this
    args = query.args
    structs = args.get("kind") == "STRUCT" or gives_structs(query)
    return structs or bool(args.get("for_")) or len(query.expressions) > 1


def _meets_row(query: exp.Expr) -> bool:
    """Whether a query stands on one side of a comparison with a row on the other."""
    inner, around = query, query.parent
    while isinstance(around, (exp.Paren, exp.Subquery, exp.Any, exp.All)):
        inner, around = around, around.parent
    if not isinstance(around, exp.Binary):
        return False
    other = around.expression if around.this is inner else around.this
    called = isinstance(other, exp.Anonymous) and other.name.upper() == "ROW"
    return called or isinstance(other, (exp.Tuple, exp.Struct))


def gives_structs(query: exp.Expr) -> bool:
    """Whether a query's rows are structs that it puts together: `SELECT AS VALUE STRUCT(…)`."""
    if query.args.get("kind") != "VALUE" or len(query.expressions) != 1:
        return False
    value = query.expressions[0]
    while isinstance(value, (exp.Alias, exp.Paren)):
        value = value.this
    return members(value) is not None


def row_query(node: exp.Expr) -> exp.Expr | None:
    """The query that makes the rows whose fields are read of an expression, None for another."""
    inner = node.expressions[0] if isinstance(node, exp.Array) and node.expressions else node
    inner = inner.this if isinstance(inner, exp.Subquery) else inner
    if not isinstance(inner, exp.Select):
        return None
    return inner if inner.args.get("kind") == "STRUCT" or gives_structs(inner) else None


def value_query(node: exp.Expr) -> exp.Expr | None:
    """The query of which an expression is the one value, or the array of its values."""
    array = isinstance(node, exp.Array) and len(node.expressions) == 1
    inner = node.expressions[0] if array else node
    query = inner.this if isinstance(inner, exp.Subquery) else inner
    if inner is node is query or not isinstance(query, exp.Query) or takes_row(query):
        return None
    return inner if isinstance(inner, exp.Subquery) else query


def _named(
    found: list[tuple[str, exp.Expr] | None],
) -> list[tuple[str, exp.Expr]] | None:
    known = [m for m in found if m is not None and _PLAIN.fullmatch(m[0]) is not None]
    return known if known and len(known) == len(found) else None


def _value(node: exp.Expr) -> exp.Expr:
    return node.expression if isinstance(node, exp.PropertyEQ) else node


def _member(node: exp.Expr) -> tuple[str, exp.Expr] | None:
    if isinstance(node, exp.PropertyEQ):
        return _pair(node.this, node.expression)
    if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
        return node.name, node
    return None


def _pair(key: exp.Expr, value: exp.Expr) -> tuple[str, exp.Expr] | None:
    if isinstance(key, exp.Identifier) or (isinstance(key, exp.Literal) and key.is_string):
        return str(key.this), value
    return None


def outputs_of(
    node: exp.Expr, collect: Collect, name_of: Callable[[exp.Expr], str]
) -> tuple[Output, ...]:
    """The fields of a projection, each with what it is made of; none where they are not known.

    An array of structs, gathered or written out, has the fields of its elements.
    """
    around: list[str] = []
    gathers, sorted_by = False, []
    arrays = 0
    while isinstance(node, _AROUND) or _becomes_document(node):
        if isinstance(node, exp.Order):
            sorted_by += node.expressions
        elif isinstance(node, (*_KEEPS_FIELDS, *_GATHERS, exp.Anonymous)):
            around.append(name_of(node))
            gathers = gathers or isinstance(node, _GATHERS)
            arrays += isinstance(node, _COLLECTS)
        several = isinstance(node, (exp.Distinct, exp.Anonymous))
        inside = node.expressions if several else [node.this]
        if len(inside) != 1 or inside[0] is None:
            return ()
        node = inside[0]
    arrays += isinstance(node, exp.Array)
    elements = node.expressions if isinstance(node, exp.Array) else [node]
    found = _members_of_all(elements)
    if not found:
        return ()
    subtype = Subtype.AGGREGATION if gathers else Subtype.IDENTITY
    last = (subtype, tuple(f for f in reversed(around) if f))
    keys = [dep for key in sorted_by for dep in collect(key, Subtype.SORT)]
    fields = tuple(_field((name, value), keys, last, (collect, name_of)) for name, value in found)
    for _ in range(arrays):
        fields = (element_of(fields),)
    return fields


def _members_of_all(elements: Sequence[exp.Expr]) -> list[tuple[str, exp.Expr]]:
    """The fields of the elements of an array; those of further ones go by position or by name.

    The first gives the names, and which of both holds for the others is not the same everywhere.
    """
    first = members(elements[0]) if elements else None
    found = list(first or ())
    for element in elements[1:]:
        own = members(element)
        unnamed = isinstance(element, (exp.Struct, exp.Tuple)) and own is None
        here = [("", _value(e)) for e in element.expressions] if unnamed else own or []
        alike = first is not None and len(here) == len(first)
        if not first or not here or (unnamed and not alike):
            return []
        for (name, _), (called, value) in zip(first, here, strict=False):
            if alike and called.lower() != name.lower():
                found.append((name, value))
        found += own or ()
    return found


def element_of(fields: tuple[Output, ...]) -> Output:
    """The element of an array as a field of it."""
    whole = tuple(dict.fromkeys(dep for field in fields for dep in field.deps))
    return Output(ELEMENT, whole, 0, fields=fields)


def _becomes_document(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() in TO_DOCUMENT


def _field(
    member: tuple[str, exp.Expr],
    keys: list[Dep],
    last: tuple[Subtype, tuple[str, ...]],
    ways: tuple[Collect, Callable[[exp.Expr], str]],
) -> Output:
    name, value = member
    collect, name_of = ways
    found = [after(dep, *last) for dep in collect(value, Subtype.IDENTITY)]
    inner: tuple[Output, ...] = ()
    if last == (Subtype.IDENTITY, ()):
        changed = any(dep.subtype is not Subtype.IDENTITY for dep in found)
        kept = changed and type(value) in HANDS_ON and hands_on(value)
        inner = AS_THEY_ARE if kept else outputs_of(value, collect, name_of)
    return Output(name, tuple(dict.fromkeys((*found, *keys))), 0, fields=inner)
