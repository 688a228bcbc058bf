"""Queries that another server runs: EXTERNAL_QUERY, OPENQUERY, dblink and their kin.

The query is a text among the arguments. What it reads is named `server/relation`, so that
it is never taken for a relation of this place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.frames import Frame
from lineage.compile.names import column_name, offset_of, relation_name
from lineage.compile.parsing import parse_text
from lineage.dialects import LIKE_TSQL
from lineage.uris import server_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.dialects import Naming

# By function, the dialects that the other server may speak. Those come first that take
# double quotes for names: a string taken for a column is a flow too many, not one too few.
_DIALECTS: dict[str, tuple[str, ...]] = {
    "external_query": ("postgres", "mysql", "bigquery"),
    "openquery": ("tsql", "oracle", "postgres", "mysql"),
    "openrowset": ("tsql", "oracle", "postgres", "mysql"),
    "dblink": ("postgres",),
    "postgres_query": ("postgres",),
    "mysql_query": ("mysql",),
    "remote_query": ("postgres", "tsql", "oracle", "mysql"),
    "system.query": ("postgres", "tsql", "oracle", "mysql"),
}
_QUERY = re.compile(r"\bselect\b", re.IGNORECASE)


def remote_query(frame: Frame, node: exp.Expr) -> int | None:
    """The scope of the query in a table function's argument.

    None where the function is no such one, its query is computed, or no dialect parses it.
    """
    call, name, server = _call(node)
    text = _text_in(call) if name in _DIALECTS else ""
    trees = (parse_text(text, dialect) for dialect in _DIALECTS.get(name, ()) if text)
    tree = next((t for t in trees if isinstance(t, exp.Query)), None)
    if tree is None:
        return None
    _move(tree, server or name, frame, offset_of(node))
    alone = Frame(frame.draft, None, {})
    alone.compile_query, alone.compile_apart = frame.compile_query, frame.compile_apart
    return frame.compile_query(tree, alone)


def remote_target(node: exp.Expr, naming: Naming) -> tuple[exp.Table, tuple[str, ...]] | None:
    """The table of another server that a function names to be changed, and its columns.

    None where `node` is no call of such a function, or its query is not that of one table.
    """
    called = node.this if isinstance(node, (exp.Table, exp.Schema)) else None
    if isinstance(node, exp.Schema) and isinstance(called, exp.Table) and not called.args.get("db"):
        called = exp.Anonymous(this=called.name, expressions=node.expressions)
    if not isinstance(called, exp.Anonymous) or called.name.lower() not in _DIALECTS:
        return None
    call, name, server = _call(called)
    trees = (parse_text(_text_in(call), dialect) for dialect in _DIALECTS[name])
    tree = next((t for t in trees if isinstance(t, exp.Select)), None)
    source = tree.args.get("from_") if tree is not None else None
    if tree is None or source is None or not isinstance(source.this, exp.Table):
        return None
    plain = all(isinstance(e, exp.Column) for e in tree.expressions)
    columns = tuple(column_name(e, naming) for e in tree.expressions) if plain else ()
    named = f"{server or name}/{relation_name(source.this, naming)}"
    return exp.Table(this=exp.Literal.string(named)), columns


def is_remote(node: exp.Expr, naming: Naming) -> bool:
    """Whether a target is in another server, of which only an address is told."""
    table = node.this if isinstance(node, exp.Schema) else None
    called = isinstance(table, exp.Table) and table.name.lower() == "openrowset"
    return called and naming.dialect in LIKE_TSQL


def _call(node: exp.Expr) -> tuple[exp.Expr, str, str]:
    """The call with its name and server; Trino's is `server.system.query(…)`."""
    if isinstance(node, exp.Dot):
        call = node.expression
        path, _, schema = node.this.sql(comments=False).rpartition(".")
        return call, f"{schema}.{call.name}".lower(), path
    name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    first = node.expressions[0] if name and node.expressions else None
    server = server_of(first)
    if name == "openrowset" and len(node.expressions) > 1:  # behind its provider
        server = "/".join(filter(None, (server, server_of(node.expressions[1]))))
    return node, name, server


def server_of(argument: exp.Expr | None) -> str:
    """The first argument names the server, unless it is the query itself."""
    if not isinstance(argument, (exp.Literal, exp.Column, exp.Identifier)) or _is_query(argument):
        return ""
    return server_in(str(argument.name))


def _text_in(call: exp.Expr) -> str:
    arguments = [a.expression if isinstance(a, exp.Kwarg) else a for a in call.expressions]
    return next((a.name for a in arguments if _is_query(a)), "")


def _is_query(argument: exp.Expr) -> bool:
    is_text = isinstance(argument, exp.RawString) or (
        isinstance(argument, exp.Literal) and bool(argument.is_string)
    )
    return is_text and _QUERY.search(argument.name) is not None


def _move(tree: exp.Expr, server: str, frame: Frame, at: int) -> None:
    """Give the tables of a query the names that they have here, and its nodes their place."""
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in list(_tables(tree)):
        if table.args.get("db") or table.name not in own:
            if not table.args.get("alias"):
                table.set("alias", exp.TableAlias(this=table.this))
            name = relation_name(table, frame.draft.naming)
            table.set("this", exp.Literal.string(f"{server}/{name}"))
            table.set("db", None)
            table.set("catalog", None)
    for node in tree.walk():
        if "start" in node.meta:
            node.meta["start"] = at


def _tables(tree: exp.Expr) -> Iterator[exp.Table]:
    return (t for t in tree.find_all(exp.Table) if isinstance(t.this, exp.Identifier))
