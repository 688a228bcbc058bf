"""Statements: what each kind writes, declares, deletes and permits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.alters import add_alter
from lineage.compile.changes import add_delete, add_merge, add_truncate, add_update
from lineage.compile.commands import add_command
from lineage.compile.definitions import add_cache, add_create, add_drop
from lineage.compile.inserts import add_insert
from lineage.compile.leftovers import note_leftovers
from lineage.compile.many_inserts import add_many_inserts
from lineage.compile.names import is_for_session, relation_name
from lineage.compile.queries import compile_query, top_frame
from lineage.compile.transfers import add_copy, add_export, add_load, add_put
from lineage.dialects import LIKE_MYSQL
from lineage.objects import Statement, Write
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.compile.frames import Cte
    from lineage.compile.parts import Parts

# Statements that move no data and name nobody who may read it, unless they hold a query.
_INERT = frozenset(
    """
    Use Set Comment Transaction Commit Rollback Describe Show Analyze Pragma Uncache
    Refresh Kill Attach Detach Semicolon Revoke Declare ListStage
    """.split()
)

_TELLS = exp.Describe  # which columns a query puts out


def compile_statement(node: exp.Expr, parts: Parts) -> Statement:
    """What one parsed statement does; never raises for SQL that the parser accepted."""
    unable = parts.draft.change
    parts.draft.change = lambda change, ctes: _compile_change(change, ctes, parts)
    try:
        _compile(node, parts)
        _expect_effect(node, parts)
    finally:
        parts.draft.change = unable  # or the tree and its tokens would wait for the collector
    return parts.statement()


def _expect_effect(node: exp.Expr, parts: Parts) -> None:
    """The last net: a statement that holds a query, and that came to nothing, is a gap."""
    came_to = parts.writes or parts.removals or parts.permissions or parts.draft.holes
    if came_to or parts.draft.scopes or type(node) is _TELLS:
        return
    if node.find(exp.Query) is not None:
        message = "what is done with the query in it is not analysed"
        parts.hole(GapReason.UNSUPPORTED, message, node)


def _compile(node: exp.Expr, parts: Parts) -> None:
    handler = _HANDLERS.get(type(node))
    kind = type(node).__name__
    if handler is not None:
        handler(node, parts)
    elif isinstance(node, (exp.Query, exp.Subquery, exp.Values, exp.Table, exp.Pivot)):
        _add_query(node, parts)
        note_leftovers(node, parts)
    elif kind not in _INERT:
        parts.hole(GapReason.UNSUPPORTED, f"{kind.upper()} statements are not analysed", node)


def _compile_change(node: exp.Expr, ctes: dict[str, Cte], parts: Parts) -> int:
    """`WITH x AS (INSERT … RETURNING …)`: the scope of what the change puts out."""
    before, parts.draft.ctes = parts.draft.ctes, ctes
    written = len(parts.writes)
    _HANDLERS[type(node)](node, parts)
    parts.draft.ctes = before
    returned = next((w for w in parts.writes[written:] if not w.relation), None)
    if returned is None:
        return top_frame(parts.draft).finish("", parts.at(node))
    parts.writes.remove(returned)
    return returned.scope


def _add_query(node: exp.Expr, parts: Parts) -> None:
    scope = compile_query(node, top_frame(parts.draft))
    into = _first_branch(node).args.get("into") if not isinstance(node, exp.Pivot) else None
    target = ""
    if into is not None and isinstance(into.this, exp.Table):
        target = relation_name(into.this, parts.naming)
    if (into is not None and not target) or _assigns(node, parts.naming.dialect):
        message = "what becomes of a variable that a query sets is not known"
        parts.hole(GapReason.DYNAMIC_SQL, message, node)
    if not target:
        parts.writes.append(Write("", scope, "result", offset=parts.at(node)))
        return
    temporary = is_for_session(target, parts.naming) or bool(into and into.args.get("temporary"))
    parts.writes.append(Write(target, scope, "table", temporary=temporary, offset=parts.at(node)))


def _first_branch(node: exp.Expr) -> exp.Expr:
    """The SELECT that says for the whole of a set operation where its rows go."""
    while isinstance(node, (exp.SetOperation, exp.Subquery)) and isinstance(node.this, exp.Expr):
        node = node.this
    return node


def _assigns(node: exp.Expr, dialect: str) -> bool:
    """`SELECT @x = a`: a query that sets variables; MySQL compares, and sets them in values."""
    projections = node.expressions if isinstance(node, exp.Select) else []
    return dialect not in LIKE_MYSQL and any(
        isinstance(p, (exp.EQ, exp.PropertyEQ)) and isinstance(p.this, exp.Parameter)
        for p in projections
    )


_HANDLERS: dict[type[exp.Expr], Callable[[exp.Expr, Parts], None]] = {
    exp.Insert: add_insert,
    exp.MultitableInserts: add_many_inserts,
    exp.LoadData: add_load,
    exp.Update: add_update,
    exp.Delete: add_delete,
    exp.Merge: add_merge,
    exp.TruncateTable: add_truncate,
    exp.Create: add_create,
    exp.Drop: add_drop,
    exp.Alter: add_alter,
    exp.Cache: add_cache,
    exp.Put: add_put,
    exp.Copy: add_copy,
    exp.Export: add_export,
    exp.Command: add_command,
    exp.LockingStatement: lambda node, parts: _compile(node.expression, parts),
}
