"""What Snowflake writes otherwise: columns of external tables, types of elements, calls, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import (
    after_brackets,
    find_word,
    in_brackets,
    made_words,
    says,
    split_at,
    with_commas,
    word,
)
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_NEAR = 6  # words of CREATE OR REPLACE EXTERNAL TABLE


def said_by_snowflake(tokens: Sequence[Token]) -> list[Token]:
    """`FROM (CALL p(a))` as `FROM TABLE(p(a))`, and what else the parser does not know."""
    said = _with_brackets(_without_nulls(tokens))
    said = _with_plain_format(said) if word(said, 0) == "COPY" else said
    for position in range(len(said) - 1):
        if says(said, position, "(", "CALL"):
            said[position : position + 2] = made_words("table (", said[position])
    return said


def _with_plain_format(tokens: list[Token]) -> list[Token]:
    """`COPY … FILE_FORMAT = d.s.f` as `FILE_FORMAT = f`."""
    start = find_word(tokens, {"FILE_FORMAT"}) + 2
    end = end_of_name(tokens, start) if start > 1 and word(tokens, start - 1) == "=" else 0
    return [*tokens[:start], *tokens[end - 1 :]] if end > start else tokens


def _without_nulls(tokens: Sequence[Token]) -> list[Token]:
    """`ARRAY(NUMBER NOT NULL)`: whether an element may be null."""
    inside: set[int] = set()
    for position in range(len(tokens)):
        if word(tokens, position) in {"ARRAY", "MAP", "OBJECT"}:
            inside.update(range(position + 1, after_brackets(tokens, position + 1)))
    left_out = {n + more for n in inside for more in range(2) if says(tokens, n, "NOT", "NULL")}
    return [token for position, token in enumerate(tokens) if position not in left_out]


def _with_brackets(tokens: Sequence[Token]) -> list[Token]:
    """`CREATE EXTERNAL TABLE t (d date AS to_date(x))`, as `AS (to_date(x))`."""
    external = "EXTERNAL" in {word(tokens, n) for n in range(_NEAR)}
    opened = find_word(tokens, {"("}, 1) if external and word(tokens, 0) == "CREATE" else -1
    closed = after_brackets(tokens, opened) if opened > 0 else 0
    if not closed:
        return list(tokens)
    said = with_commas(map(_bracketed, split_at(tokens[opened + 1 : closed - 1], ",")))
    return [*tokens[: opened + 1], *said, *tokens[closed - 1 :]]


def _bracketed(item: Sequence[Token]) -> Sequence[Token]:
    at = find_word(item, {"AS"})
    if at < 0 or at + 1 == len(item) or word(item, at + 1) == "(":
        return item
    return [*item[: at + 1], *in_brackets(item[at + 1 :], item[at])]
