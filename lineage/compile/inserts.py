"""INSERT: of one table, with what happens on a conflict, and of many tables at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.behind import changed_cte, filled_behind
from lineage.compile.conflicts import add_conflict, own_name
from lineage.compile.expressions import collect
from lineage.compile.federated import is_remote, remote_target
from lineage.compile.guards import conjuncts, tests_of
from lineage.compile.leftovers import note_leftovers
from lineage.compile.names import column_name, relation_name
from lineage.compile.queries import add_ctes, compile_query, top_frame
from lineage.compile.returning import add_returning
from lineage.compile.sources import add_item
from lineage.compile.transfers import add_directory_insert, add_function_insert
from lineage.dialects import LIKE_MYSQL
from lineage.objects import OUTPUT_OF, UNQUALIFIED, Dep, Removal, Source, Write
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.compile.parts import Parts


def add_insert(node: exp.Expr, parts: Parts) -> None:
    """INSERT of a query, of VALUES or SET, into a table, directory or function."""
    if isinstance(node.this, exp.Directory):
        add_directory_insert(node, parts)
        return
    if node.args.get("is_function"):
        add_function_insert(node, parts)
        return
    _take_out_of_brackets(node)
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
    _take_off_brackets(body, parts.naming.dialect)
    relation = relation_name(target, parts.naming)
    changes = changed_cte(outer, target) if outer.ctes else None
    if _uses_own(body, columns, parts):
        outer.add_source(Source(own_name(target, parts), relation, -1))
        outer.finish("", parts.at(node))
    scope = compile_query(body, outer)
    if changes is not None:
        filled = filled_behind(changes, columns, parts.draft)
        if filled is None:
            parts.hole(GapReason.UNSUPPORTED, "the table behind a CTE or query is not known", node)
        relation, columns = filled or (relation, columns)
    by_name = bool(node.args.get("by_name"))
    at = parts.at(node)
    fixed = fixed_in(target, parts)
    write = Write(relation, scope, "insert", columns, by_name=by_name, offset=at, fixed=fixed)
    parts.writes.append(write)
    _take_away(node, parts, target, scope)
    add_conflict(node, parts, target, (scope, columns))
    changed = top_frame(parts.draft)
    changed.add_source(Source(own_name(target, parts), relation, -1))
    if node.args.get("returning") is not None:
        changed.finish("", at)
    add_returning(node, changed, 0, parts)
    note_leftovers(node, parts)


def _take_out_of_brackets(node: exp.Expr) -> None:
    """`INSERT INTO t (VALUES (1), (2))`, where the parser sees a list of columns."""
    listed = node.this.expressions if isinstance(node.this, exp.Schema) else []
    first = listed[0] if listed and not node.args.get("expression") else None
    if isinstance(first, exp.Anonymous) and first.name.lower() == "values":
        rows = [exp.Tuple(expressions=first.expressions), *listed[1:]]
        node.set("expression", exp.Values(expressions=rows))
        node.set("this", node.this.this)


def _take_off_brackets(body: exp.Expr, dialect: str) -> None:
    """ClickHouse's rows of an INSERT, of which the parser puts each value into brackets of its own.

    Elsewhere `VALUES (1, 2)` are two rows of one column, which it says so.
    """
    rows = body.expressions if isinstance(body, exp.Values) and dialect == "clickhouse" else ()
    for row in rows:
        if all(type(cell) is exp.Tuple and len(cell.expressions) == 1 for cell in row.expressions):
            row.set("expressions", [cell.expressions[0] for cell in row.expressions])


def _uses_own(body: exp.Expr, columns: tuple[str, ...], parts: Parts) -> bool:
    """Whether MySQL's VALUES use what is given to a column: `(a, b) VALUES (1, a * 2)`.

    https://dev.mysql.com/doc/refman/8.4/en/insert.html
    """
    if parts.naming.dialect not in LIKE_MYSQL or not isinstance(body, exp.Values):
        return False
    own = {*columns}.difference(parts.draft.variables)
    named = (column for column in body.find_all(exp.Column) if not column.args.get("table"))
    return any(column_name(column.this, parts.naming) in own for column in named)


def _take_away(node: exp.Expr, parts: Parts, target: exp.Table, scope: int) -> None:
    """REPLACE WHERE and REPLACE USING: rows that go before those of the query come.

    USING names columns in which they are equal to one of these.
    """
    where, using = node.args.get("where"), node.args.get("using") or ()
    if where is None and not using:
        return
    at = parts.at(node)
    frame = top_frame(parts.draft)
    add_item(frame, target)
    if where is not None:
        frame.influences.extend(collect(where, frame, Subtype.FILTER))
        frame.tests.extend(tests_of(conjuncts(where), frame))
    for column in using:
        name = column_name(column, parts.naming)
        new = Dep(scope, OUTPUT_OF, name, Subtype.FILTER, (), at)
        frame.influences += [Dep(frame.number, 0, name, Subtype.FILTER, (), at), new]
    number = frame.finish("", at)
    own = {d.column for d in frame.influences if d.scope == number and d.source in {0, UNQUALIFIED}}
    relation = relation_name(target, parts.naming)
    parts.removals.append(Removal(relation, tuple(sorted(own)), number, at, hides=bool(using)))


def fixed_in(target: exp.Table, parts: Parts) -> tuple[str, ...]:
    """The columns of `PARTITION (day = '…', hour)` that are given there and not by the query."""
    partition = target.args.get("partition")
    given = partition.expressions if partition is not None else ()
    return tuple(column_name(g.this.this, parts.naming) for g in given if _is_given(g))


def _is_given(part: exp.Expr) -> bool:
    return isinstance(part, exp.EQ) and isinstance(part.this, exp.Column)


def target_of(node: exp.Expr, parts: Parts) -> tuple[exp.Table | None, tuple[str, ...]]:
    """The table that an INSERT names, None where it is computed, and its list of columns."""
    target: exp.Expr = node.this
    columns: tuple[str, ...] = ()
    remote = remote_target(target, parts.naming)
    if remote is not None:
        node.set("this", remote[0])
        return remote
    if is_remote(target, parts.naming):
        return None, ()
    if isinstance(target, exp.Schema):
        if any(isinstance(column, exp.Star) for column in target.expressions):
            message = "which columns of the target are meant by a star is not known"
            parts.hole(GapReason.UNRESOLVED_STAR, message, node)
        else:
            columns = tuple(_listed(c, target.this, parts) for c in target.expressions)
        target = target.this
    if isinstance(target, exp.Table) and relation_name(target, parts.naming):
        return target, columns
    return None, columns


def _listed(column: exp.Expr, target: exp.Expr, parts: Parts) -> str:
    """A column in the list of an INSERT: `alias.column`, or a column with a field of it."""
    first = column
    while isinstance(first, exp.Dot):
        first = first.this
    if isinstance(first, exp.Column) and first.args.get("table") is not None:
        first = first.args["table"]
    if first is column or not isinstance(first, exp.Identifier):
        return column_name(column, parts.naming)
    is_target = isinstance(target, exp.Table) and column_name(first, parts.naming) in {
        own_name(target, parts),
        column_name(target.this, parts.naming),
    }
    return column_name(column if is_target else first, parts.naming)
