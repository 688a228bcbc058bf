"""Schemas, databases and catalogs of which the tables are in another place: a server, a file.

The relation `s.t` of one is what `server/t` is there: what is written to it goes there. A name that
ends with a dot is that of a schema, one that ends with `.*` that of a catalog, and `=t` is a table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lineage.compile.scripts.tokens import (
    IF_EXISTS,
    STRINGS,
    after_brackets,
    after_words,
    find_word,
    is_text,
    says,
    split_at,
    word,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.dialects import HIVE_AND_SPARK, LIKE_TRINO, join_name
from lineage.objects import Statement
from lineage.uris import server_in, without_keys
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

_KINDS = frozenset({"DATABASE", "SCHEMA", "CATALOG", "NAMESPACE"})
_BEFORE_KIND = frozenset("CREATE ALTER ATTACH OR REPLACE EXTERNAL FOREIGN REMOTE".split())
_BEFORE_NAME = IF_EXISTS | _KINDS
# ClickHouse's engines of databases that keep their tables themselves.
_OWN_TABLES = frozenset("ATOMIC ORDINARY LAZY MEMORY REPLICATED SHARED DICTIONARY OVERLAY".split())
_OF_FILES = HIVE_AND_SPARK | LIKE_TRINO
_OF_SCHEMAS = frozenset({"snowflake", "redshift"})  # where a database holds schemas
_LOCATION = frozenset({"LOCATION", "MANAGEDLOCATION"})
_OWN_CONNECTORS = frozenset({"MEMORY", "TPCH", "TPCDS", "BLACKHOLE"})
# In front of an address that DuckDB attaches: what kind of database it is.
_SCHEME = re.compile(r"(?:ducklake:)?(?:(?:postgres|mysql|sqlite|duckdb):(?!//))?", re.IGNORECASE)


def places_made(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """What a CREATE or ALTER of a schema, database or catalog says of where its tables are."""
    kind = next((n for n in range(1, 5) if word(tokens, n) not in _BEFORE_KIND), 1)
    if word(tokens, kind) not in _KINDS:
        return
    start = after_words(tokens, kind, _BEFORE_NAME)
    name = name_at(tokens, start, script.context.naming)
    rest = tokens[end_of_name(tokens, start) :]
    find = _FINDS.get(script.dialect) or (_located if script.dialect in _OF_FILES else None)
    address = find(name, rest) if name and find is not None else ""
    if address:
        holds = {"CATALOG", "DATABASE"} if script.dialect in _OF_SCHEMAS else {"CATALOG"}
        mark = ".*" if word(tokens, kind) in holds else "."
        yield Statement(tokens[0].start, places=((f"{name}{mark}", address),))
    elif says(rest, 0, "AS", "REPLICA", "OF"):
        held = word(tokens, kind).lower()
        message = f"which relations the {held} holds that is cloned is not known"
        yield script.hole(GapReason.UNSUPPORTED, message, tokens, names=[name])


def _folder(place: str) -> str:
    """What the addresses of all that is in a place begin with, without what opens it."""
    return f"{without_keys(place).rstrip('/')}/"


def _said(tokens: Sequence[Token]) -> dict[str, str]:
    """The texts among tokens, by the words before them."""
    said: dict[str, str] = {}
    for position in range(1, len(tokens)):
        before = position - (2 if tokens[position - 1].text == "=" else 1)
        if is_text(tokens, position) and before >= 0:
            said.setdefault(tokens[before].text.upper(), tokens[position].text)
    return said


def _engine(_name: str, rest: Sequence[Token]) -> str:
    """ClickHouse's `ENGINE = PostgreSQL('host:port', 'database', …)`."""
    at = find_word(rest, {"ENGINE"}) + 1
    at += word(rest, at) == "="
    kind, end = word(rest, at), after_brackets(rest, at + 1)
    if not at or not kind or kind in _OWN_TABLES:
        return ""
    given = [item[0] for item in split_at(rest[at + 2 : end - 1], ",") if item]
    texts = [t.text for t in given if t.token_type in STRINGS] or [t.text for t in given[:1]]
    url = next((text for text in texts if "://" in text), "")
    return _folder(url) if url else f"{kind.lower()}:{'/'.join((*texts[:2], ''))}"


def _located(_name: str, rest: Sequence[Token]) -> str:
    """LOCATION of a lake's schemas; catalogs over a connection, databases over a connector."""
    said = _said(rest)
    place = next((said[key] for key in _LOCATION if key in said), "")
    if "/" in place:
        return _folder(place)
    using = find_word(rest, {"USING"}) + 1
    if not using or word(rest, using) in _OWN_CONNECTORS or word(rest, using) == "SHARE":
        return ""
    using += word(rest, using) == "CONNECTION"
    url = next((text for text in said.values() if "://" in text), "")
    if url:
        return _folder(url)
    database = said.get("CONNECTOR.REMOTEDBNAME") or said.get("DATABASE") or _name
    return f"{join_name((rest[using].text,))}/{database}/"


def _located_by_key(name: str, rest: Sequence[Token]) -> str:
    """Hive's DBPROPERTIES have their keys in quotes."""
    for position, token in enumerate(rest):
        remote = token.text.lower() == "connector.remotedbname"
        if remote and is_text(rest, position + 2) and find_word(rest, {"USING"}) >= 0:
            connector = rest[find_word(rest, {"USING"}) + 1].text
            return f"{join_name((connector,))}/{rest[position + 2].text}/"
    return _located(name, rest)


def _linked(_name: str, rest: Sequence[Token]) -> str:
    """Snowflake's database over a catalog of somebody else's."""
    catalog = _said(rest).get("CATALOG", "")
    linked = "LINKED_CATALOG" in {word(rest, n) for n in range(len(rest))}
    return f"{catalog}/" if linked and catalog else ""


def _of_redshift(_name: str, rest: Sequence[Token]) -> str:
    """`FROM DATA CATALOG`, `FROM POSTGRES … URI 'host'`, `FROM DATASHARE s`: another store."""
    if word(rest, 0) != "FROM" or word(rest, 1) == "INTEGRATION":
        return ""
    if word(rest, 1) == "DATASHARE":
        return f"datashare:{rest[2].text}/"
    said = _said(rest)
    kind = "catalog" if word(rest, 1) in {"DATA", "HIVE"} else word(rest, 1).lower()
    schema = f"{said['SCHEMA']}." if "SCHEMA" in said else ""
    return f"{'/'.join(p for p in (said.get('URI', kind), said.get('DATABASE', '')) if p)}/{schema}"


def _by_properties(name: str, rest: Sequence[Token]) -> str:
    """StarRocks' and Doris' `PROPERTIES ("type" = "jdbc", "jdbc_uri" = "…")`."""
    said = _said(rest)
    url = next((text for text in said.values() if "://" in text), "")
    return _folder(url) if url else f"{said.get('TYPE', 'catalog')}:{name}/"


_FINDS: dict[str, Callable[[str, Sequence[Token]], str]] = {
    "clickhouse": _engine,
    **dict.fromkeys(("starrocks", "doris"), _by_properties),
    "hive": _located_by_key,
    "snowflake": _linked,
    "redshift": _of_redshift,
}


def attached(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """DuckDB's and SQLite's ATTACH 'place' AS name: what is written there is in that place."""
    start = after_words(tokens, 1, _BEFORE_NAME | {"OR", "REPLACE"})
    if not is_text(tokens, start) or word(tokens, start + 1) not in {"", "AS", "("}:
        message = "where a database is that is attached is not known"
        yield script.hole(GapReason.DYNAMIC_SQL, message, tokens)
        return
    text, given = tokens[start].text, find_word(tokens, {"AS"}, start)
    kind = next((n for n in range(start, len(tokens)) if word(tokens, n) == "TYPE"), -1)
    remote = kind > 0 and word(tokens, kind + 1) not in {"", "DUCKDB"}
    if text.startswith(":memory:") or not (text or remote):
        if given > 0:
            script.context.databases.add(name_at(tokens, given + 1, script.context.naming))
        yield Statement(tokens[0].start)
        return
    inner = _SCHEME.sub("", text, count=1)
    if "://" not in inner:
        is_uri = inner.startswith("file:")
        inner = inner.removeprefix("file:").partition("?")[0]
        inner = unquote(inner) if is_uri and script.dialect == "sqlite" else inner
    name = name_at(tokens, given + 1, script.context.naming) if given > 0 else ""
    if not name:
        stem = without_keys(inner).removeprefix("md:").rstrip("/").rpartition("/")[2]
        name = script.context.naming.relation_part(stem.partition(".")[0])
    if not name:
        message = "where a database is that is attached is not known"
        yield script.hole(GapReason.UNSUPPORTED, message, tokens)
        return
    script.context.databases.add(name)
    said = _said(tokens[start + 1 :])
    server = said.get("DATA_PATH") or (inner if "://" in inner else server_in(inner)) or name
    secret = next((n for n in range(start, len(tokens)) if word(tokens, n) == "SECRET"), -1)
    if secret > 0:  # which may say another server
        server = f"{tokens[secret + 1].text}/{server}"
    if "ENDPOINT" in said:
        server = f"{said['ENDPOINT'].rstrip('/')}/{server}"
    yield Statement(tokens[0].start, places=((f"{name}.*", _folder(server)),))


def imported(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Postgres' IMPORT FOREIGN SCHEMA s LIMIT TO (a, b) FROM SERVER x INTO here."""
    server, into = find_word(tokens, {"SERVER"}, 3) + 1, find_word(tokens, {"INTO"}, 3) + 1
    here = name_at(tokens, into, script.context.naming) if into else ""
    if not server or not here:
        return
    there = f"{join_name((tokens[server].text,))}/{tokens[3].text}."
    at = tokens[0].start
    limit = find_word(tokens, {"LIMIT"}, 3)
    if limit < 0:
        yield Statement(at, places=((f"{here}.", there),))
        return
    for item in split_at(tokens[limit + 3 : after_brackets(tokens, limit + 2) - 1], ","):
        table = name_at(item, 0, script.context.naming)
        yield Statement(at, places=((f"={here}.{table}", f"{there}{table}"),))
