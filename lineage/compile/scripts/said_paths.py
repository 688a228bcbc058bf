"""What a statement says of where names are looked up: USE and its kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.meant import NOWHERE, SearchPath
from lineage.compile.scripts.folding import folded
from lineage.compile.scripts.tokens import (
    STRINGS,
    after_words,
    find_word,
    listed,
    spelt,
    split_at,
    word,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.dialects import (
    DEFAULT_SCHEMA,
    LIKE_POSTGRES,
    LIKE_TSQL,
    in_quotes,
    split_name,
    written_relation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

_OF_DATABASES = LIKE_TSQL | {"redshift"}  # whose USE names a database that holds schemas
BEFORE_NAME = frozenset("IF NOT EXISTS OR REPLACE TRANSIENT DATABASE SCHEMA CREATE".split())
_KINDS = frozenset({"DATABASE", "SCHEMA", "CATALOG", "NAMESPACE"})
_NO_PLACES = frozenset({"ROLE", "WAREHOUSE", "SECONDARY", "INDEX", "PLAN", "HASH", "KEYS"})
_PATHS = frozenset(
    {"SEARCH_PATH", "SCHEMA", "CURRENT_SCHEMA", "CATALOG", "DATABASE", "DEFAULTCATALOG"}
)
_OF_CATALOGS = frozenset({"CATALOG", "DATABASE", "DEFAULTCATALOG"})
_BEFORE_SCHEMA = frozenset({"SET", "LOCAL", "SESSION", "GLOBAL", "PRAGMA"})
# Where set_config may say it, in any statement.
_CONFIGURED = LIKE_POSTGRES | {""}
_RESETS = frozenset({"RESET", "DISCARD"})
_NONE_SAID = frozenset({"DEFAULT", "$USER", ""})
_HOLD_NOTHING = frozenset({"PG_CATALOG", "PG_TEMP", "INFORMATION_SCHEMA"})  # of the project's own
_LISTS_IN_TEXTS = frozenset({"duckdb", "snowflake"})  # several schemas in one text


def said(script: Script, tokens: Sequence[Token], first: str) -> Iterator[SearchPath | None]:
    """The path that a statement sets; None where it is computed."""
    if first == "USE":
        yield from _used(script, tokens)
    elif first in {"SET", "PRAGMA"} or (first == "ALTER" and word(tokens, 1) == "SESSION"):
        yield from _set(script, tokens)
    elif first in _RESETS and word(tokens, 1) in _PATHS | {"ALL"}:
        yield NOWHERE
    elif first == "DATABASE" and script.dialect == "teradata" and len(tokens) > 1:
        yield of_schema(script, name_at(tokens, 1, script.context.naming))
    elif first == "OPEN" and word(tokens, 1) == "SCHEMA":
        yield of_schema(script, name_at(tokens, 2, script.context.naming))
    elif first == "UPDATE" and "PG_SETTINGS" in {spelt(tokens, n) for n in range(1, 5)}:
        yield None
    elif first == "CREATE" and script.dialect == "snowflake":
        yield from _created(script, tokens)
    elif script.dialect in _CONFIGURED:
        yield from _configured(script, tokens)


def _used(script: Script, tokens: Sequence[Token]) -> Iterator[SearchPath | None]:
    kind = word(tokens, 1) if word(tokens, 1) in _KINDS and len(tokens) > 2 else ""  # noqa: PLR2004
    start = 2 if kind else 1
    if spelt(tokens, 1) in _NO_PLACES and len(tokens) > 2:  # noqa: PLR2004
        return
    if spelt(tokens, start) == "IDENTIFIER" and word(tokens, start + 1) == "(":
        text = folded(script, tokens[start + 2 : -1])
        name = written_relation(text, script.dialect) if text else ""
    else:
        name = name_at(tokens, start, script.context.naming)
        if end_of_name(tokens, start) < len(tokens) and word(tokens, start) in {":", "$", "@"}:
            name = ""
    if not name:
        yield None
    elif _names_database(script, kind, name):
        yield _of_database(script, name)
    else:
        yield of_schema(script, name)


def _names_database(script: Script, kind: str, name: str) -> bool:
    if len(split_name(name)) > 1 or kind in {"SCHEMA", "NAMESPACE"}:
        return False
    if kind == "CATALOG" or script.dialect in _OF_DATABASES:
        return True
    if script.dialect == "duckdb":
        return name in script.context.databases
    return script.dialect == "snowflake"


def _of_database(script: Script, name: str) -> SearchPath:
    """A database, of which the default schema is meant; DuckDB's tables are named without it."""
    schema = DEFAULT_SCHEMA.get(script.dialect, "") if script.dialect != "duckdb" else ""
    inner = script.context.naming.relation_part(schema) if schema else ""
    return SearchPath(name, (f"{name}.{inner}" if inner else name,))


def of_schema(script: Script, name: str) -> SearchPath | None:
    """A schema, in the database that is meant by now or in one that is named."""
    if not name:
        return None
    *named, schema = split_name(name)
    used = script.context.paths[0].database if script.context.paths else ""
    database = ".".join(named) or used
    if not database and schema.lower() == DEFAULT_SCHEMA.get(script.dialect):
        return NOWHERE  # which is meant anyway
    behind = (database,) if script.dialect == "duckdb" else ()  # where `main` is looked through too
    return SearchPath(database, (f"{database}.{schema}" if database else schema, *behind))


def _set(script: Script, tokens: Sequence[Token]) -> Iterator[SearchPath | None]:
    """SET search_path TO a, b and its kin; BigQuery's SET @@dataset_id = 'd'."""
    most = len(tokens) if word(tokens, 0) == "ALTER" else min(len(tokens), 6)
    near = (n for n in range(1, most) if spelt(tokens, n) in _PATHS)
    rows = {n for n in range(2, most) if tokens[n - 1].text == "."}  # `SET new.catalog = …`
    of_spark = spelt(tokens, 1) == "SPARK"
    at = next((n for n in near if of_spark or n not in rows), -1)
    if at < 0:
        yield from _set_of_bigquery(script, tokens)
        return
    if spelt(tokens, at) == "SCHEMA" and word(tokens, at - 1) not in _BEFORE_SCHEMA:
        return
    said = tokens[at + 1 + (word(tokens, at + 1) in {"=", "TO"}) :]
    if spelt(tokens, at) in _OF_CATALOGS:
        name = _name(script, said)
        yield _of_database(script, name) if name else None
    elif said:
        yield path_listed(script, said)


def _set_of_bigquery(script: Script, tokens: Sequence[Token]) -> Iterator[SearchPath | None]:
    texts = [token.text.lower() for token in tokens[1:6]]
    of_project = any(text.endswith("dataset_project_id") for text in texts)
    if script.dialect != "bigquery" or not (
        of_project or any(text.endswith("dataset_id") for text in texts)
    ):
        return
    equals = find_word(tokens, {"="}, 1)
    text = folded(script, tokens[equals + 1 :])
    name = written_relation(text, script.dialect) if text else ""
    if not name or word(tokens, 1) == "(":
        yield None
    elif of_project:
        known = script.context.paths[0].schemas[:1] if script.context.paths else ()
        yield SearchPath(name, tuple(f"{name}.{schema}" for schema in known))
    else:
        yield of_schema(script, name)


def path_listed(script: Script, tokens: Sequence[Token]) -> SearchPath | None:
    """The schemas of a list; those of DuckDB stand in one text."""
    names: list[str] = []
    for item in split_at(tokens, ","):
        if item and item[0].token_type in STRINGS:
            text = item[0].text
            names += text.split(",") if script.dialect in _LISTS_IN_TEXTS else [in_quotes(text)]
        elif item:
            name = _name(script, item) if item[0].text.upper() not in _NONE_SAID else "$user"
            if not name:
                return None
            names.append(name)
    return _through(script, names)


def _through(script: Script, names: Sequence[str]) -> SearchPath:
    """The path through schemas, as they are written; the default one is empty."""
    plain = [name.strip() for name in names]
    left_out = _NONE_SAID | _HOLD_NOTHING
    plain = [name for name in plain if name.strip('"').upper() not in left_out]
    default = DEFAULT_SCHEMA.get(script.dialect)
    schemas = tuple(_one_of(script, name, default) for name in plain)
    if not any(schemas):
        return NOWHERE
    return SearchPath("", (*schemas, "") if script.dialect == "duckdb" else schemas)


def _one_of(script: Script, name: str, default: str | None) -> str:
    """A schema of a path; Snowflake's `$current` is the one that is used, `$public` the default."""
    if script.dialect == "snowflake" and name[:1] == "$":
        used = script.context.paths[0].schemas[:1] if script.context.paths else ()
        return "".join(used) if name.lower() == "$current" else ""
    schema = written_relation(name, script.dialect)
    return "" if schema.lower() == default else schema


def _name(script: Script, tokens: Sequence[Token]) -> str:
    """The name that stands there, in a text or not; empty where it is computed."""
    if tokens and tokens[0].token_type not in STRINGS and word(tokens, 1) != "(":
        return name_at(tokens, 0, script.context.naming)
    text = folded(script, tokens)
    return written_relation(text, script.dialect) if text else ""


def _created(script: Script, tokens: Sequence[Token]) -> Iterator[SearchPath | None]:
    """Snowflake uses the schema or database that it has created."""
    start = after_words(tokens, 1, BEFORE_NAME)
    kinds = {word(tokens, n) for n in range(1, start)} & _KINDS
    name = name_at(tokens, start, script.context.naming)
    if not name or not kinds:
        return
    yield _of_database(script, name) if "DATABASE" in kinds else of_schema(script, name)


def _configured(script: Script, tokens: Sequence[Token]) -> Iterator[SearchPath | None]:
    """SELECT set_config('search_path', 'a, b', false)."""
    spelt_so = (n for n in range(1, len(tokens)) if spelt(tokens, n) == "SET_CONFIG")
    called = next(spelt_so, -1)
    if called < 0 or word(tokens, called + 1) != "(":
        return
    items = list(listed(tokens, called + 1))
    set_one = (folded(script, items[0]) or "search_path").lower()
    if set_one != "search_path" or len(items) < 2:  # noqa: PLR2004 - a setting and its value
        return
    text = folded(script, items[1])
    yield None if text is None else _through(script, text.split(","))
