"""Table functions that put out the rows of a table as they are: which table an argument names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.federated import server_of
from lineage.compile.names import part_name
from lineage.dialects import LIKE_TRINO, LIKE_TSQL, join_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.dialects import Naming

# The first argument is the table, as a name or as a text. What a feed of changes adds to its
# columns are numbers, times and kinds of change.
_OF_TABLE: dict[str, frozenset[str]] = {
    "appends": frozenset({"bigquery"}),
    "changes": frozenset({"bigquery"}),
    "table_changes": frozenset({"databricks", "spark"}),
    "identifier": frozenset({"databricks", "spark"}),
    "changetable": LIKE_TSQL,
    "containers": frozenset({"oracle"}),
    "query_table": frozenset({"duckdb"}),
    "loop": frozenset({"clickhouse"}),
}
_BY_TEXT = frozenset({"identifier", "query_table"})
# What names the table for Trino's `catalog.system.table_changes(schema_name => 's', …)`.
_OF_TRINO = frozenset({"schema", "schema_name", "table", "table_name"})
# ClickHouse: behind the name of a cluster of this place, or of another server.
_OF_CLUSTER = frozenset({"cluster", "clusterallreplicas"})
_OF_THIS_SERVER = re.compile(r"(127\.[\d.{},]+|localhost|\[::1\])(:\d+)?", re.IGNORECASE)
_OF_SERVER = frozenset({"remote", "remotesecure", "mysql", "postgresql", "mongodb", "sqlite"})
# DuckDB: behind a file or an address; the last name is that of the table.
_SCANS = frozenset({"sqlite_scan", "postgres_scan", "postgres_scan_pushdown", "mysql_scan"})
_PLACE = 3  # server, database and table


def table_named(node: exp.Expr, name: str, naming: Naming) -> str:
    """The relation whose rows a call puts out; empty where it is no such call, or computed."""
    if isinstance(node, exp.Dot):
        return _changes_of_trino(node, name, naming)
    arguments = node.expressions
    if arguments and naming.dialect in _OF_TABLE.get(name, ()):
        told = name not in _BY_TEXT or isinstance(arguments[0], exp.Literal)  # and in no variable
        return join_name(_parts(arguments[:1], naming)) if told else ""
    if name == "openrowset" and len(_texts(arguments)) == 1:  # of a file
        return _texts(arguments)[0]
    if arguments and naming.dialect == "clickhouse":
        return _of_clickhouse(arguments, name, naming)
    if arguments and naming.dialect == "duckdb" and name in _SCANS:
        texts = _texts(arguments)
        place = [server_of(arguments[0]), *texts[1:]]
        return "/".join(place) if len(texts) == len(arguments) else ""
    return ""


def _changes_of_trino(node: exp.Dot, name: str, naming: Naming) -> str:
    """The table whose changes a function of a catalog puts out."""
    if name != "table_changes" or naming.dialect not in LIKE_TRINO:
        return ""
    path = [part.name for part in node.this.find_all(exp.Identifier, bfs=False)]
    arguments = node.expression.expressions
    named = {a.name.lower(): a.expression for a in arguments if isinstance(a, exp.Kwarg)}
    listed = [named[key] for key in sorted(_OF_TRINO.intersection(named))]
    told = _texts(listed or arguments)[:2]
    parts = [naming.relation_part(part) for part in (*path[:-1], *told)]
    return join_name(parts) if len(told) == 2 else ""  # noqa: PLR2004 - a schema and a table


def _texts(arguments: Sequence[exp.Expr]) -> list[str]:
    return [a.name for a in arguments if isinstance(a, exp.Literal) and a.is_string]


def _of_clickhouse(arguments: Sequence[exp.Expr], name: str, naming: Naming) -> str:
    if all(isinstance(argument, exp.EQ) for argument in arguments):
        return join_name([naming.relation_part(name)])  # a view with parameters
    place = _parts(arguments[1:_PLACE], naming)
    if name in _OF_CLUSTER:
        return join_name(place)
    server = arguments[0].name if isinstance(arguments[0], exp.Literal) else ""
    if name.startswith("remote") and _OF_THIS_SERVER.fullmatch(server):
        return join_name(place)
    known = name in _OF_SERVER and server and place
    return f"{name}:{'/'.join([server, *place])}" if known else ""


def _parts(arguments: Sequence[exp.Expr], naming: Naming) -> list[str]:
    """The parts of a name that stands as a name, as a text, or part by part."""
    found: list[str] = []
    for argument in arguments:
        if isinstance(argument, exp.Literal) and argument.is_string:
            found += [naming.relation_part(part) for part in argument.name.split(".")]
        elif isinstance(argument, (exp.Column, exp.Table)):
            found += [part_name(part, naming) for part in argument.parts]
        elif isinstance(argument, exp.CurrentDatabase):
            continue
        if len(found) != 1:
            break  # `db.t`, and then a user; or something computed
    return found
