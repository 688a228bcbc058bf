"""Expressions: which columns a value is made of, and what they go through on the way.

One walk down the tree with a stack, so a chain of a thousand operators needs no recursion.
Each entry carries what was met above it: the subtype so far and the functions applied,
innermost first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.lookups import (
    look_up_in_dictionary,
    look_up_routine,
    look_up_variable,
    makes_struct,
)
from lineage.compile.names import column_name, offset_of, part_name
from lineage.compile.node_kinds import KINDS, function_name
from lineage.dialects import join_name
from lineage.objects import (
    OUTPUT_OF,
    ROWS_OF,
    STAR,
    UNQUALIFIED,
    Dep,
    Hole,
)
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.compile.frames import Frame


Functions = tuple[str, ...]
Entry = tuple[exp.Expr, Subtype, Functions]

_SEVERAL = 2
_DIRECT = (Subtype.IDENTITY, Subtype.TRANSFORMATION, Subtype.AGGREGATION)


def collect(
    root: exp.Expr, frame: Frame, subtype: Subtype = Subtype.IDENTITY, aliases: int = 0
) -> list[Dep]:
    """The values that `root` depends on, in the order they are written."""
    walk = _Walk(frame, aliases)
    if type(root) is exp.Column:
        _column(walk, root, subtype, ())
        return walk.deps
    stack: list[Entry] = [(root, subtype, ())]
    while stack:
        node, here, functions = stack.pop()
        if type(node) is exp.Column:
            _column(walk, node, here, functions)
            continue
        entries = _HANDLERS.get(type(node), _generic)(walk, node, here, functions)
        stack += entries if len(entries) < _SEVERAL else reversed(entries)
    return walk.deps


class _Walk:
    """The result of one walk, and where its names are looked up."""

    __slots__ = ("aliases", "deps", "frame")

    def __init__(self, frame: Frame, aliases: int) -> None:
        self.frame = frame
        self.aliases = aliases
        self.deps: list[Dep] = []

    def depend(
        self, place: tuple[int, int], column: str, entry: tuple[Subtype, Functions, int]
    ) -> None:
        subtype, functions, offset = entry
        aliases = self.aliases if place[1] == UNQUALIFIED else 0
        self.deps.append(Dep(place[0], place[1], column, subtype, functions, offset, aliases))


def passed(subtype: Subtype) -> Subtype:
    """What identity becomes once anything is done to the value."""
    return Subtype.TRANSFORMATION if subtype is Subtype.IDENTITY else subtype


def _condition(subtype: Subtype) -> Subtype:
    """What a value becomes that only decides which other value is taken."""
    return Subtype.CONDITIONAL if subtype in _DIRECT else subtype


def _column(walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    args = node.args
    this, frame = args["this"], walk.frame
    name = STAR if type(this) is exp.Star else column_name(this, frame.draft.naming)
    if args.get("table") is None:
        at = offset_of(this)
        dep = Dep(frame.number, UNQUALIFIED, name, subtype, functions, at, walk.aliases)
        walk.deps.append(dep)
        if name in frame.draft.variables:
            walk.depend(frame.draft.variables[name], name, (subtype, functions, at))
        return []
    entry = (subtype, functions, offset_of(this))
    place, field = qualified(node, walk.frame)
    if field is not this:
        entry = (passed(subtype), functions, offset_of(field))
        name = column_name(field, walk.frame.draft.naming)
    walk.depend(place, name, entry)
    return []


def qualified(node: exp.Expr, frame: Frame) -> tuple[tuple[int, int], exp.Expr]:
    """The source that a dotted name starts from, and the part of it that is the column.

    A relation's own name before a column comes first, so that `a.t.x` and `b.t.x` differ;
    then `alias.column.field`, `alias.column` and, where no alias fits, `column.field`, so
    that a name is never lost.
    """
    args, naming = node.args, frame.draft.naming
    if not args.get("db"):
        place = frame.find_alias(column_name(args["table"], naming))
        if place is not None:
            return place, args["this"]
        return (frame.number, UNQUALIFIED), args["table"]
    dotted = [args[k] for k in ("catalog", "db", "table", "this") if args.get(k)]
    if part_name(dotted[-2], naming) in frame.draft.last_parts:
        place = frame.find_relation(join_name(part_name(d, naming) for d in dotted[:-1]))
        if place is not None:
            return place, dotted[-1]
    for position in range(len(dotted) - 1):
        place = frame.find_alias(column_name(dotted[position], frame.draft.naming))
        if place is not None:
            return place, dotted[position + 1]
    return (frame.number, UNQUALIFIED), dotted[0]


def _dot(_walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """A field, all fields or a method of a value."""
    entries: list[Entry] = [(node.this, passed(subtype), functions)]
    if type(node.expression) not in _FIELDS:
        entries.append((node.expression, passed(subtype), functions))
    return entries


def _star(walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    if functions[:1] != ("count",):
        entry = (passed(subtype), functions, offset_of(node))
        walk.depend((walk.frame.number, UNQUALIFIED), STAR, entry)
    return []


def _query(walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    inner = node.this if type(node) is exp.Subquery else node
    if not isinstance(inner, exp.Query):
        return [(inner, subtype, functions)] if isinstance(inner, exp.Expr) else []
    number = walk.frame.compile_query(node, walk.frame)
    column = STAR if subtype not in _DIRECT or makes_struct(inner) else ""
    entry = (passed(subtype), functions, offset_of(node))
    walk.depend((number, OUTPUT_OF), column, entry)
    return []


def _exists(walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    number = walk.frame.compile_query(node.this, walk.frame)
    walk.depend((number, ROWS_OF), STAR, (_condition(subtype), functions, offset_of(node)))
    return []


def _in(_walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    inside = ("in", *functions)
    query = node.args.get("query")
    entries: list[Entry] = [(node.this, passed(subtype), inside)]
    if query is not None:
        entries.append((query, _condition(subtype), ()))
    for key in ("expressions", "unnest", "field"):
        value = node.args.get(key)
        values = value if isinstance(value, list) else [value] if value else []
        entries.extend((v, passed(subtype), inside) for v in values)
    return entries


def _case(_walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    entries: list[Entry] = []
    if node.this is not None:
        entries.append((node.this, _condition(subtype), ()))
    for branch in node.args.get("ifs") or ():
        entries.extend(_if(_walk, branch, subtype, functions))
    if node.args.get("default") is not None:
        entries.append((node.args["default"], passed(subtype), functions))
    return entries


def _if(_walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    results = (node.args.get("true"), node.args.get("false"))
    return [
        (node.this, _condition(subtype), ()),
        *((result, passed(subtype), functions) for result in results if result is not None),
    ]


def _decode(_walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """DECODE(x, search, result, …, default): every second value is compared, not returned."""
    first, *rest = node.expressions
    entries: list[Entry] = [(first, _condition(subtype), ())]
    for position, value in enumerate(rest):
        is_result = position % 2 == 1 or position == len(rest) - 1
        kind = passed(subtype) if is_result else _condition(subtype)
        entries.append((value, kind, functions if is_result else ()))
    return entries


def _nullif(_walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    return [
        (node.this, passed(subtype), functions),
        (node.expression, _condition(subtype), ()),
    ]


def _window(walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    shaped = Subtype.WINDOW if subtype in _DIRECT else subtype
    entries: list[Entry] = [(node.this, passed(subtype), functions)]
    named = node.args.get("alias")
    specs = [node, walk.frame.windows.get(column_name(named, walk.frame.draft.naming))]
    for spec in specs if named else specs[:1]:
        if spec is not None:
            entries.extend((p, shaped, ()) for p in spec.args.get("partition_by") or ())
            if spec.args.get("order") is not None:
                entries.append((spec.args["order"], shaped, ()))
            if spec.args.get("spec") is not None:
                entries.extend((b, shaped, ()) for b in spec.args["spec"].iter_expressions())
    return entries


def _filter(_walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    return [
        (node.this, subtype, functions),
        (node.expression, _condition(subtype), ()),
    ]


def _order(_walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """`x ORDER BY y` inside an aggregate: x is the value, y sorts it."""
    sorting = Subtype.SORT if subtype in _DIRECT else subtype
    entries: list[Entry] = [(node.this, subtype, functions)] if node.this is not None else []
    return entries + [(key, sorting, ()) for key in node.expressions]


def _within_group(
    _walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions
) -> list[Entry]:
    """An ordered-set aggregate: where its function names no column, the sort key is the value."""
    sorted_by = node.expression
    if node.this.find(exp.Column) is not None:
        sorting = Subtype.SORT if subtype in _DIRECT else subtype
        return [(node.this, subtype, functions), (sorted_by, sorting, ())]
    inside = (function_name(node.this), *functions)
    value = Subtype.AGGREGATION if subtype in _DIRECT else subtype
    return [(key, value, inside) for key in sorted_by.expressions]


def _anonymous(walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """A function the parser does not know; IDENTIFIER('x') is the column of that name."""
    name = function_name(node)
    if walk.frame.draft.routines:
        look_up_routine(walk, name, (passed(subtype), functions, offset_of(node)))
    if name == "getvariable" and isinstance(node.expressions[0], exp.Literal):
        look_up_variable(walk, node.expressions[0].name, (subtype, functions, offset_of(node)))
    if name.startswith(("dictget", "joinget")):
        look_up_in_dictionary(walk, node, (passed(subtype), (name, *functions), offset_of(node)))
    if name != "identifier":
        return _generic(walk, node, subtype, functions)
    return _dynamic(walk, node.expressions[0], subtype, functions)


def _dynamic(walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    written = node.this if isinstance(node, exp.DynamicIdentifier) else node
    if isinstance(written, exp.Literal):
        name = column_name(written.name.rpartition(".")[2], walk.frame.draft.naming)
        walk.depend((walk.frame.number, UNQUALIFIED), name, (subtype, functions, offset_of(node)))
        return []
    message = "the name of a column is computed"
    walk.frame.draft.holes.append(Hole(GapReason.DYNAMIC_SQL, message, (), offset_of(node)))
    return _generic(walk, node, subtype, functions)


def _parameter(walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """Snowflake's `$1` is a column by its position; else a variable, or a value from outside."""
    look_up_variable(walk, node.name, (subtype, functions, offset_of(node)))
    if walk.frame.draft.dialect == "snowflake" and node.name.isdigit():
        entry = (subtype, functions, offset_of(node))
        walk.depend((walk.frame.number, UNQUALIFIED), f"${node.name}", entry)
    return []


def _columns(walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """DuckDB's COLUMNS('…'): any column of the sources."""
    walk.frame.many = True
    if node.this is None or node.this.find(exp.Star) is None:
        entry = (passed(subtype), functions, offset_of(node))
        walk.depend((walk.frame.number, UNQUALIFIED), STAR, entry)
        return []
    return [(node.this, passed(subtype), functions)]


def _named_argument(
    _walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions
) -> list[Entry]:
    return [(node.expression, passed(subtype), functions)]


def _through(_walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    return [(child, subtype, functions) for child in node.iter_expressions()]


def _nothing(*_: object) -> list[Entry]:
    return []


def _generic(_walk: _Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    kind = KINDS[type(node)]
    name = function_name(node) if kind.name is None else kind.name
    if kind.is_predicate and subtype not in _DIRECT:
        name = ""  # a condition is made of predicates; they say nothing about the value
    inside = (name, *functions) if name else functions
    below = Subtype.AGGREGATION if kind.aggregates and subtype in _DIRECT else passed(subtype)
    return [(c, below, inside) for c in node.iter_expressions() if type(c) not in _SILENT]


# What carries no value from anywhere.
_SILENT = frozenset({exp.Literal, exp.Identifier, exp.Var, exp.DataType, exp.Boolean, exp.Null})

_FIELDS = frozenset({exp.Identifier, exp.Star})

_HANDLERS: dict[type[exp.Expr], Callable[..., list[Entry]]] = {
    exp.Column: _column,
    exp.Star: _star,
    exp.Dot: _dot,
    exp.Subquery: _query,
    exp.Select: _query,
    exp.Union: _query,
    exp.Intersect: _query,
    exp.Except: _query,
    exp.Exists: _exists,
    exp.In: _in,
    exp.Case: _case,
    exp.If: _if,
    exp.Nvl2: _if,
    exp.DecodeCase: _decode,
    exp.Nullif: _nullif,
    exp.Window: _window,
    exp.Filter: _filter,
    exp.Order: _order,
    exp.WithinGroup: _within_group,
    exp.Kwarg: _named_argument,
    exp.PropertyEQ: _named_argument,
    exp.Paren: _through,
    exp.Alias: _through,
    exp.Ordered: _through,
    exp.Distinct: _through,
    exp.Where: _through,
    exp.Literal: _nothing,
    exp.Identifier: _nothing,
    exp.Var: _nothing,
    exp.DataType: _nothing,
    exp.Boolean: _nothing,
    exp.Null: _nothing,
    exp.Parameter: _parameter,
    exp.Placeholder: _parameter,
    exp.SessionParameter: _parameter,
    exp.Anonymous: _anonymous,
    exp.DynamicIdentifier: _dynamic,
    exp.Columns: _columns,
    exp.JSONPath: _nothing,
}
