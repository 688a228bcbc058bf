"""Engines, and ClickHouse's dictionaries: relations whose rows are in other places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.alters import SAYS_WHERE, carry_over
from lineage.compile.kept_rows import keep_one
from lineage.compile.located import in_container
from lineage.compile.names import column_name, relation_name
from lineage.compile.parsing import parse_text
from lineage.compile.queries import compile_query, top_frame
from lineage.dialects import HIVE_AND_SPARK, join_name
from lineage.objects import Declaration, Write
from lineage.words import GapReason

if TYPE_CHECKING:
    from lineage.compile.parts import Parts

# At which argument an engine says the database of the table whose rows it has.
_OVER_TABLE = {"distributed": 1, "buffer": 0, "dictionary": 0, "alias": 0}
# Queues that may say in their settings alone where they are.
_BY_SETTINGS = frozenset({"kafka", "rabbitmq", "nats"})
_NAME_SOMETHING = ("_list", "_name", "_port", "_address", "_url", "_subjects")
# Engines that keep their rows themselves.
_OWN_ROWS = ("mergetree", "memory", "log", "null", "set", "join", "generaterandom", "embedded")
# Options of Spark's providers that say where the rows are, and which they are there.
_SERVERS = (
    *("url", "kafka.bootstrap.servers", "sfurl", "host", "uri", "connection.uri", "es.nodes"),
    *("hosts", "jdbc_uri", "resource", "path", "hive.sql.jdbc.url"),
)
_HELD_THERE = (
    "dbtable",
    "topic",
    "subscribe",
    "table",
    "collection",
    "es.resource",
    "query",
    "index",
    "hive.sql.table",
    "hbase.table.name",
    "kafka.topic",
)
_ELSEWHERE = frozenset({"federated", "federatedx", "connect"})  # MySQL's and MariaDB's
_KEEPS_TABLES = frozenset({"doris", "starrocks"})  # in its own engine, but for what an option names


def add_engine(node: exp.Expr, name: str, parts: Parts) -> None:
    """What a table's engine reads from and writes to, both ways."""
    properties = node.args.get("properties")
    engine = properties.find(exp.EngineProperty) if properties is not None else None
    this = engine.this if engine is not None else None
    if properties is not None and parts.naming.dialect in HIVE_AND_SPARK:
        _add_provider(node, properties, name, parts)
    if properties is not None and this is not None and this.name.lower() in _ELSEWHERE:
        _add_elsewhere(properties, name, parts, parts.at(node))
    if properties is not None and this is not None and parts.naming.dialect in _KEEPS_TABLES:
        _add_outside(this.name.lower(), node, properties, name, parts)
    if properties is None or this is None or parts.naming.dialect != "clickhouse":
        return
    kind = this.name.lower()
    set_up = _settings(properties) if kind in _BY_SETTINGS else []
    if kind.endswith(_OWN_ROWS) or not (set_up or isinstance(this, exp.Anonymous)):
        return
    at = parts.at(node)
    if kind in _OVER_TABLE:
        first = _OVER_TABLE[kind]
        given = this.expressions[first : first + 2]
        written = [
            part.name
            for argument in given
            for part in (argument.parts if isinstance(argument, exp.Column) else (argument,))
        ]
        other = join_name(parts.naming.relation_part(part) for part in written)
    elif kind == "merge":
        message = "which tables the engine Merge reads is decided by a pattern"
        parts.hole(GapReason.UNSUPPORTED, message, node, (name,))
        return
    else:
        places = [a.name for a in this.find_all(exp.Literal) if a.is_string] or set_up
        _expect_told(this, parts)
        url = next((p for p in places if "://" in p), "")
        url = (in_container(places) if kind.startswith("azureblob") and places else "") or url
        other = url or f"{kind}:{'/'.join(places[:3])}"
    if other:
        carry_over(other, name, parts, at, "insert")
    if other and kind != "dictionary":
        carry_over(name, other, parts, at, "external" if kind not in _OVER_TABLE else "insert")


def _expect_told(engine: exp.Expr, parts: Parts) -> None:
    """A gap where an engine works out where it is; what it is told may stand behind `=`."""
    first = engine.expressions[0] if engine.expressions else None
    computes = isinstance(first, (exp.Func, exp.Binary))
    if first is not None and computes and not isinstance(first, (exp.EQ, exp.PropertyEQ)):
        message = "the place of a table or COPY is computed"
        parts.hole(GapReason.DYNAMIC_SQL, message, first)


def _add_provider(node: exp.Expr, properties: exp.Expr, name: str, parts: Parts) -> None:
    """Spark's `USING jdbc OPTIONS (url …, dbtable …)`: the rows are where the options say."""
    provider = properties.find(exp.StorageHandlerProperty, exp.FileFormatProperty)
    if provider is None or not isinstance(provider.this, exp.Expr):
        return
    kind = provider.this.name.lower().rpartition(".")[2].removesuffix("storagehandler")
    _add_outside(kind, node, properties, name, parts)


def _add_outside(kind: str, node: exp.Expr, properties: exp.Expr, name: str, parts: Parts) -> None:
    """A table whose rows are where its options say, of one kind of server."""
    told = _told(properties)
    where = [told[key] for key in _SERVERS if key in told][:1]
    what = [told[key] for key in _HELD_THERE if key in told][:1]
    if not where and not what:
        return
    begin = "" if where and where[0].startswith(f"{kind}:") else f"{kind}:"
    place, at = begin + "/".join((*where, *what)), parts.at(node)
    carry_over(place, name, parts, at, "insert")
    if "VIEW" not in str(node.args.get("kind")).upper():
        carry_over(name, place, parts, at, "external")


def _add_elsewhere(properties: exp.Expr, name: str, parts: Parts, at: int) -> None:
    """What goes into the table goes to another server; that it comes from there is known."""
    told = _told(properties)
    place = next((told[key] for key in SAYS_WHERE if key in told), "")
    if place:
        carry_over(name, place, parts, at, "external")
    if place and "://" not in place:
        carry_over(place, name, parts, at, "insert")


def _told(properties: exp.Expr) -> dict[str, str]:
    """What a relation's options say, by their names in lower case."""
    found = (p for p in properties.find_all(exp.Property) if p.args.get("value"))
    return {p.name.lower(): p.args["value"].name for p in found}


def _settings(properties: exp.Expr) -> list[str]:
    """Where a queue is, by its settings: those of which the name says that they name something."""
    return [
        setting.expression.name
        for settings in properties.find_all(exp.SettingsProperty)
        for setting in settings.expressions
        if setting.this.name.lower().endswith(_NAME_SOMETHING)
    ]


def add_dictionary(node: exp.Expr, parts: Parts) -> None:
    """CREATE DICTIONARY: its attributes are filled from its source, by name."""
    schema = node.this
    table = schema.this if isinstance(schema, exp.Schema) else schema
    name = relation_name(table, parts.naming) if isinstance(table, exp.Table) else ""
    source = next((p for p in node.find_all(exp.DictProperty) if p.this == "SOURCE"), None)
    if not name or source is None:
        parts.hole(GapReason.UNSUPPORTED, "the source of a dictionary is not known", node)
        return
    if isinstance(schema, exp.Schema):
        typed = _in_order([column_name(c, parts.naming) for c in schema.expressions], node, parts)
        parts.declarations.append(Declaration(name, typed, "table", offset=parts.at(node)))
    settings = {s.name.lower(): s.args["value"] for s in source.args.get("settings") or ()}
    at = parts.at(node)
    query = settings.get("query")
    if query is not None:
        _fill_by_query(node, (name, query.name), parts)
    elif "table" in settings:
        database = settings["db"].name if "db" in settings else ""
        carry_over(_origin(source, database, settings), name, parts, at, "insert")
    else:
        url = next((s.name for s in settings.values() if "/" in s.name), str(source.args["kind"]))
        carry_over(url, name, parts, at, "insert")
    keep_one(name, [exp.column(k) for k in _keys(node, parts)], parts)


def _in_order(columns: list[str], node: exp.Expr, parts: Parts) -> tuple[tuple[str, str], ...]:
    """The columns of a dictionary: keys and bounds of ranges come before what it lists first."""
    each = dict.fromkeys([*_keys(node, parts), *columns])
    return tuple((name, "") for name in each if name in columns)


def _keys(node: exp.Expr, parts: Parts) -> list[str]:
    """The columns by which a dictionary is asked."""
    keys = [k for key in node.find_all(exp.PrimaryKey) for k in key.expressions]
    bounds = [r for r in node.find_all(exp.DictRange) if r.this == "RANGE"]
    asked = [column_name(k, parts.naming) for k in keys]
    return asked + [bound.args[end].name for bound in bounds for end in ("min", "max")]


def _origin(source: exp.Expr, database: str, settings: dict[str, exp.Expr]) -> str:
    """The table that fills a dictionary: of this server, or of one that an engine names so."""
    table, kind = settings["table"].name, str(source.args["kind"]).lower()
    if kind == "clickhouse":
        return join_name((database, table))
    host = settings["host"].name if "host" in settings else ""
    return f"{kind}:{'/'.join(part for part in (host, database, table) if part)}"


def _fill_by_query(node: exp.Expr, fill: tuple[str, str], parts: Parts) -> None:
    name, query = fill
    tree = parse_text(query, parts.naming.dialect)
    if not isinstance(tree, exp.Query):
        parts.hole(GapReason.PARSE_ERROR, "the query of a dictionary cannot be parsed", node)
        return
    scope = compile_query(tree, top_frame(parts.draft))
    at = parts.at(node)
    parts.writes.append(Write(name, scope, "insert", by_name=True, offset=at))
