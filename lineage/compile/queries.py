"""Queries: SELECT and set operations become scopes, those they are made from first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.absences import lacking_in, note_whole
from lineage.compile.bare_columns import add_chosen
from lineage.compile.clauses import add_conditions, add_grouping, add_limit, sorted_cut
from lineage.compile.copied import compiled_branches
from lineage.compile.cte_order import in_order
from lineage.compile.expressions import NO_COLUMNS, collect
from lineage.compile.fields import gives_structs
from lineage.compile.frames import Frame
from lineage.compile.matching import add_match
from lineage.compile.named import NAMES, add_filled, collect_named
from lineage.compile.names import alias_columns, alias_name, column_name, offset_of
from lineage.compile.pivots import pivot_of
from lineage.compile.projections import (
    HAS_FIELDS,
    MAKES_ROWS,
    SAID_OTHERWISE,
    fields_of,
    meant,
    rows_made,
    spread_fields,
)
from lineage.compile.sources import add_from
from lineage.compile.stars import STAR_FORMS, apart, gathered, is_spelt, star_of, star_of_fields
from lineage.compile.subtypes import passed
from lineage.compile.unions import (
    has_own_clauses,
    keyed,
    parts_of,
    searched,
    union_mode,
    united,
)
from lineage.compile.unnamed import note_engine_name
from lineage.dialects import LIKE_TSQL
from lineage.limits import MAX_COLUMNS, MAX_NAMED_QUERIES, expect_at_most
from lineage.objects import (
    ASKED,
    OUTPUT_OF,
    ROWS_OF,
    STAR,
    UNQUALIFIED,
    Dep,
    Output,
    Scope,
    Source,
    Star,
)
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.compile.frames import Draft, Starred

# Where a CTE may refer to itself without the word RECURSIVE.
_IMPLICITLY_RECURSIVE = LIKE_TSQL | {"oracle", "snowflake", "sqlite", "teradata"}

_MAY_SPREAD = frozenset({exp.Column, exp.Dot, exp.Anonymous})

# Clauses that are read, or that neither read nor shape anything.
_SELECT = frozenset(
    """
    with_ kind hint distinct operation_modifiers into expressions from_ joins laterals where
    prewhere group having qualify windows order limit offset fetch connect locks sample settings
    format match sort cluster distribute
    """.split()
)
_CONDITIONS = frozenset("where prewhere having qualify connect".split())
_CHOICES = frozenset("group distinct".split())
_ORDERS = frozenset("limit fetch offset order sort cluster".split())
_SET_OPERATION = frozenset(
    "with_ this expression distinct by_name side kind on order limit offset fetch".split()
)


def top_frame(draft: Draft) -> Frame:
    """A frame with nothing in view, from which a statement's query is compiled."""
    frame = Frame(draft, draft.script, draft.ctes)
    frame.compile_query, frame.compile_apart = compile_query, compile_apart
    if draft.dialect == "oracle":
        frame.shared = frame.named = NO_COLUMNS
    return frame


def compile_query(node: exp.Expr, outer: Frame) -> int:
    """Compile a query that stands inside `outer`; returns the number of its scope.

    Where it is asked for again it is the same scope: queries in what makes rows are, and
    would otherwise double with each that is inside another.
    """
    known, asked = outer.draft.compiled, (id(node), outer.number)
    if asked not in known:  # with the node, so that no other one gets its id
        number = _compile(node, outer, Frame(outer.draft, outer, outer.ctes), "")
        known[asked] = (node, number)
    return known[asked][1]


def compile_apart(node: exp.Expr, outer: Frame) -> int:
    """Compile a query in the FROM clause of `outer`, whose other sources it cannot see."""
    return _compile(node, outer, _cte_frame(outer, -1), "")


def _compile(node: exp.Expr, outer: Frame, frame: Frame, label: str) -> int:
    while isinstance(node, (exp.Subquery, exp.Paren)) and not has_own_clauses(node):
        label = label or alias_name(node, outer.draft.naming)
        node = node.this
    add_ctes(frame, node)
    if isinstance(node, exp.SetOperation):
        return _set_operation(frame, node, label)
    if isinstance(node, exp.Select):
        return _select(frame, node, label)
    return _wrapped(frame, node, label)


def add_ctes(frame: Frame, node: exp.Expr) -> None:
    """Compile the CTEs of a query or DML statement and bring them into view."""
    clause = node.args.get("with_")
    if clause is None:
        return
    frame.ctes = dict(frame.ctes)
    frame.draft.named_queries += len(clause.expressions)
    number = frame.draft.named_queries
    expect_at_most(number, MAX_NAMED_QUERIES, "queries in WITH clauses", offset_of(node))
    naming = frame.draft.naming
    for cte in in_order(clause, naming):
        name = alias_name(cte, naming)
        if cte.args.get("scalar"):
            frame.shared = frame.named = {**frame.shared, name: cte.this}
            continue
        columns = alias_columns(cte, naming)
        implied = frame.draft.dialect in _IMPLICITLY_RECURSIVE
        recursive = isinstance(cte.this, exp.SetOperation) and (
            clause.args.get("recursive") or implied
        )
        number = frame.draft.reserve() if recursive else -1
        if recursive:
            frame.ctes[name] = (number, columns)
        frame.draft.cte_names.add(name)
        frame.draft.cte_spellings.setdefault(name, set()).add(cte.alias)
        inner = _cte_frame(frame, number)
        order, before = frame.draft.order, len(frame.draft.order)
        number = _compile(cte.this, frame, inner, name)
        if recursive:  # it comes before the branches that refer to it
            order.remove(number)
            order.insert(before, number)
        if recursive and (clause.args.get("search") or clause.args.get("cycle")):
            number, columns = searched(frame, clause, Source(name, "", number, columns)), ()
        if recursive and cte.args.get("key_expressions"):
            number, columns = keyed(frame, cte, Source(name, "", number, columns)), ()
        frame.ctes[name] = (number, columns)


def _cte_frame(frame: Frame, number: int) -> Frame:
    """A CTE sees the CTEs before it and what encloses its query, but not its query's sources.

    `number` is that of a recursive CTE, which was announced before it is compiled.
    """
    inner = Frame(frame.draft, frame.parent, frame.ctes, number)
    inner.compile_query, inner.compile_apart = compile_query, compile_apart
    inner.shared = inner.named = frame.shared
    return inner


def _wrapped(frame: Frame, node: exp.Expr, label: str) -> int:
    """A parenthesised query with an ORDER BY or LIMIT of its own, VALUES, or FROM alone."""
    inner = node.this if isinstance(node, (exp.Subquery, exp.Paren)) else node
    if isinstance(node, exp.DML) and not isinstance(node, exp.Query):
        return frame.draft.change(node, frame.ctes)
    if isinstance(node, exp.Pivot):
        return _pivot_statement(frame, node, label)
    if isinstance(node, exp.Table):
        frame.compile_query = compile_query
        add_from(frame, exp.Select(from_=exp.From(this=node)))
        frame.outputs.append(Output("", (), offset_of(node), Star(UNQUALIFIED)))
    elif isinstance(inner, exp.Query):
        number = compile_query(inner, frame)
        at = offset_of(inner)
        frame.outputs.append(_all_of(number, at))
        frame.influences.extend(sorted_cut(frame, node, [number]))
        frame.influences.append(Dep(number, ROWS_OF, STAR, Subtype.FILTER, (), at))
    else:
        from_values = exp.Select(from_=exp.From(this=inner))
        add_from(frame, from_values)
        frame.outputs.append(Output("", (), offset_of(node), Star(UNQUALIFIED)))
    return frame.finish(label, offset_of(node))


def _pivot_statement(frame: Frame, node: exp.Pivot, label: str) -> int:
    """DuckDB's `PIVOT t ON c USING sum(x)` and `UNPIVOT t ON a, b`."""
    add_from(frame, exp.Select(from_=exp.From(this=node.this)))
    at = offset_of(node)
    number = pivot_of(frame, node, frame.sources[0], label)
    frame.sources, frame.by_alias = [Source("", "", number)], {}
    frame.outputs.append(Output("", (), at, Star(UNQUALIFIED)))
    return frame.finish(label, at)


def _all_of(scope: int, offset: int) -> Output:
    dep = Dep(scope, OUTPUT_OF, STAR, Subtype.IDENTITY, (), offset)
    return Output("", (dep,), offset, Star(OUTPUT_OF))


def _select(frame: Frame, node: exp.Select, label: str) -> int:
    clauses = frame.expect(node, _SELECT)
    frame.selects = frame.draft.aliases_inside
    for window in node.args["windows"] if "windows" in clauses else ():
        frame.windows[column_name(window.this, frame.draft.naming)] = window
    add_from(frame, node)
    if frame.draft.dialect in NAMES:
        NAMES[frame.draft.dialect](frame, node)
    if node.args.get("match") is not None:
        add_match(frame, node.args["match"])
    offset = offset_of(node)
    expect_at_most(len(node.expressions), MAX_COLUMNS, "columns in one query", offset)
    for position, written in enumerate(node.expressions):
        otherwise = type(written) in SAID_OTHERWISE
        projection = meant(written, frame.draft.dialect) if otherwise else written
        plain = _plain(frame, projection)
        if plain is not None:
            frame.outputs.append(plain)
        else:
            frame.outputs.extend(projected(frame, projection, position))
    if "kind" in clauses and node.args["kind"] == "VALUE":
        _name_values(frame, node, offset)
    if not clauses.isdisjoint(_CONDITIONS):
        add_conditions(frame, node)
    if not clauses.isdisjoint(_CHOICES):
        add_grouping(frame, node)
    if frame.draft.sorts or not clauses.isdisjoint(_ORDERS):
        _order(frame, node)
    _settle(frame, node, clauses)
    return frame.finish(label, offset)


def _settle(frame: Frame, node: exp.Select, clauses: set[str]) -> None:
    note_whole(frame, node, clauses)
    if frame.draft.dialect == "sqlite":
        add_chosen(frame, node)


def _order(frame: Frame, node: exp.Select) -> None:
    add_limit(frame, node)
    if frame.draft.dialect == "clickhouse":
        add_filled(frame, node)


def _name_values(frame: Frame, node: exp.Select, at: int) -> None:
    """BigQuery's rows that are one value have the columns that its fields are."""
    if gives_structs(node) and frame.outputs[0].fields:
        frame.outputs = [replace(field, offset=at) for field in frame.outputs[0].fields]
    else:
        frame.anything.extend(_of_value(frame, at))
        frame.elements = True


def _of_value(frame: Frame, at: int) -> list[Dep]:
    """BigQuery's rows that are one value: their columns are its fields, whatever they are called.

    A field of a column is asked for as such; what a function makes has fields of its own.
    """
    deps = [dep for output in frame.outputs for dep in output.deps]
    as_it_is = Subtype.IDENTITY
    fields = [replace(d, path=(*d.path, ASKED)) if d.subtype is as_it_is else d for d in deps]
    return fields or [Dep(frame.number, ROWS_OF, STAR, Subtype.FILTER, (), at)]


def _plain(frame: Frame, node: exp.Expr) -> Output | None:
    """The output of `x`, `t.x` or `x as y`: the short way for what most projections are."""
    value = node.args["this"] if type(node) is exp.Alias else node
    if type(value) is not exp.Column or type(value.args["this"]) is not exp.Identifier:
        return None
    args, draft = value.args, frame.draft
    this, table = args["this"], args.get("table")
    if this.args.get("quoted") and is_spelt(this, draft.dialect):
        return None
    column, at = column_name(this, draft.naming), offset_of(this)
    if table is None:
        if column in frame.named:
            return None
        aliases = len(frame.outputs) if draft.lateral else 0
        dep = Dep(frame.number, UNQUALIFIED, column, Subtype.IDENTITY, (), at, aliases)
    else:
        place = None if args.get("db") else frame.find_alias(column_name(table, draft.naming))
        if place is None:
            return None
        dep = Dep(place[0], place[1], column, Subtype.IDENTITY, (), at)
    name = column if value is node else column_name(node.args["alias"], draft.naming)
    return Output(name, (dep,), at)


def projected(frame: Frame, node: exp.Expr, position: int) -> Iterator[Output]:
    """The outputs of one projection: usually one."""
    kind = type(node)
    star = star_of(node, frame, collect) if kind in STAR_FORMS else None
    if star is not None:
        for each in apart(star, node, frame, collect):
            yield Output("", (), offset_of(node), each)
        return
    inner = node.args["this"] if kind is exp.Alias or kind is exp.Aliases else node
    value = node if kind is exp.Aliases else inner
    made = rows_made(frame, node, inner) if type(inner) in MAKES_ROWS else None
    if made is not None:
        yield from made
        return
    aliases = len(frame.outputs) if frame.draft.lateral else 0
    frame.stars = []
    found = collect_named(value, node, frame, aliases)
    stars, frame.stars = frame.stars, None
    deps = tuple(found if len(found) < 2 else dict.fromkeys(found))  # noqa: PLR2004 - repeated
    at = deps[0].offset if deps else offset_of(node)
    if stars:
        yield from _each(frame, node, stars, deps)
        return
    if isinstance(node, exp.Aliases):
        for alias in node.aliases:
            yield Output(column_name(alias, frame.draft.naming), deps, at)
        return
    may_be = inner if type(inner) is exp.Anonymous else node
    spread = star_of_fields(may_be, frame, collect) if type(may_be) in _MAY_SPREAD else None
    if spread is not None:
        yield from spread_fields(may_be, frame, Output(f"_col_{position}", deps, at, spread))
        return
    fields = fields_of(inner, frame, deps, aliases) if type(inner) in HAS_FIELDS else ()
    name = _name_of(node, frame, position)
    if kind is not exp.Alias:
        note_engine_name(node, frame, (position, name))
    yield Output(name, deps, at, fields=fields)


def _each(
    frame: Frame, node: exp.Expr, stars: list[Starred], deps: tuple[Dep, ...]
) -> Iterator[Output]:
    """An expression over COLUMNS(…): one output for each column, by its own name."""
    (star, subtype, functions), *others = stars
    at = offset_of(node)
    also = [gathered(frame, more, passed(kind), names, at) for more, kind, names in others]
    called = column_name(node.args["alias"], frame.draft.naming) if node.alias else ""
    through = replace(star, subtype=subtype, functions=functions, called=called)
    yield Output("", (*deps, *also), at, through)


def _name_of(node: exp.Expr, frame: Frame, position: int) -> str:
    naming = frame.draft.naming
    if type(node) is exp.Alias:
        return column_name(node.args["alias"], naming)
    if type(node) is exp.Column and type(node.args["this"]) is exp.Identifier:
        return column_name(node.args["this"], naming)
    inner = node
    while isinstance(inner, (exp.Paren, exp.Cast, exp.Dot)):
        inner = inner.expression if isinstance(inner, exp.Dot) else inner.this
    if isinstance(inner, exp.Star) or (isinstance(inner, exp.Column) and inner.is_star):
        return f"_col_{position}"
    if isinstance(inner, exp.Column):
        return column_name(inner.this, naming)
    # A value that was not named has no name, for a name is shown: not all engines make one of it.
    name = "" if isinstance(inner, exp.Literal) and not node.find(exp.Dot) else node.output_name
    return naming.column(name) if name not in {"", "*"} else f"_col_{position}"  # `count(*)::int`


def _set_operation(frame: Frame, node: exp.SetOperation, label: str) -> int:
    """UNION and INTERSECT unite their branches; what EXCEPT takes away decides the rows."""
    frame.expect(node, _SET_OPERATION)
    mode = union_mode(node)
    parts, branches = compiled_branches(frame, parts_of(node, mode), mode, compile_query)
    numbers = united(frame, mode, branches)
    taken = [compile_query(s.expression, frame) for s in parts.subtracted]
    at = offset_of(node)
    influences = [Dep(n, OUTPUT_OF, STAR, Subtype.FILTER, (), at) for n in taken]
    influences += sorted_cut(frame, node, numbers)
    if parts.compares:
        influences += [Dep(n, OUTPUT_OF, STAR, Subtype.GROUP_BY, (), at) for n in numbers]
    scope = Scope(
        label,
        frame.parent.number if frame.parent is not None else -1,
        influences=tuple(influences),
        branches=tuple(numbers),
        subtracted=tuple(taken),
        lacking=tuple(lacking_in(frame, parts, taken)),
        by_name=mode.by_name,
        offset=at,
    )
    if parts.unites:
        frame.draft.wholes[frame.number] = frozenset()
    return frame.draft.finish(frame.number, scope)
