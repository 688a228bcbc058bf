"""Search paths: where a name without a schema or database is looked up, as statements say.

What is said in a branch, in a body or for a transaction may hold later on or not; then what held
before may hold as well.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from lineage.compile.meant import NOWHERE, UNKNOWN_PLACE, SearchPath, as_meant, of_unknown_place
from lineage.compile.scripts.own_schemas import MAY_HOLD_NAMES, paths_of_holder
from lineage.compile.scripts.said_paths import BEFORE_NAME, of_schema, path_listed, said
from lineage.compile.scripts.tokens import after_words, find_word, says, spellings, word
from lineage.compile.unparsed import name_at, names_in
from lineage.dialects import LIKE_POSTGRES, LIKE_TSQL
from lineage.objects import Hole, Statement
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

# A comment may stand between any two words, and what is run may be put together.
_MAY_SAY = tuple(
    """
    schema catalog database immediate prepare search_path dataset_ set_config exec default_namespace
    """.split()
)
_USE = re.compile(r"use(?<!\wuse)\b")
_TAKES_BACK = LIKE_POSTGRES  # what a transaction has set
_BEGINS = frozenset({"BEGIN", "START", "COMMIT"})  # or end a transaction, which keeps all
_MOST = 16  # paths that may be in force at one place
_SURELY = frozenset({"SELECT", "PERFORM"})  # first words of what surely calls what it names
_OF_USERS = frozenset({"ROLE", "USER", "DATABASE", "SYSTEM", "LOGIN", "ACCOUNT"})
_DEFAULTS = {"SEARCH_PATH", "DEFAULT_NAMESPACE", "DEFAULT_SCHEMA", "DEFAULT_DATABASE"}
_HARMLESS = frozenset({"PUBLIC", "DBO", "PG_CATALOG", "$USER", "DEFAULT", ""})
DEFAULT_CHANGED = "in which schema a user's tables are whose name has none is changed"
ELEMENTS = frozenset({"CREATE", "GRANT"})  # first words of what CREATE SCHEMA makes in it
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE"})


def may_say_path(low: str, dialect: str) -> bool:
    """Whether a text, in small letters, may say where its names are looked up."""
    if any(map(low.__contains__, _MAY_SAY)) or _USE.search(low) is not None:
        return True
    return any(map(low.__contains__, MAY_HOLD_NAMES.get(dialect, ())))


def looked_up(
    script: Script, tokens: Sequence[Token], read: Iterator[Statement]
) -> Iterator[Statement]:
    """The statements that tokens are `read` as, with their names as they are looked up.

    A path `inside` holds for this statement alone, one that is `held` also for those that come
    next, up to the end of the routine.
    """
    context = script.context
    if context.paths_around is not None and (word(tokens, 0) == "GO" or not _goes_on(script)):
        context.paths, context.paths_around = context.paths_around, None
    yield from take_path(script, tokens)
    yield from _default_changed(script, tokens)
    around, elements = context.paths, _elements_of_schema(tokens)
    inside = _path_of_schema(script, tokens) if elements else _path_of_routine(script, tokens)
    held = paths_of_holder(script, tokens) if inside is None else ()
    context.paths = (inside,) if inside is not None else held or around
    if held and script.dialect in LIKE_TSQL:
        context.keep_around(around)  # a GO may end the routine while it is read
    for element in elements:
        yield from script.statements(element)
    for statement in () if elements else script.late_bodies.noted(script, tokens, read):
        found = of_unknown_place(statement) if context.lost else statement
        yield as_meant(found, context.paths, context.databases, script.dialect)
    yield from script.late_bodies.called(script, tokens)
    runs_text = script.dialect in LIKE_TSQL and word(tokens, 0) in {"EXEC", "EXECUTE"}
    if held and _goes_on(script):
        context.keep_around(around)
    elif inside is not None or held or runs_text:
        context.paths = around


def _goes_on(script: Script) -> bool:
    """Whether what is read next is of a routine whose head has been read."""
    open_block = bool(script.context.conditions) or script.declaring or script.bracketed
    to_the_end = script.dialect in LIKE_TSQL  # of the batch
    return script.in_package or (script.in_body and (open_block or to_the_end))


def _default_changed(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ALTER ROLE … SET search_path and its kin: other sessions, and so other files, have it."""
    if word(tokens, 0) != "ALTER" or word(tokens, 1) not in _OF_USERS:
        return
    at = find_word(tokens, _DEFAULTS, 2)
    if at < 0:
        return
    value = {text.strip() for text in spellings(tokens[at + 1 :])} - {"=", "TO", ",", ";"}
    parts = {part.strip(" \"'") for text in value for part in text.split(",")}
    if not parts <= _HARMLESS:
        names = names_in(tokens[at:], script.context.naming)
        offset = tokens[0].start
        yield Statement(
            offset, holes=(Hole(GapReason.UNSUPPORTED, DEFAULT_CHANGED, names, offset),)
        )


def take_path(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Take what a statement says of where names are looked up from here on.

    What is computed leaves a gap, and so does a script that says too much.
    """
    context, first = script.context, word(tokens, 0)
    if first in _BEGINS and not (script.in_body or context.conditions):
        context.paths_before = ()
    if first in {"ROLLBACK", "ABORT"} and script.dialect in _TAKES_BACK:
        _add(script, context.paths_before)
        return
    told = list(said(script, tokens, first))
    if not told:
        return
    path = told[-1]
    sure = path is not None and not _is_unsure(script, tokens, first)
    if script.session_tables is not None:
        script.session_tables.look_elsewhere(tokens, script.dialect)
    found_there = any(word(tokens, n) == "EXISTS" for n in range(6))  # which hardly changes a path
    before = context.paths or (() if found_there else (NOWHERE,))
    context.paths = (path,) if path is not None else ()
    context.paths_before = tuple(dict.fromkeys((*before, *context.paths_before)))
    if not sure:
        _add(script, before)
    lost = path is None or len(context.paths) > _MOST
    context.lost = lost or (context.lost and not sure)
    if lost:
        at = tokens[0].start
        yield Statement(at, holes=(Hole(GapReason.DYNAMIC_SQL, UNKNOWN_PLACE, (), at),))


def _path_of_routine(script: Script, tokens: Sequence[Token]) -> SearchPath | None:
    """Where names in the body of a routine of Postgres are looked up, if its head says so."""
    heads = {word(tokens, n) for n in range(1, 5)}
    at = -1 if heads.isdisjoint(_ROUTINES) else find_word(tokens, {"SEARCH_PATH"}, 1)
    if at < 0 or word(tokens, at - 1) != "SET":
        return None
    return path_listed(script, tokens[at + 2 : at + 3])


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
    return says(tokens, 0, "CREATE", "SCHEMA")


def with_elements(pieces: Sequence[Sequence[Token]]) -> list[Sequence[Token]]:
    """The statements of a batch of T-SQL, the elements of a schema that is made with it."""
    own = next((n for n, p in enumerate(pieces) if n and word(p, 0) not in ELEMENTS), len(pieces))
    return [[token for piece in pieces[:own] for token in piece], *pieces[own:]]


def _path_of_schema(script: Script, tokens: Sequence[Token]) -> SearchPath | None:
    """Where CREATE SCHEMA makes its elements."""
    start = after_words(tokens, 2, BEFORE_NAME | {"AUTHORIZATION"})
    return of_schema(script, name_at(tokens, start, script.context.naming))


def _add(script: Script, paths: Sequence[SearchPath]) -> None:
    """Paths that may be in force too."""
    script.context.paths = tuple(dict.fromkeys((*script.context.paths, *paths)))


def _is_unsure(script: Script, tokens: Sequence[Token], first: str) -> bool:
    """Whether what is said may not hold at what follows."""
    if first not in _SURELY and "SET_CONFIG" in spellings(tokens):
        return True
    branch = script.pending is not None or bool(script.context.conditions)
    words = {word(tokens, n) for n in range(6)}
    return branch or script.in_body or not words.isdisjoint({"LOCAL", "EXISTS"})
