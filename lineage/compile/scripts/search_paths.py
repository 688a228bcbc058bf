"""Search paths: USE and its kin, which say where a name without a schema or database is looked up.

What is said in a branch, in a body or for a transaction may hold later on or not; then what held
before may hold as well.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from lineage.compile.meant import NOWHERE, UNKNOWN_PLACE, SearchPath, as_meant, of_unknown_place
from lineage.compile.scripts.folding import folded
from lineage.compile.scripts.tokens import STRINGS, find_word, spelt, split_at, word
from lineage.compile.unparsed import end_of_name, name_at
from lineage.dialects import DEFAULT_SCHEMA, LIKE_TSQL, in_quotes, split_name, written_relation
from lineage.objects import Hole, Statement
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

# A comment may stand between any two words, and what is run may be put together.
_MAY_SAY = re.compile(
    r"\b(?:use|schema|catalog|database|immediate|prepare)\b|search_path|current_schema|dataset_"
    r"|set_config|\bexec",
    re.IGNORECASE,
)
_OF_DATABASES = LIKE_TSQL | {"redshift"}  # whose USE names a database that holds schemas
_TAKES_BACK = frozenset({"postgres", "redshift", "materialize"})  # what a transaction has set
_BEFORE_NAME = frozenset("IF NOT EXISTS OR REPLACE TRANSIENT DATABASE SCHEMA CREATE".split())
_KINDS = frozenset({"DATABASE", "SCHEMA", "CATALOG", "NAMESPACE"})
_NO_PLACES = frozenset({"ROLE", "WAREHOUSE", "SECONDARY", "INDEX", "PLAN", "HASH", "KEYS"})
_PATHS = frozenset({"SEARCH_PATH", "SCHEMA", "CURRENT_SCHEMA", "CATALOG", "DATABASE"})
_RESETS = frozenset({"RESET", "DISCARD"})
_SETS = frozenset({"SELECT", "PERFORM"})
_NONE_SAID = frozenset({"DEFAULT", "$USER", ""})
_MOST = 16  # paths that may be in force at one place
ELEMENTS = frozenset({"CREATE", "GRANT"})  # first words of what CREATE SCHEMA makes in it
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE"})


def may_say_path(text: str) -> bool:
    """Whether a text may say where its names are looked up."""
    return _MAY_SAY.search(text) is not None


def looked_up(
    script: Script, tokens: Sequence[Token], read: Iterator[Statement]
) -> Iterator[Statement]:
    """The statements that tokens are `read` as, with their names as they are looked up."""
    yield from _take_path(script, tokens)
    around = script.context.paths
    elements = _elements_of_schema(tokens)
    inside = _path_of_schema(script, tokens) if elements else _path_of_routine(script, tokens)
    if inside is not None:
        script.context.paths = (inside,)
    for element in elements:
        yield from script.statements(element)
    for statement in () if elements else read:
        lost = script.context.lost
        found = of_unknown_place(statement) if lost else statement
        yield as_meant(found, script.context.paths, script.context.databases)
    runs_text = script.dialect in LIKE_TSQL and word(tokens, 0) in {"EXEC", "EXECUTE"}
    if inside is not None or runs_text:
        script.context.paths = around


def _take_path(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Take what a statement says of where names are looked up from here on.

    What is computed leaves a gap, and so does a script that says too much.
    """
    first = word(tokens, 0)
    if first in {"ROLLBACK", "ABORT"} and script.dialect in _TAKES_BACK:
        _add(script, script.context.paths_before)
        return
    said = list(_said(script, tokens, first))
    if not said:
        return
    sure = all(known is not None for known in said) and not _is_unsure(script, tokens)
    before = script.context.paths
    script.context.paths = tuple(path for path in said[-1:] if path is not None)
    script.context.paths_before = tuple(dict.fromkeys((*before, *script.context.paths_before)))
    if not sure:
        _add(script, before)
    lost = None in said or len(script.context.paths) > _MOST
    script.context.lost = lost or (script.context.lost and not sure)
    if lost:
        at = tokens[0].start
        yield Statement(at, holes=(Hole(GapReason.DYNAMIC_SQL, UNKNOWN_PLACE, (), at),))


def _path_of_routine(script: Script, tokens: Sequence[Token]) -> SearchPath | None:
    """Where names in the body of a routine of Postgres are looked up, if its head says so."""
    at = find_word(tokens, {"SEARCH_PATH"}, 1)
    heads = {word(tokens, n) for n in range(1, 5)}
    if at < 0 or heads.isdisjoint(_ROUTINES) or word(tokens, at - 1) != "SET":
        return None
    return _listed(script, tokens[at + 2 : at + 3])


def _elements_of_schema(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """CREATE SCHEMA s CREATE TABLE …, which makes these in the schema: what stands behind it."""
    if not makes_schema(tokens):
        return []
    starts, at = [], find_word(tokens, ELEMENTS, 2)
    while at > 0:
        starts.append(at)
        at = find_word(tokens, ELEMENTS, at + 1)
    return [tokens[start:end] for start, end in pairwise([*starts, len(tokens)])]


def makes_schema(tokens: Sequence[Token]) -> bool:
    """Whether a statement makes a schema, whose elements may follow without a semicolon."""
    return word(tokens, 0) == "CREATE" and word(tokens, 1) == "SCHEMA"


def with_elements(pieces: Sequence[Sequence[Token]]) -> list[Sequence[Token]]:
    """The statements of a batch of T-SQL, the elements of a schema that is made with it."""
    own = next((n for n, p in enumerate(pieces) if n and word(p, 0) not in ELEMENTS), len(pieces))
    return [[token for piece in pieces[:own] for token in piece], *pieces[own:]]


def _path_of_schema(script: Script, tokens: Sequence[Token]) -> SearchPath | None:
    """Where CREATE SCHEMA makes its elements."""
    start = 2
    while word(tokens, start) in {*_BEFORE_NAME, "AUTHORIZATION"}:
        start += 1
    return _of_schema(script, name_at(tokens, start, script.context.naming))


def _add(script: Script, paths: Sequence[SearchPath]) -> None:
    """Paths that may be in force too."""
    script.context.paths = tuple(dict.fromkeys((*script.context.paths, *paths)))


def _is_unsure(script: Script, tokens: Sequence[Token]) -> bool:
    """Whether what is said may not hold at what follows."""
    branch = script.pending is not None or bool(script.context.conditions)
    words = {word(tokens, n) for n in range(6)}
    return branch or script.in_body or not words.isdisjoint({"LOCAL", "EXISTS"})


def _said(script: Script, tokens: Sequence[Token], first: str) -> Iterator[SearchPath | None]:
    """The path that a statement sets; None where it is computed."""
    if first == "USE":
        yield from _used(script, tokens)
    elif first == "SET" or (first == "ALTER" and word(tokens, 1) == "SESSION"):
        yield from _set(script, tokens)
    elif first in _RESETS and word(tokens, 1) in _PATHS | {"ALL"}:
        yield NOWHERE
    elif first == "DATABASE" and script.dialect == "teradata" and len(tokens) > 1:
        yield _of_schema(script, name_at(tokens, 1, script.context.naming))
    elif first == "OPEN" and word(tokens, 1) == "SCHEMA":
        yield _of_schema(script, name_at(tokens, 2, script.context.naming))
    elif first == "CREATE" and script.dialect == "snowflake":
        yield from _created(script, tokens)
    elif first in _SETS:
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
        yield _of_schema(script, name)


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


def _of_schema(script: Script, name: str) -> SearchPath | None:
    """A schema, in the database that is meant by now or in one that is named."""
    if not name:
        return None
    database, _dot, schema = name.rpartition(".")
    if database and len(split_name(name)) > 1:
        return SearchPath(database, (name, *((database,) if script.dialect == "duckdb" else ())))
    database = script.context.paths[0].database if script.context.paths else ""
    if not database and schema.lower() == DEFAULT_SCHEMA.get(script.dialect):
        return NOWHERE  # which is meant anyway
    behind = (database,) if script.dialect == "duckdb" else ()  # where `main` is looked through too
    return SearchPath(database, (f"{database}.{name}" if database else name, *behind))


def _set(script: Script, tokens: Sequence[Token]) -> Iterator[SearchPath | None]:
    """SET search_path TO a, b and its kin; BigQuery's SET @@dataset_id = 'd'."""
    at = next((n for n in range(1, min(len(tokens), 6)) if spelt(tokens, n) in _PATHS), -1)
    if at < 0:
        yield from _set_of_bigquery(script, tokens)
        return
    if spelt(tokens, at) == "SCHEMA" and word(tokens, at - 1) not in {"SET", "LOCAL", "SESSION"}:
        return
    said = tokens[at + 1 + (word(tokens, at + 1) in {"=", "TO"}) :]
    if spelt(tokens, at) in {"CATALOG", "DATABASE"}:
        name = _name(script, said)
        yield _of_database(script, name) if name else None
    elif said:
        yield _listed(script, said)


def _set_of_bigquery(script: Script, tokens: Sequence[Token]) -> Iterator[SearchPath | None]:
    texts = [token.text.lower() for token in tokens[1:4]]
    of_project = any(text.endswith("dataset_project_id") for text in texts)
    if script.dialect != "bigquery" or not (
        of_project or any(text.endswith("dataset_id") for text in texts)
    ):
        return
    equals = find_word(tokens, {"="}, 1)
    name = _name(script, tokens[equals + 1 :])
    if not name:
        yield None
    elif of_project:
        known = script.context.paths[0].schemas[:1] if script.context.paths else ()
        yield SearchPath(name, tuple(f"{name}.{schema}" for schema in known))
    else:
        yield _of_schema(script, name)


def _listed(script: Script, tokens: Sequence[Token]) -> SearchPath | None:
    """The schemas of a list; those of DuckDB stand in one text."""
    names: list[str] = []
    for item in split_at(tokens, ","):
        if item and item[0].token_type in STRINGS:
            text = item[0].text
            names += text.split(",") if script.dialect == "duckdb" else [in_quotes(text)]
        elif item:
            name = _name(script, item) if item[0].text.upper() not in _NONE_SAID else "$user"
            if not name:
                return None
            names.append(name)
    return _through(script, names)


def _through(script: Script, names: Sequence[str]) -> SearchPath:
    """The path through schemas, as they are written."""
    plain = [name.strip() for name in names]
    plain = [name for name in plain if name.strip('"').upper() not in _NONE_SAID]
    schemas = tuple(written_relation(name, script.dialect) for name in plain)
    if not schemas or schemas[0].lower() == DEFAULT_SCHEMA.get(script.dialect):
        return NOWHERE
    return SearchPath("", (*schemas, "") if script.dialect == "duckdb" else schemas)


def _name(script: Script, tokens: Sequence[Token]) -> str:
    """The name that stands there, in a text or not; empty where it is computed."""
    if tokens and tokens[0].token_type not in STRINGS and word(tokens, 1) != "(":
        return name_at(tokens, 0, script.context.naming)
    text = folded(script, tokens)
    return written_relation(text, script.dialect) if text else ""


def _created(script: Script, tokens: Sequence[Token]) -> Iterator[SearchPath | None]:
    """Snowflake uses the schema or database that it has created."""
    start = 1
    while word(tokens, start) in _BEFORE_NAME:
        start += 1
    kind = word(tokens, start - 1) if word(tokens, start - 1) in _KINDS else ""
    kinds = {word(tokens, n) for n in range(1, start)} & _KINDS
    name = name_at(tokens, start, script.context.naming)
    if not name or not (kind or kinds):
        return
    yield _of_database(script, name) if "DATABASE" in kinds else _of_schema(script, name)


def _configured(script: Script, tokens: Sequence[Token]) -> Iterator[SearchPath | None]:
    """SELECT set_config('search_path', 'a, b', false)."""
    called = find_word(tokens, {"SET_CONFIG"}, 1)
    if called < 0 or word(tokens, called + 1) != "(":
        return
    items = list(split_at(tokens[called + 2 :], ","))
    if folded(script, items[0]) not in {"search_path", None} or len(items) < 2:  # noqa: PLR2004
        return
    text = folded(script, items[1])
    yield None if text is None else _through(script, text.split(","))
