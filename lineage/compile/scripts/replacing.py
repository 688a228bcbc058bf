"""Databricks' INSERT … REPLACE ON: rows of the target that match one of a query give way to its."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.scripts.tokens import (
    QUERIES,
    after_brackets,
    find_word,
    in_brackets,
    made_words,
    word,
)
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement


def replaces_on(tokens: Sequence[Token]) -> bool:
    """Whether an INSERT says on which condition rows of its target give way."""
    at = find_word(tokens, {"REPLACE"}, 1)
    return at > 0 and word(tokens, at + 1) == "ON"


def replacing_on(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """The DELETE and the INSERT that the statement comes to."""
    start = 1 + (word(tokens, 1) == "INTO")
    start += word(tokens, start) == "TABLE"
    named = end_of_name(tokens, start)
    replaced = find_word(tokens, {"REPLACE"}, named)
    query, end = _query(tokens, replaced + 2)
    by_name = find_word(tokens[:replaced], {"BY"}, named)
    by_name = by_name if by_name > 0 else replaced
    delete, source, using, where = made_words("delete from using where", tokens[0])
    target = tokens[start:by_name]
    given = [*in_brackets(tokens[query:end], tokens[0]), *_alias(tokens, end)]
    condition = tokens[replaced + 2 : query - (word(tokens, query - 1) == "(")]
    removed = script.plain([delete, source, *target, using, *given, where, *condition])
    hidden = tuple(replace(removal, hides=True) for removal in removed.removals)
    yield replace(removed, removals=hidden)
    yield script.plain([*tokens[:named], *tokens[by_name:replaced], *tokens[query:end]])


def _query(tokens: Sequence[Token], start: int) -> tuple[int, int]:
    """Where the query behind the condition begins and ends: the last one, in brackets or not."""
    plain = find_word(tokens, QUERIES, start)
    if plain > 0:
        return plain, len(tokens)
    opened = [n for n in range(start, len(tokens)) if word(tokens, n) == "("]
    outer = [n for n in opened if word(tokens, n + 1) in QUERIES]
    for position in reversed(outer):
        closed = after_brackets(tokens, position)
        if closed + len(_alias(tokens, closed)) == len(tokens):
            return position + 1, closed - 1
    return len(tokens), len(tokens)


def _alias(tokens: Sequence[Token], closed: int) -> Sequence[Token]:
    """What a query in brackets is called, at the end of the statement."""
    rest = tokens[closed:]
    rest = rest[1:] if word(rest, 0) == ")" else rest
    return rest if len(rest) <= 1 + (word(rest, 0) == "AS") else []
