"""INSERT: of one table, with what happens on a conflict, and of many tables at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.changes import assignments, is_default
from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.leftovers import note_leftovers
from lineage.compile.names import alias_name, column_name, offset_of, relation_name
from lineage.compile.queries import add_ctes, compile_query, top_frame
from lineage.compile.returning import add_returning
from lineage.compile.transfers import add_directory_insert, add_function_insert
from lineage.dialects import last_part
from lineage.objects import OUTPUT_OF, STAR, UNQUALIFIED, Dep, Output, Source, Star, Write
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.compile.parts import Parts

_EXCLUDED = ("excluded", "EXCLUDED", "new", "NEW")


def add_insert(node: exp.Expr, parts: Parts) -> None:
    """INSERT of a query, of VALUES or SET, into a table, directory or function."""
    if isinstance(node.this, exp.Directory):
        add_directory_insert(node, parts)
        return
    if node.args.get("is_function"):
        add_function_insert(node, parts)
        return
    target, columns = target_of(node, parts)
    if target is None:
        parts.hole(GapReason.DYNAMIC_SQL, "the target of an INSERT is computed", node)
        return
    outer = top_frame(parts.draft)
    add_ctes(outer, node)
    body = node.args.get("expression") or node.args.get("source")
    if not body:
        if not node.args.get("default"):
            parts.hole(GapReason.UNSUPPORTED, "an INSERT without a query", node)
        return
    relation = relation_name(target, parts.naming)
    scope = compile_query(body, outer)
    by_name = bool(node.args.get("by_name"))
    at = parts.at(node)
    parts.writes.append(Write(relation, scope, "insert", columns, by_name=by_name, offset=at))
    _add_conflict(node, parts, target, (scope, columns))
    changed = top_frame(parts.draft)
    changed.add_source(Source(_own_name(target, parts), relation, -1))
    if node.args.get("returning") is not None:
        changed.finish("", at)
    add_returning(node, changed, 0, parts)
    note_leftovers(node, parts)


def target_of(node: exp.Expr, parts: Parts) -> tuple[exp.Table | None, tuple[str, ...]]:
    """The table that an INSERT names, None where it is computed, and its list of columns."""
    target: exp.Expr = node.this
    columns: tuple[str, ...] = ()
    if isinstance(target, exp.Schema):
        if any(isinstance(column, exp.Star) for column in target.expressions):
            message = "which columns of the target are meant by a star is not known"
            parts.hole(GapReason.UNRESOLVED_STAR, message, node)
        else:
            columns = tuple(column_name(c, parts.naming) for c in target.expressions)
        target = target.this
    if isinstance(target, exp.Table) and relation_name(target, parts.naming):
        return target, columns
    return None, columns


def _own_name(target: exp.Table, parts: Parts) -> str:
    return alias_name(target, parts.naming) or last_part(relation_name(target, parts.naming))


# -- on a conflict -----------------------------------------------------------------------------


def _add_conflict(
    node: exp.Expr, parts: Parts, target: exp.Table, inserted: tuple[int, tuple[str, ...]]
) -> None:
    """ON CONFLICT DO UPDATE and ON DUPLICATE KEY UPDATE see the row that was to be inserted."""
    conflict = node.args.get("conflict")
    if conflict is None or not conflict.expressions:
        return
    scope, columns = inserted
    around = top_frame(parts.draft)
    names = [*_EXCLUDED, alias_name(node.args.get("expression") or node, parts.naming)]
    for name in dict.fromkeys(names):
        around.add_source(Source(name, "", scope, columns))
    compiled = parts.draft.scopes[scope]
    for source in compiled.sources if compiled is not None else ():
        around.add_source(source)  # MySQL lets the update see what the query reads
    frame = Frame(around.draft, around, around.ctes)
    relation = relation_name(target, parts.naming)
    frame.add_source(Source(_own_name(target, parts), relation, -1))
    changes = [c for c in conflict.expressions if not _takes_the_same(c, parts)]
    if columns:
        for change in changes:
            _mean_excluded(change)
        frame.outputs.extend(output for _place, output in assignments(changes, frame))
    else:
        frame.outputs.extend(_any_value(changes, scope, parts))
    where = conflict.args.get("where")
    if where is not None:
        frame.influences.extend(collect(where.this, frame, Subtype.FILTER))
    around.finish("", 0)
    number = frame.finish("", offset_of(node))
    if frame.outputs:
        parts.writes.append(
            Write(relation, number, "update", by_name=True, appends=False, offset=parts.at(node))
        )


def _takes_the_same(change: exp.Expr, parts: Parts) -> bool:
    """`a = excluded.a`, which the INSERT itself says already."""
    value = change.expression
    if isinstance(value, exp.Anonymous) and value.name.upper() == "VALUES" and value.expressions:
        value = value.expressions[0]
    if not isinstance(value, (exp.Column, exp.Identifier)):
        return False
    table = value.args.get("table")
    known = table is None or table.name in _EXCLUDED
    return known and column_name(value, parts.naming) == column_name(change.this, parts.naming)


def _mean_excluded(change: exp.Expr) -> None:
    """MySQL's `VALUES(a)` is `excluded.a`."""
    for call in list(change.find_all(exp.Anonymous)):
        if call.name.upper() == "VALUES" and len(call.expressions) == 1:
            call.replace(exp.column(call.expressions[0].copy(), table="excluded"))


def _any_value(changes: list[exp.Expr], scope: int, parts: Parts) -> Iterator[Output]:
    """Without a list of columns, `excluded.a` may be any of the values."""
    for change in changes:
        at = offset_of(change)
        dep = Dep(scope, OUTPUT_OF, STAR, Subtype.TRANSFORMATION, (), at)
        name = column_name(change.this, parts.naming)
        frame = top_frame(parts.draft)
        frame.add_source(Source("", "", scope))
        own = collect(change.expression, frame)
        frame.finish("", at)
        yield Output(name, (dep, *(d for d in own if d.scope != frame.number)), at)


# -- of many tables ----------------------------------------------------------------------------


def add_many_inserts(node: exp.Expr, parts: Parts) -> None:
    """INSERT ALL and FIRST (Snowflake, Oracle), and Hive's FROM … INSERT … INSERT …."""
    if all(isinstance(insert, exp.Insert) for insert in node.expressions):
        for insert in node.expressions:
            insert.set("with_", node.args.get("with_"))
            _add_hive_insert(insert, node.args["source"], parts)
        return
    outer = top_frame(parts.draft)
    add_ctes(outer, node)
    scope = compile_query(node.args["source"], outer)
    first = str(node.args.get("kind") or "").upper() == "FIRST"
    conditions: list[exp.Expr] = []
    tested: list[exp.Expr] = []
    for branch in node.expressions:
        if branch.expression is not None:
            tested = [*conditions, branch.expression] if first else [branch.expression]
            conditions.append(branch.expression)
        elif branch.args.get("else_"):
            tested = conditions
        _add_branch(branch.this, scope, tested, parts)
    note_leftovers(node, parts)


def _add_branch(insert: exp.Expr, scope: int, tested: list[exp.Expr], parts: Parts) -> None:
    """One INTO with what its values are made of, and the conditions that choose it."""
    target, columns = target_of(insert, parts)
    if target is None:
        parts.hole(GapReason.DYNAMIC_SQL, "the target of an INSERT is computed", insert)
        return
    frame = top_frame(parts.draft)
    frame.add_source(Source("", "", scope))
    for condition in tested:
        frame.influences.extend(collect(condition, frame, Subtype.CONDITIONAL))
    values = insert.args.get("expression")
    at = parts.at(insert)
    if values is None:
        frame.outputs.append(Output("", (), at, Star(UNQUALIFIED)))
    for row in values.expressions if values is not None else ():
        for position, value in enumerate(row.expressions if isinstance(row, exp.Tuple) else [row]):
            name = columns[position] if position < len(columns) else f"_col_{position}"
            deps = () if is_default(value) else tuple(collect(value, frame))
            frame.outputs.append(Output(name, deps, offset_of(value)))
    relation = relation_name(target, parts.naming)
    parts.writes.append(Write(relation, frame.finish("", at), "insert", columns, offset=at))


def _add_hive_insert(insert: exp.Expr, source: exp.Expr, parts: Parts) -> None:
    """Each INSERT of FROM t INSERT … SELECT … reads the source as if it were its own."""
    query = insert.args.get("expression")
    if not isinstance(query, exp.Select) or query.args.get("from_") is not None:
        parts.hole(GapReason.UNSUPPORTED, "this form of FROM … INSERT is not analysed", insert)
        return
    query.set("from_", exp.From(this=source))
    for clause in ("joins", "laterals"):
        if isinstance(source, exp.Subquery) and source.args.get(clause):
            query.set(clause, source.args[clause])
    add_insert(insert, parts)
