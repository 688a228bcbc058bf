"""Expressions: which columns a value is made of, and what they go through on the way.

One walk down the tree with a stack, so a chain of a thousand operators needs no recursion.
Each entry carries what was met above it: the subtype so far and the functions applied,
innermost first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile import choices, lookups
from lineage.compile.calls import arguments_through, returned
from lineage.compile.fields import takes_row
from lineage.compile.lookups import look_up_element, look_up_variable, part_of_made
from lineage.compile.names import column_name, offset_of, part_name
from lineage.compile.node_kinds import function_name
from lineage.compile.paths import READ_PARTS, reading_of
from lineage.compile.special import SPECIAL, by_name, called_on
from lineage.compile.stars import gathered, star_of
from lineage.compile.subtypes import DIRECT, after, condition, passed, sorting
from lineage.compile.walk import SILENT, Walk, generic
from lineage.dialects import join_name
from lineage.limits import MAX_FUNCTIONS, Excess, ExcessError
from lineage.objects import OUTPUT_OF, ROWS_OF, STAR, UNQUALIFIED, Dep, Hole
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.compile.frames import Frame
    from lineage.compile.walk import Entry, Functions

_SEVERAL = 2
_COMPARES = frozenset({exp.In, exp.All})
# Words of Oracle that stand where a column could, and are made of none; some behind `cursor%`.
NO_COLUMNS: dict[str, exp.Expr] = dict.fromkeys(
    "ROWNUM LEVEL SYSDATE USER UID NOTFOUND FOUND ISOPEN SQLCODE".split(), exp.Null()
)
_TOO_MANY = f"more than {MAX_FUNCTIONS} functions around one value"
_OF_A_SEQUENCE = frozenset({"NEXTVAL", "CURRVAL"})


def collect(
    root: exp.Expr, frame: Frame, subtype: Subtype = Subtype.IDENTITY, aliases: int = 0
) -> list[Dep]:
    """The values that `root` depends on, in the order they are written."""
    if type(root) in SILENT:
        return []
    walk = Walk(frame, aliases, collect)
    _go(walk, root, subtype)
    for node in walk.makes_rows:  # also those inside of others
        for argument in node.iter_expressions():
            inside = Walk(frame, 0, collect)
            _go(inside, argument, Subtype.FILTER)
            frame.influences.extend(inside.deps)
    return walk.deps


def _go(walk: Walk, root: exp.Expr, subtype: Subtype) -> None:
    if type(root) is exp.Column:
        _column(walk, root, subtype, ())
        return
    stack: list[Entry] = [(root, subtype, ())]
    while stack:
        node, here, functions = stack.pop()
        if type(node) is exp.Column:
            _column(walk, node, here, functions)
            continue
        if len(functions) >= MAX_FUNCTIONS:
            raise ExcessError(Excess(GapReason.TOO_DEEP, _TOO_MANY, offset_of(root)))
        entries = _HANDLERS.get(type(node), generic)(walk, node, here, functions)
        stack += entries if len(entries) < _SEVERAL else reversed(entries)


def _column(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    args = node.args
    this, frame = args["this"], walk.frame
    if type(this) is exp.Star:
        return _all_of(walk, node, subtype, functions)
    naming = frame.draft.naming
    if args.get("table") is None:
        name = column_name(this, naming)
        if name in frame.named and _expression(walk, this, subtype, functions):
            return []
        at = offset_of(this)
        dep = Dep(frame.number, UNQUALIFIED, name, subtype, functions, at, walk.aliases)
        walk.deps.append(dep)
        if name in frame.draft.variables:
            walk.depend(frame.draft.variables[name], name, (subtype, functions, at))
        return []
    place = None if args.get("db") else frame.find_alias(column_name(args["table"], naming))
    if place is None:
        _dotted(walk, node, (subtype, functions), ())
    else:
        name = column_name(this, naming)
        walk.deps.append(Dep(place[0], place[1], name, subtype, functions, offset_of(this)))
    return []


def _all_of(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """`t.*` as a value: all columns of a source, or all fields of a column."""
    star = star_of(node, walk.frame, collect)
    if star is None:
        _dotted(walk, node, (passed(subtype), functions), ())
    else:
        walk.deps.append(gathered(walk.frame, star, passed(subtype), functions, offset_of(node)))
    return []


def _dotted(
    walk: Walk, node: exp.Expr, through: tuple[Subtype, Functions], further: tuple[str, ...]
) -> None:
    """A column of several names; `further` leads on into its value."""
    subtype, functions = through
    frame = walk.frame
    place, field, path = qualified(node, frame)
    name = STAR if type(field) is exp.Star else column_name(field, frame.draft.naming)
    if path and place[1] == UNQUALIFIED:
        if path[-1].upper() in _OF_A_SEQUENCE:
            return
        if name in frame.named and _expression(walk, field, passed(subtype), functions):
            return
    if STAR in path:
        path = tuple(step for step in path if step != STAR)
    kind = subtype if field is node.args["this"] and not further else passed(subtype)
    entry = (kind, functions, offset_of(field))
    own = frame.draft.blocks and place[1] == UNQUALIFIED
    if not (own and lookups.look_up_in_block(walk, node, entry, further)):
        walk.depend(place, name, entry, path + further)


def _expression(walk: Walk, this: exp.Expr, subtype: Subtype, functions: Functions) -> bool:
    """ClickHouse: a name that the query gives to an expression means that, but for inside it."""
    frame, name = walk.frame, column_name(this, walk.frame.draft.naming)
    key, draft = (frame.number, name), frame.draft
    own = frame.named is NO_COLUMNS and (this.args.get("quoted") or name in draft.variables)
    if own or key in draft.expanding:
        return False
    draft.expanding.add(key)
    found = collect(frame.named[name], frame)
    frame.draft.expanding.discard(key)
    walk.deps.extend(after(dep, subtype, functions) for dep in dict.fromkeys(found))
    return True


def qualified(node: exp.Expr, frame: Frame) -> tuple[tuple[int, int], exp.Expr, tuple[str, ...]]:
    """The source that a dotted name starts from, the part of it that is the column, the rest.

    A relation's own name before a column comes first, so that `a.t.x` and `b.t.x` differ;
    then `alias.column.field`, `alias.column` and, where no alias fits, `column.field`, so
    that a name is never lost.
    """
    args, naming = node.args, frame.draft.naming
    if not args.get("db"):
        place = frame.find_qualifier(column_name(args["table"], naming))
        place = place or frame.join_unlisted((args["table"],))
        if place is not None:
            return place, args["this"], ()
        return (frame.number, UNQUALIFIED), args["table"], (args["this"].name,)
    dotted = [args[k] for k in ("catalog", "db", "table", "this") if args.get(k)]
    if join_name((part_name(dotted[-2], naming),)) in frame.draft.last_parts:
        place = frame.find_relation(join_name(part_name(d, naming) for d in dotted[:-1]))
        if place is not None:
            return place, dotted[-1], ()
    for position in range(len(dotted) - 1):
        place = frame.find_alias(column_name(dotted[position], naming))
        if place is not None:
            return place, dotted[position + 1], tuple(d.name for d in dotted[position + 2 :])
    place = frame.join_unlisted(dotted[:-1])
    if place is not None:
        return place, dotted[-1], ()
    return (frame.number, UNQUALIFIED), dotted[0], tuple([d.name for d in dotted[1:]])


def _part(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """A field, a key or a path of a struct, map or document."""
    if type(node) is exp.Dot:
        last = node.args["expression"]
        if isinstance(last, exp.Func):
            return called_on(walk, node, subtype, functions)
        if type(last) is exp.Star:
            return [(node.args["this"], passed(subtype), functions)]
        if type(node.args["this"]) is exp.Identifier:
            lookups.look_beside_parameter(walk, node, (passed(subtype), functions))
    base, path, applied = reading_of(node, function_name)
    if not path or base is node:
        return generic(walk, node, subtype, functions)
    inside = (*applied, *functions)
    if type(base) is exp.Column and type(base.this) is not exp.Star:
        whole = lookups.relation_of_four(base, walk.frame) if base.args.get("catalog") else None
        if whole is not None:
            name = walk.frame.draft.naming.column(path[0])
            kind = passed(subtype) if path[1:] else subtype
            walk.depend(whole, name, (kind, inside, offset_of(base)), path[1:])
        elif base.args.get("table") is not None:
            _dotted(walk, base, (passed(subtype), inside), path)
        elif column_name(base.this, walk.frame.draft.naming) in walk.frame.named:
            return [(base, passed(subtype), inside)]
        else:
            entry = (passed(subtype), inside, offset_of(base))
            name = column_name(base.this, walk.frame.draft.naming)
            walk.depend((walk.frame.number, UNQUALIFIED), name, entry, path)
            look_up_variable(walk, name, entry, path)
        return []
    return part_of_made(walk, base, path, (passed(subtype), inside))


def _query(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    inner = node.this if type(node) is exp.Subquery else node
    if not isinstance(inner, exp.Query):
        return [(inner, subtype, functions)] if isinstance(inner, exp.Expr) else []
    number = walk.frame.compile_query(node, walk.frame)
    if type(node.parent) in _COMPARES:
        walk.frame.draft.queries[id(node)] = number
    column = STAR if takes_row(node) or subtype not in DIRECT else ""
    entry = (passed(subtype), functions, offset_of(node))
    walk.depend((number, OUTPUT_OF), column, entry)
    return []


def _exists(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    if node.args.get("expression") is not None:  # EXISTS(array, x -> …)
        return [(part, passed(subtype), ("exists", *functions)) for part in node.iter_expressions()]
    number = walk.frame.compile_query(node.this, walk.frame)
    walk.frame.draft.queries[id(node.this)] = number
    walk.depend((number, ROWS_OF), STAR, (condition(subtype), functions, offset_of(node)))
    return []


def _in(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    inside = ("in", *functions)
    query = node.args.get("query")
    entries: list[Entry] = [(node.this, passed(subtype), inside)]
    if query is not None:
        entries.append((query, condition(subtype), ()))
    field = node.args.get("field")
    if isinstance(field, exp.Column) and walk.frame.draft.dialect == "clickhouse":
        table = exp.Table(this=field.this, db=field.args.get("table"))
        entries.append(
            (
                exp.Select(expressions=[exp.Star()], from_=exp.From(this=table)),
                condition(subtype),
                (),
            )
        )
        field = None
    unnest = node.args.get("unnest")
    if unnest is not None:
        entries.extend((e, passed(subtype), ("unnest", *inside)) for e in unnest.expressions)
    for value in (node.expressions, field):
        values = value if isinstance(value, list) else [value] if value else []
        entries.extend((v, passed(subtype), inside) for v in values)
    return entries


def _window(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    shaped = Subtype.WINDOW if subtype in DIRECT else subtype
    entries: list[Entry] = [(node.this, passed(subtype), functions)]
    spec: exp.Expr | None = node
    for _ in range(len(walk.frame.windows) + 1):  # a named window may start from another one
        if spec is None:
            break
        args = spec.args
        entries.extend((key, shaped, ()) for key in args.get("partition_by") or ())
        if args.get("order") is not None:
            entries.append((args["order"], shaped, ()))
        if args.get("spec") is not None:
            entries.extend((bound, shaped, ()) for bound in args["spec"].iter_expressions())
        named = args.get("alias")
        spec = walk.frame.windows.get(column_name(named, walk.frame.draft.naming))
    return entries


def _filter(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    return [
        (node.this, subtype, functions),
        (node.expression, condition(subtype), ()),
    ]


def _order(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """`x ORDER BY y` inside an aggregate: x is the value, y sorts it."""
    entries: list[Entry] = [(node.this, subtype, functions)] if node.this is not None else []
    return entries + [(key, sorting(subtype), ()) for key in node.expressions]


def _within_group(
    _walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions
) -> list[Entry]:
    """An ordered-set aggregate: where its function names no column, the sort key is the value."""
    sorted_by = node.expression
    if node.this.find(exp.Column) is not None:
        return [(node.this, subtype, functions), (sorted_by, sorting(subtype), ())]
    inside = (function_name(node.this), *functions)
    value = Subtype.AGGREGATION if subtype in DIRECT else subtype
    return [(key, value, inside) for key in sorted_by.expressions]


def _anonymous(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """A function the parser does not know; IDENTIFIER('x') is the column of that name."""
    name = function_name(node)
    if name != "identifier":
        if walk.frame.draft.variables or walk.frame.draft.rows:
            look_up_element(walk, name, (passed(subtype), functions, offset_of(node)))
        if lookups.is_lambda(walk.frame.named.get(node.name)):
            _expression(walk, exp.to_identifier(node.name), passed(subtype), functions)
        if name in READ_PARTS:
            return _part(walk, node, subtype, functions)
        special = by_name(walk, node, subtype, functions)
        if special is None:
            return arguments_through(walk, (name, node), node.expressions, subtype, functions)
        returned(walk, name, node, subtype, functions)
        return special
    return _dynamic(walk, node.expressions[0], subtype, functions)


def _dynamic(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    written = node.this if isinstance(node, exp.DynamicIdentifier) else node
    if isinstance(written, exp.Literal):
        name = column_name(written.name.rpartition(".")[2], walk.frame.draft.naming)
        walk.depend((walk.frame.number, UNQUALIFIED), name, (subtype, functions, offset_of(node)))
        return []
    message = "the name of a column is computed"
    walk.frame.draft.holes.append(Hole(GapReason.DYNAMIC_SQL, message, (), offset_of(node)))
    return generic(walk, node, subtype, functions)


def _parameter(walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """Snowflake's `$1` is a column by its position; else a variable, or a value from outside."""
    look_up_variable(walk, node.name, (subtype, functions, offset_of(node)))
    if walk.frame.draft.dialect == "snowflake" and node.name.isdigit():
        entry = (subtype, functions, offset_of(node))
        walk.depend((walk.frame.number, UNQUALIFIED), f"${node.name}", entry)
    return []


def _through(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    return [(child, subtype, functions) for child in node.iter_expressions()]


def _nothing(*_: object) -> list[Entry]:
    return []


_HANDLERS: dict[type[exp.Expr], Callable[..., list[Entry]]] = {
    exp.Column: _column,
    exp.Subquery: _query,
    exp.Select: _query,
    exp.Union: _query,
    exp.Intersect: _query,
    exp.Except: _query,
    exp.Exists: _exists,
    exp.In: _in,
    exp.Case: choices.case,
    exp.If: choices.either,
    exp.Nvl2: choices.either,
    exp.DecodeCase: choices.decode,
    exp.Nullif: choices.null_if,
    exp.Window: _window,
    exp.Filter: _filter,
    exp.Order: _order,
    exp.WithinGroup: _within_group,
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
    exp.JSONPath: _nothing,
    exp.NextValueFor: _nothing,
    exp.Dot: _part,
    exp.Bracket: _part,
    exp.JSONExtract: _part,
    exp.JSONExtractScalar: _part,
    exp.JSONBExtract: _part,
    exp.JSONBExtractScalar: _part,
    exp.StructExtract: _part,
    exp.GetExtract: _part,
    exp.JSONValue: _part,
    exp.JSONExtractArray: _part,
    exp.JSONValueArray: _part,
    **SPECIAL,
}
