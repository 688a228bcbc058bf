"""Queries that fill variables: SELECT … INTO, `SELECT @x = …`, FETCH and OPEN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.compile.scripts.compound import with_plain_assignments
from lineage.compile.scripts.cursors import takes_values
from lineage.compile.scripts.handlers import whether_found
from lineage.compile.scripts.results import whole
from lineage.compile.scripts.tokens import INTO, find_end, find_word, split_at, with_commas, word
from lineage.compile.scripts.transfers import into_file
from lineage.compile.scripts.variables import (
    MARKS,
    assign,
    copy_rows,
    declare_rows,
    given_to,
    names_of,
)
from lineage.dialects import LIKE_MYSQL, LIKE_TRINO, LIKE_TSQL
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

_ENDS_INTO = frozenset("FROM WHERE USING LIMIT GROUP ORDER HAVING UNION FOR FETCH OFFSET".split())
# The first letter is spelt in both cases, as the engine then leaps from one such to the next.
_SETS = re.compile(r"[Ii](?i:nto)\b")
_SETS_MARKED = re.compile(r"@|[Ii](?i:nto)\b")
_NEVER_INTO = LIKE_TRINO | {"bigquery", "hive", "spark2"}
_MARKS_VARIABLES = LIKE_MYSQL | LIKE_TSQL
_NOT_VARIABLES = frozenset({"TEMP", "TEMPORARY", "TABLE", "UNLOGGED"})
_WRITES = frozenset({"INSERT", "MERGE", "REPLACE", "COPY"})
# Where SELECT … INTO a name never makes a table.
_INTO_VARIABLES = LIKE_MYSQL | {"oracle", "snowflake", "databricks", "spark"}

_UNKNOWN_CURSOR = "the cursor that is fetched from is not known"


def read_select(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """SELECT … INTO variables, `SELECT @x = value`; any other query is plain."""
    if script.dialect in _NEVER_INTO or not _may_set(script, tokens):
        yield script.plain(tokens)
        return
    if script.dialect in LIKE_TSQL:
        tokens = with_plain_assignments(tokens)
    marked = _without_targets(tokens) if script.dialect not in LIKE_MYSQL else None
    if marked is not None:  # in MySQL `@x = a` compares, and `@x := a` is a value as well
        yield from assign(script, *marked)
        return
    into = find_word(tokens, INTO, 1)
    if into > 0 and word(tokens, into + 1) in {"OUTFILE", "DUMPFILE"}:
        yield into_file(script, tokens, into)
        return
    if into < 0 or _names_table(tokens, into + 1) or word(tokens, into - 1) in _WRITES:
        yield script.plain(tokens)
        return
    end = _after_names(tokens, into + 1) if into == 1 else _end_of_targets(tokens, into + 1)
    strict = word(tokens, into + 1) == "STRICT" and into + 2 < end and word(tokens, into + 2) != ","
    targets = tokens[into + 1 + strict : end]
    names = names_of(script, targets)
    known = all(script.context.name(n) in script.context.variables for n in names)
    if not names or not (known or script.dialect in _INTO_VARIABLES or targets[0].text in MARKS):
        rest = find_word(tokens, {"FROM"}, end) if into == 1 else -1
        late = [*tokens[:1], *tokens[end:rest], *tokens[1:end], *tokens[max(rest, 0) :]]
        yield script.plain(late if rest > 0 else tokens)
        return
    query = [*tokens[:into], *tokens[end:]]
    first = script.context.held(names[0])
    every = "*" in {word(query, n) for n in range(1, 3)}
    several = find_word(query, {","}, 1) in range(1, find_end(query, {"FROM"}, 1))
    rows = len(names) == 1 and (every or several or (first is not None and first.rows))
    yield from assign(script, names, query, rows=rows)
    if script.context.unfound:
        yield from whether_found(script, script.value(query))


def _names_table(tokens: Sequence[Token], start: int) -> bool:
    """Whether a table is made, as in `INTO TEMP t`; a variable may be called `temp`."""
    here, behind = word(tokens, start), word(tokens, start + 1)
    return here in _NOT_VARIABLES and behind != "." and not _is_end(tokens, start + 1)


def _is_end(tokens: Sequence[Token], position: int) -> bool:
    here = word(tokens, position).partition(" ")[0]
    return position >= len(tokens) or here in _ENDS_INTO or here == ","


def _end_of_targets(tokens: Sequence[Token], start: int) -> int:
    """Where the variables of INTO end, which may be called like what comes behind them."""
    end = find_end(tokens, _ENDS_INTO, start + 1)
    while end < len(tokens) and word(tokens, end - 1) in {",", "."}:
        end = find_end(tokens, _ENDS_INTO, end + 1)
    return end


def _may_set(script: Script, tokens: Sequence[Token]) -> bool:
    """False for a query that surely sets no variable."""
    marked = script.dialect in _MARKS_VARIABLES
    if not (marked or script.says_into):
        return False
    may_set = _SETS_MARKED if marked else _SETS
    return may_set.search(script.text, tokens[0].start, tokens[-1].end + 1) is not None


def _after_names(tokens: Sequence[Token], start: int) -> int:
    """Where the variables of `SELECT INTO a, b x, y FROM t` end."""
    position = start + (word(tokens, start) == "STRICT")
    while True:
        position += word(tokens, position) in MARKS
        position += 1
        while word(tokens, position) == ".":
            position += 2
        if word(tokens, position) != ",":
            return position
        position += 1


def _without_targets(tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]] | None:
    """`SELECT @x = a, @y := b FROM t` as the names and the query without them."""
    first = find_word(tokens, {"@"}, 1)
    if first < 0 or first > 4 or word(tokens, first + 2) not in {"=", ":=", "+="}:  # noqa: PLR2004
        return None
    end = find_end(tokens, {"FROM"}, first)
    items = list(split_at(tokens[first:end], ","))
    if any(word(i, 0) != "@" or word(i, 2) not in {"=", ":=", "+="} for i in items):
        return None
    query = [*tokens[:first], *with_commas(item[3:] for item in items), *tokens[end:]]
    return [item[1] for item in items], query


def read_fetch(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """FETCH … cursor INTO variables."""
    into = find_word(tokens, INTO, 1)
    if into < 0:
        shown = script.context.held(tokens[-1])
        if shown is None:
            yield script.hole(GapReason.DYNAMIC_SQL, _UNKNOWN_CURSOR, tokens)
        else:
            yield whole(shown.relation, tokens[0].start)
        return
    cursor = script.context.held(tokens[into - 1])
    names = names_of(script, tokens[into + 1 : find_end(tokens, {"LIMIT"}, into)])
    if cursor is None or not names:
        yield script.hole(GapReason.DYNAMIC_SQL, _UNKNOWN_CURSOR, tokens)
        return
    first = script.context.held(names[0])
    many = word(tokens, into) != "INTO"
    row = first is not None and (first.rows or not first.engines)
    rows = len(names) == 1 and (many or row)
    yield from copy_rows(script, names, cursor, rows=rows)
    if script.context.unfound:
        yield from whether_found(script, whole(cursor.relation, tokens[0].start))


def read_open(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """OPEN cursor FOR query."""
    given = find_word(tokens, {"FOR"}, 1)
    if given > 1 and given + 1 < len(tokens):
        yield from declare_rows(script, tokens[given - 1], tokens[given + 1 :])
    elif len(tokens) > 1 and takes_values(script, tokens[1]):
        yield from given_to(script, tokens[1:])
    elif script.moves(tokens[3 if word(tokens, 1) in MARKS else 2 :]):
        message = "what a cursor is opened with is not followed"
        yield script.hole(GapReason.DYNAMIC_SQL, message, tokens)
