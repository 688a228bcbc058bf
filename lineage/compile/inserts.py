"""INSERT: of one table, with what happens on a conflict, and of many tables at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.conflicts import add_conflict, own_name
from lineage.compile.federated import remote_target
from lineage.compile.leftovers import note_leftovers
from lineage.compile.names import column_name, relation_name
from lineage.compile.queries import add_ctes, compile_query, top_frame
from lineage.compile.returning import add_returning
from lineage.compile.transfers import add_directory_insert, add_function_insert
from lineage.objects import Source, Write
from lineage.words import GapReason

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
    add_conflict(node, parts, target, (scope, columns))
    changed = top_frame(parts.draft)
    changed.add_source(Source(own_name(target, parts), relation, -1))
    if node.args.get("returning") is not None:
        changed.finish("", at)
    add_returning(node, changed, 0, parts)
    note_leftovers(node, parts)


def target_of(node: exp.Expr, parts: Parts) -> tuple[exp.Table | None, tuple[str, ...]]:
    """The table that an INSERT names, None where it is computed, and its list of columns."""
    target: exp.Expr = node.this
    columns: tuple[str, ...] = ()
    remote = remote_target(target, parts.naming)
    if remote is not None:
        node.set("this", remote[0])
        return remote
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
