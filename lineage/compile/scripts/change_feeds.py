"""Databricks' APPLY CHANGES and AUTO CDC: a feed of changes is kept in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import after_brackets, find_end, find_word, made_word, word
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
            kind, text = (TokenType.AND, "and") if said else (TokenType.WHERE, "where")
            opened = made_word(TokenType.L_PAREN, "(", tokens[gone])
            closed = made_word(TokenType.R_PAREN, ")", tokens[gone])
            said += [made_word(kind, text, tokens[gone]), opened, *tested, closed]
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
    words = ((TokenType.SELECT, "select"), (TokenType.STAR, "*"))
    start = [made_word(kind, text, near) for kind, text in words]
    sort = [made_word(TokenType.ORDER_BY, "order by", near)]
    comma = made_word(TokenType.COMMA, ",", near)
    by = [*tokens[keys + 2 : after_brackets(tokens, keys + 1) - 1], comma]
    by += tokens[order + 2 : end]
    sort = [*_tested(tokens, keys), *sort]
    cut = [made_word(TokenType.LIMIT, "limit", near), made_word(TokenType.NUMBER, "1", near)]
    query = [*start, *tokens[given:keys], *sort, *by, *cut]
    statement = script.value(query)
    writes = tuple(
        Write(name, w.scope, "insert", by_name=True, offset=w.offset) for w in statement.writes
    )
    yield replace(statement, writes=writes)
