"""Statements: what each kind writes, declares, deletes and permits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.changes import add_delete, add_merge, add_truncate, add_update
from lineage.compile.commands import add_command
from lineage.compile.definitions import add_alter, add_create
from lineage.compile.grants import add_grant
from lineage.compile.leftovers import note_leftovers
from lineage.compile.names import alias_name, column_name, offset_of, relation_name
from lineage.compile.queries import add_ctes, compile_query, top_frame
from lineage.compile.returning import add_returning
from lineage.compile.transfers import add_copy, add_directory_insert, add_export
from lineage.dialects import last_part
from lineage.objects import OUTPUT_OF, STAR, Dep, Output, Source, Statement, Write
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.compile.parts import Parts

# Statements that move no data and name nobody who may read it, unless they hold a query.
_INERT = frozenset(
    """
    Use Set Drop Comment Transaction Commit Rollback Describe Show Analyze Pragma Uncache
    Refresh Kill Attach Detach Summarize Semicolon Revoke Declare
    """.split()
)


def compile_statement(node: exp.Expr, parts: Parts) -> Statement:
    """What one parsed statement does; never raises for SQL that the parser accepted."""
    handler = _HANDLERS.get(type(node))
    kind = type(node).__name__
    if handler is not None:
        handler(node, parts)
    elif isinstance(node, (exp.Query, exp.Subquery, exp.Values, exp.Table, exp.Pivot)):
        _add_query(node, parts)
        note_leftovers(node, parts)
    elif kind not in _INERT:
        parts.hole(GapReason.UNSUPPORTED, f"{kind.upper()} statements are not analysed", node)
    elif kind not in {"Describe", "Summarize"} and node.find(exp.Query) is not None:
        message = "what is done with the query in it is not analysed"
        parts.hole(GapReason.UNSUPPORTED, message, node)
    return parts.statement()


def _add_query(node: exp.Expr, parts: Parts) -> None:
    scope = compile_query(node, top_frame(parts.draft))
    into = node.args.get("into")
    target = ""
    if into is not None and isinstance(into.this, exp.Table):
        target = relation_name(into.this, parts.naming)
    if (into is not None and not target) or _assigns(node):
        message = "what becomes of a variable that a query sets is not known"
        parts.hole(GapReason.DYNAMIC_SQL, message, node)
    if not target:
        parts.writes.append(Write("", scope, "result", offset=parts.at(node)))
        return
    temporary = (into is not None and bool(into.args.get("temporary"))) or target.startswith("#")
    parts.writes.append(Write(target, scope, "table", temporary=temporary, offset=parts.at(node)))


def _assigns(node: exp.Expr) -> bool:
    """`SELECT @x = a`: a query that sets variables."""
    projections = node.expressions if isinstance(node, exp.Select) else []
    return any(
        isinstance(p, (exp.EQ, exp.PropertyEQ)) and isinstance(p.this, exp.Parameter)
        for p in projections
    )


def _add_insert(node: exp.Expr, parts: Parts) -> None:
    target: exp.Expr = node.this
    columns: tuple[str, ...] = ()
    if isinstance(target, exp.Directory):
        add_directory_insert(node, parts)
        return
    if isinstance(target, exp.Schema):
        columns = tuple(column_name(c, parts.naming) for c in target.expressions)
        target = target.this
    relation = relation_name(target, parts.naming) if isinstance(target, exp.Table) else ""
    if not relation:
        parts.hole(GapReason.DYNAMIC_SQL, "the target of an INSERT is computed", node)
        return
    outer = top_frame(parts.draft)
    add_ctes(outer, node)
    body = node.args.get("expression") or node.args.get("source")
    if not body:
        if not node.args.get("default"):
            parts.hole(GapReason.UNSUPPORTED, "an INSERT without a query", node)
        return
    scope = compile_query(body, outer)
    by_name = bool(node.args.get("by_name"))
    at = parts.at(node)
    parts.writes.append(Write(relation, scope, "insert", columns, by_name=by_name, offset=at))
    _add_conflict(node, parts, relation, scope)
    changed = top_frame(parts.draft)
    own = alias_name(target, parts.naming) or last_part(relation)
    changed.add_source(Source(own, relation, -1))
    if node.args.get("returning") is not None:
        changed.finish("", at)
    add_returning(node, changed, 0, parts)
    note_leftovers(node, parts)


def _add_conflict(node: exp.Expr, parts: Parts, relation: str, scope: int) -> None:
    """ON CONFLICT DO UPDATE: a column set from another one may take any inserted value."""
    conflict = node.args.get("conflict")
    frame = top_frame(parts.draft)
    for assignment in conflict.expressions if conflict is not None else ():
        if not isinstance(assignment, exp.EQ):
            continue
        left = column_name(assignment.this, parts.naming)
        value = assignment.expression
        if isinstance(value, exp.Column) and column_name(value.this, parts.naming) == left:
            continue
        at = offset_of(assignment)
        dep = Dep(scope, OUTPUT_OF, STAR, Subtype.TRANSFORMATION, (), at)
        frame.outputs.append(Output(left, (dep,), at))
    if frame.outputs:
        number = frame.finish("", offset_of(node))
        parts.writes.append(
            Write(relation, number, "update", by_name=True, appends=False, offset=parts.at(node))
        )


_HANDLERS: dict[type[exp.Expr], Callable[[exp.Expr, Parts], None]] = {
    exp.Insert: _add_insert,
    exp.Update: add_update,
    exp.Delete: add_delete,
    exp.Merge: add_merge,
    exp.TruncateTable: add_truncate,
    exp.Create: add_create,
    exp.Alter: add_alter,
    exp.Copy: add_copy,
    exp.Export: add_export,
    exp.Grant: add_grant,
    exp.Command: add_command,
}
