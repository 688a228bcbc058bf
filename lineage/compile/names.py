"""Names and places of tree nodes, as the dialect understands them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.dialects import LIKE_TSQL, WITH_SERVER, join_name, join_written
from lineage.uris import A_FILE

if TYPE_CHECKING:
    from lineage.dialects import Naming


# Of how many parts the name of a table is; behind it may stand one of a branch, tag or snapshot:
# https://iceberg.apache.org/docs/latest/spark-queries/#time-travel
MOST_PARTS = {"hive": 2, "spark": 3, "spark2": 3, "databricks": 3}
_VERSION = re.compile(r"branch_|tag_|(?:snapshot_id|at_timestamp)_\d+\Z|changes\Z", re.IGNORECASE)
_OPENS_FILES = frozenset({"spark", "spark2", "databricks"})
# https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html, and T-SQL
MARKS_SESSIONS = LIKE_TSQL | {"redshift"}
_FILES_ALONE = _OPENS_FILES | {"duckdb"}  # a name alone may be that of a file
_FORMATS = frozenset("csv json parquet delta orc avro text binaryfile iceberg xml".split())


def column_name(node: object, naming: Naming) -> str:
    """The folded name of an identifier, alias, CTE or column; a plain string is unquoted."""
    if type(node) is exp.Identifier:
        args = node.args
        return (naming.quoted_columns if args.get("quoted") else naming.plain_columns)[args["this"]]
    if isinstance(node, (exp.Column, exp.Alias, exp.ColumnDef, exp.TableAlias, exp.Ordered)):
        inner = node.args.get("alias") if isinstance(node, exp.Alias) else node.this
        return column_name(inner, naming)
    if isinstance(node, (exp.Parameter, exp.PositionalColumn)):
        return f"${node.name}"
    if isinstance(node, exp.Boolean):  # where it is no reserved word
        return naming.column(str(node.this).lower())
    word = name_like_word(node)
    if word:
        return naming.column(word)
    return naming.column(node.name if isinstance(node, exp.Expr) else str(node or ""))


_LIKE_CONSTRAINTS: dict[type, str] = {
    exp.ExcludeColumnConstraint: "exclude",
    exp.IndexColumnConstraint: "index",
    exp.UniqueColumnConstraint: "unique",
}


def name_like_word(node: object) -> str:
    """The name of a column in a list that is called like a constraint, ANY or CURRENT_DATE.

    Empty for all else, and where a constraint is one, which it is not of what is no list.
    """
    if isinstance(node, exp.Any):
        return "any"
    if isinstance(node, exp.Func):
        return "" if any(node.args.values()) else node.sql_name().lower()
    name = _LIKE_CONSTRAINTS.get(type(node), "")
    return name if name and (_is_typed(node) or not _says_more(node)) else ""


def _is_typed(node: object) -> bool:
    """Whether a column that is called UNIQUE or INDEX has no more than a type."""
    told = {k: v for k, v in node.args.items() if v} if isinstance(node, exp.Expr) else {}
    return told.keys() == {"this"} and type(told["this"]) is exp.Identifier


def _says_more(node: object) -> bool:
    """Whether anything is told of an index."""
    parts = node.args.values() if isinstance(node, exp.Expr) else ()
    indexes = (part for part in parts if part)
    return any(_says_more(p) if isinstance(p, exp.IndexParameters) else True for p in indexes)


def relation_name(table: exp.Table, naming: Naming) -> str:
    """The dotted name of a table, a stage or a file; empty where it is computed."""
    args = table.args
    this = args["this"]
    alone = type(this) is exp.Identifier and not (args.get("db") or args.get("catalog"))
    if alone and "@" not in this.args["this"]:
        quoted = naming.dialect in _FILES_ALONE and this.args.get("quoted")
        return (_file_of(table, naming) if quoted else "") or join_name((part_name(this, naming),))
    if isinstance(this, exp.Literal):
        return str(this.this)
    if isinstance(this, exp.Var):
        return str(this.this).strip("'")
    if is_variable(table, naming):
        return f"@{naming.relation_part(this.name)}"
    if isinstance(this, exp.DynamicIdentifier):
        written = this.this
        parts = written.name.split(".") if isinstance(written, exp.Literal) else []
        return join_name(naming.relation_part(part) for part in parts)
    file = _file_of(table, naming)
    named = [(part_name(p, naming), bool(p.args.get("quoted"))) for p in table.parts]
    if len(named) > MOST_PARTS.get(naming.dialect, len(named)) and _VERSION.match(named[-1][0]):
        named.pop()
    no_schema = args.get("db") == ""  # `database..t`
    if isinstance(this, exp.Dot) and naming.dialect in LIKE_TSQL:  # `server.database..t`
        missing = WITH_SERVER - len(named)
        no_schema = missing == 1
        if missing > 1:
            named[1:1] = [("", False)] * missing
    if no_schema:
        named.insert(-1, (naming.left_out, False))
    return file or join_written(named, naming.dialect)


def _file_of(table: exp.Table, naming: Naming) -> str:
    """A file that stands where a table could: DuckDB's `'x.csv'`, Spark's csv.`/x`."""
    this, schema = table.this, table.args.get("db")
    if not isinstance(this, exp.Identifier) or not this.args.get("quoted"):
        return ""
    name = str(this.this)
    if schema is None:
        found = A_FILE.search(name) is not None if naming.dialect == "duckdb" else "://" in name
    else:
        found = "/" in name and naming.dialect in _OPENS_FILES and schema.name.lower() in _FORMATS
    return name if found else ""


def is_for_session(name: str, naming: Naming) -> bool:
    """Whether a table's name says that it is there for its session and no longer."""
    return name.startswith("@") or (name.startswith("#") and naming.dialect in MARKS_SESSIONS)


def is_variable(table: exp.Table, naming: Naming) -> bool:
    """T-SQL's table variables, `@rows`."""
    return isinstance(table.this, exp.Parameter) and naming.dialect in LIKE_TSQL


def part_name(part: exp.Expr, naming: Naming) -> str:
    """One part of a relation's name, folded; empty where it is computed."""
    if type(part) is not exp.Identifier:
        return ""
    args = part.args
    name = (naming.quoted_parts if args.get("quoted") else naming.plain_parts)[args["this"]]
    if args.get("temporary"):
        return f"#{naming.relation_part(args['this'])}"  # T-SQL's session tables
    return name


def alias_columns(node: exp.Expr, naming: Naming) -> tuple[str, ...]:
    """The column list of `AS alias(a, b)`, empty where there is none."""
    alias = node.args.get("alias")
    if not isinstance(alias, exp.TableAlias):
        return ()
    return tuple(column_name(column, naming) for column in alias.args.get("columns") or ())


def alias_name(node: exp.Expr, naming: Naming) -> str:
    """The alias of a table, subquery or CTE, empty where it has none."""
    alias = node.args.get("alias")
    if isinstance(alias, exp.TableAlias):
        return column_name(alias.this, naming) if alias.this else ""
    return column_name(alias, naming) if alias else ""


def offset_of(node: exp.Expr) -> int:
    """The character offset where a node is written, 0 where the parser kept none."""
    meta = node._meta  # noqa: SLF001 - the property `meta` would make a dict for every node
    if meta and "start" in meta:
        return meta["start"]  # type: ignore[no-any-return]
    below = [node.iter_expressions()]  # and not `dfs`, which lists all parts before the first
    while below:
        inner = next(below[-1], None)
        if inner is None:
            below.pop()
            continue
        meta = inner._meta  # noqa: SLF001
        if meta and "start" in meta:
            return meta["start"]  # type: ignore[no-any-return]
        below.append(inner.iter_expressions())
    return 0
