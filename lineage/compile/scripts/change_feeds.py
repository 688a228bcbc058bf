"""Databricks' APPLY CHANGES and AUTO CDC: a feed of changes is kept in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    find_end,
    find_word,
    in_brackets,
    made_word,
    made_words,
    with_commas,
    word,
)
from lineage.compile.unparsed import name_at
from lineage.objects import Statement, Write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script


_CLAUSES = frozenset("APPLY SEQUENCE COLUMNS STORED IGNORE TRACK".split())


def _tested(tokens: Sequence[Token], start: int) -> list[Token]:
    """WHERE, of what `APPLY AS DELETE WHEN` and `APPLY AS TRUNCATE WHEN` test."""
    said: list[Token] = []
    for mark in ("DELETE", "TRUNCATE"):
        gone = find_word(tokens, {mark}, start)
        if gone > 0 and word(tokens, gone + 1) == "WHEN":
            tested = tokens[gone + 2 : find_end(tokens, _CLAUSES, gone + 2)]
            said += made_words("and" if said else "where", tokens[gone])
            said += in_brackets(tested, tokens[gone])
    return said


def read_apply(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Databricks' APPLY CHANGES INTO m FROM source KEYS (…) SEQUENCE BY …, or AUTO CDC."""
    into, given = (find_word(tokens, {mark}, 1) for mark in ("INTO", "FROM"))
    keys, order = (find_word(tokens, {mark}, given) for mark in ("KEYS", "SEQUENCE"))
    if not 0 < into < given < keys or order < 0:
        yield script.plain(tokens)
        return
    name = name_at(tokens, into + 1, script.context.naming)
    near = tokens[0]
    end = find_end(tokens, {"COLUMNS", "STORED", "TRACK", "APPLY", "IGNORE"}, order)
    rows = [*made_words("select *", near), *tokens[given:keys], *_tested(tokens, keys)]
    sort = made_word(TokenType.ORDER_BY, "order by", near)
    listed = tokens[keys + 2 : after_brackets(tokens, keys + 1) - 1]
    by = with_commas((listed, tokens[order + 2 : end]))
    statement = script.value([*rows, sort, *by, *made_words("limit 1", near)])
    writes = tuple(
        Write(name, w.scope, "insert", by_name=True, offset=w.offset) for w in statement.writes
    )
    yield replace(statement, writes=writes)
