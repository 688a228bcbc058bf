"""What runs functions whenever a row comes in: constraints, indexes, statistics, types, casts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.declarations import note_fields
from lineage.compile.scripts.masks import shown_by_masks
from lineage.compile.scripts.policies import hidden, named_at
from lineage.compile.scripts.tokens import (
    after_brackets,
    calls_unknown,
    find_word,
    listed,
    split_at,
    word,
    words_of,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.objects import FUNCTION
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

# What calls functions of the project wherever a value of a type is: which, no text says.
CALLERS = frozenset({"DOMAIN", "CAST", "OPERATOR", "TYPE"})
_NAMES_FUNCTION = frozenset({"FUNCTION", "PROCEDURE"})
# … of a range, or of a type of its own: https://www.postgresql.org/docs/current/sql-createtype.html
_OF_TYPE = frozenset(
    """
    CANONICAL SUBTYPE_DIFF INPUT OUTPUT RECEIVE SEND TYPMOD_IN TYPMOD_OUT ANALYZE SUBSCRIPT
    """.split()
)
# What has to be in the text of a CREATE or ALTER of a table that runs something for each row.
_MAY_RUN = ("mask", "check")
_MAY_RUN_IN_POSTGRES = (*_MAY_RUN, "exclude", "partition")

_NEAR_KIND = 6  # words of CREATE OR REPLACE UNIQUE CLUSTERED INDEX


def run_for_rows(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """What a CREATE or ALTER of a table, or CREATE INDEX, has run for each of its rows."""
    near = {word(tokens, n) for n in range(1, _NEAR_KIND)}
    said = script.text[tokens[0].start : tokens[-1].end + 1].lower()
    postgres = script.dialect == "postgres"
    of_index = "TABLE" not in near and not near.isdisjoint({"INDEX", "STATISTICS"})
    may_run = _MAY_RUN_IN_POSTGRES if postgres else _MAY_RUN
    if not (of_index or any(text in said for text in may_run)):
        return  # far faster than to look at all tokens
    words = words_of(tokens)
    if "MASK" in words:
        yield from shown_by_masks(tokens, script.context.naming)
    if of_index and "STATISTICS" in near:
        start = find_word(tokens, {"FROM"}) + 1
        listed = tokens[find_word(tokens, {"ON"}) + 1 : start - 1] if start else []
        predicates = list(split_at(listed, ","))
    elif of_index and "CHECK" not in words:
        start = find_word(tokens, {"ON"}) + 1
        start += word(tokens, start) == "ONLY"
        predicates = list(_indexed(tokens, start))
    else:
        start = named_at(tokens, len(tokens))
        predicates = list(_checks(tokens, words))
        if postgres:
            predicates += [*_excluded(tokens, words), *_partitioned(tokens)]
    table = tokens[start : end_of_name(tokens, start)]
    for predicate in predicates:
        if table and calls_unknown(predicate, script.dialect):
            yield hidden(script, table, predicate)


def _checks(tokens: Sequence[Token], words: Sequence[str]) -> Iterator[Sequence[Token]]:
    """CHECK (…)."""
    for position, said in enumerate(words):
        if said == "CHECK" and word(tokens, position + 1) == "(":
            yield tokens[position + 1 : after_brackets(tokens, position + 1)]


def _excluded(tokens: Sequence[Token], words: Sequence[str]) -> Iterator[Sequence[Token]]:
    """EXCLUDE USING method (…) WHERE (…)."""
    for position, said in enumerate(words):
        if said == "EXCLUDE" and words[position + 1 : position + 2] in (["USING"], ["("]):
            yield from _indexed(tokens, position + 1)


def _partitioned(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """PARTITION BY RANGE (…), which stands in no brackets."""
    at = find_word(tokens, {"PARTITION"})
    while at >= 0 and "BY" not in (word(tokens, at).split()[-1], word(tokens, at + 1)):
        at = find_word(tokens, {"PARTITION"}, at + 1)
    if at >= 0:
        yield from _indexed(tokens, at)


def _indexed(tokens: Sequence[Token], start: int) -> Iterator[Sequence[Token]]:
    """The expressions of an index, without what follows them, and its WHERE."""
    opened = next((n for n in range(start, len(tokens)) if word(tokens, n) == "("), len(tokens))
    end = after_brackets(tokens, opened)
    for item in split_at(tokens[opened + 1 : end - 1], ","):
        called = next((n for n in range(len(item)) if word(item, n) == "("), len(item))
        yield item[: after_brackets(item, called)]
    where = find_word(tokens, {"WHERE"}, end) + 1
    if where:
        closed = after_brackets(tokens, where) if word(tokens, end) == "WHERE" else where
        yield tokens[where : closed if closed > where else len(tokens)]


def read_caller(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """CREATE or ALTER DOMAIN, CAST, TYPE …: the functions of it run where nobody names them."""
    called = [
        name_at(tokens, n + 1 + (not tokens[n + 1].text.isidentifier()), script.context.naming)
        for n in range(2, len(tokens) - 1)
        if word(tokens, n) in _NAMES_FUNCTION
    ]
    kind, behind = word(tokens, 1), end_of_name(tokens, 2)
    as_fields = [word(tokens, n) for n in (0, behind, behind + 1)] == ["CREATE", "AS", "("]
    if kind == "TYPE" and as_fields:  # CREATE TYPE t AS (x …, y …)
        note_fields(script, tokens[behind - 1], listed(tokens, behind + 1))
    domain = [name_at(tokens, 2, script.context.naming)] if kind == "DOMAIN" else []
    if kind == "DOMAIN":
        rest = tokens[behind:]
        called = [
            name_at(rest, n, script.context.naming)
            for n in range(len(rest) - 1)
            if word(rest, n) != "CHECK" and calls_unknown(rest[n : n + 2], script.dialect)
        ]
        if "SELECT" in words_of(rest):
            called.append("")
    elif kind == "TYPE":
        called = [
            name_at(tokens, n + 2, script.context.naming)
            for n in range(3, len(tokens) - 2)
            if word(tokens, n) in _OF_TYPE and word(tokens, n + 1) == "="
        ]
    if called:
        message = f"what {word(tokens, 0)} {kind} runs is not known"
        names = [*domain, *(f"{FUNCTION}{name}" for name in called if name)]
        yield script.hole(GapReason.OPAQUE_CODE, message, tokens, names=names)
    else:
        yield script.plain(tokens)
