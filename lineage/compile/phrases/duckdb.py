"""What DuckDB writes otherwise: PIVOT whose rows are sorted and cut, branches of MERGE, casts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    find_end,
    find_word,
    made_word,
    made_words,
    split_at,
    with_commas,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_PIVOTS = frozenset({"PIVOT", "UNPIVOT", "PIVOT_WIDER", "PIVOT_LONGER"})
_BEFORE = frozenset({"", "(", "AS"})
_AFTER_BRANCH = frozenset({"WHEN", "RETURNING"})
_OF_LISTS = frozenset({"REDUCE", "APPLY"})
_GENERATED = ("GENERATED", "ALWAYS")
_CUTS = frozenset({"ORDER BY", "LIMIT", "OFFSET"})


def said_by_duckdb(tokens: Sequence[Token]) -> list[Token]:
    """Its statements with what the parser knows."""
    plain = _with_plain_keys(_with_plain_words(tokens))
    return _with_plain_branches(_with_pivots_in_brackets(plain))


def _with_plain_words(tokens: Sequence[Token]) -> list[Token]:
    """`?::int`, `x GENERATED ALWAYS AS` without a type, `reduce(…)`, which others know too."""
    said: list[Token] = []
    for position, token in enumerate(tokens):
        here = word(tokens, position)
        if token.token_type is TokenType.QDCOLON:
            said.append(made_word(TokenType.PLACEHOLDER, "?", token))
            said.append(made_word(TokenType.DCOLON, "::", token))
        elif here in _OF_LISTS and word(tokens, position + 1) == "(":
            said.append(made_word(TokenType.VAR, f"list_{token.text}", token))
        elif here not in _GENERATED or not _lacks_type(tokens, position):
            said.append(token)
        if here == "NEAREST" and word(tokens, position + 1) == "BY":  # of so many as may be said
            said += made_words("1", token)
    return said


def _lacks_type(tokens: Sequence[Token], position: int) -> bool:
    """Whether a column begins right before GENERATED, or the ALWAYS behind that."""
    first = position - _GENERATED.index(word(tokens, position))
    written = tuple(word(tokens, first + n) for n in range(len(_GENERATED)))
    return first > 1 and written == _GENERATED and word(tokens, first - 2) in {"(", ","}


def _with_plain_keys(tokens: list[Token]) -> list[Token]:
    """`USING KEY (k, max(x))` as `USING KEY (k)`: what is gathered decides about no row."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        said.append(tokens[position])
        position += 1
        if word(said, len(said) - 1) == "KEY" and word(said, len(said) - 2) == "USING":
            end = after_brackets(tokens, position)
            items = list(split_at(tokens[position + 1 : end - 1], ","))
            keys = [item for item in items if word(item, 1) != "("]
            if end > position and len(keys) < len(items):
                said += [tokens[position], *with_commas(keys), tokens[end - 1]]
                position = end
    return said


def _with_plain_branches(tokens: list[Token]) -> list[Token]:
    """MERGE's `THEN ERROR [message]` as `THEN DO NOTHING`, its `UPDATE BY NAME` as `UPDATE`."""
    if find_word(tokens, {"MERGE", "MERGE INTO"}) < 0:
        return tokens
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        here, before = word(tokens, position), word(said, len(said) - 1) if said else ""
        if before == "THEN" and here == "ERROR":
            said += made_words("do nothing", tokens[position])
            position = find_end(tokens, _AFTER_BRANCH, position)
        elif before == "UPDATE" and [here, word(tokens, position + 1)] == ["BY", "NAME"]:
            position += 2
        else:
            said.append(tokens[position])
            position += 1
    return said


def _with_pivots_in_brackets(tokens: Sequence[Token]) -> list[Token]:
    """`PIVOT t ON x USING f(y) ORDER BY z LIMIT 1`, as `FROM (PIVOT …) ORDER BY z LIMIT 1`."""
    closes: dict[int, Token] = {}  # by where the sorting begins
    said: list[Token] = []
    for position, token in enumerate(tokens):
        if position in closes:
            said += made_words(")", token)
        before = word(tokens, position - 1) if position else ""
        if word(tokens, position) in _PIVOTS and before in _BEFORE:
            cut = find_word(tokens, _CUTS | {")"}, position)
            if word(tokens, cut) in _CUTS:
                closes[cut] = token
                said += made_words("select * from (", token)
        said.append(token)
    return said
