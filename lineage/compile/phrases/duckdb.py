"""What DuckDB writes otherwise: PIVOT whose rows are sorted and cut, branches of MERGE, casts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import all_from, find_word, made_word, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_PIVOTS = frozenset({"PIVOT", "UNPIVOT", "PIVOT_WIDER", "PIVOT_LONGER"})
_BEFORE = frozenset({"", "(", "AS"})
_AFTER_BRANCH = frozenset({"WHEN", "RETURNING"})
_CUTS = frozenset({"ORDER BY", "LIMIT", "OFFSET"})


def said_by_duckdb(tokens: Sequence[Token]) -> list[Token]:
    """Its statements with what the parser knows."""
    return _with_plain_branches(_with_pivots_in_brackets(_with_plain_casts(tokens)))


def _with_plain_casts(tokens: Sequence[Token]) -> list[Token]:
    """`?::int`, a parameter and its cast, which are one operator of another engine."""
    said: list[Token] = []
    for token in tokens:
        if token.token_type is TokenType.QDCOLON:
            said += [
                made_word(TokenType.PLACEHOLDER, "?", token),
                made_word(TokenType.DCOLON, "::", token),
            ]
        else:
            said.append(token)
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
            words = [made_word(TokenType.VAR, text, tokens[position]) for text in ("do", "nothing")]
            said += words
            end = find_word(tokens, _AFTER_BRANCH, position)
            position = end if end > 0 else len(tokens)
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
            said.append(made_word(TokenType.R_PAREN, ")", token))
        before = word(tokens, position - 1) if position else ""
        if word(tokens, position) in _PIVOTS and before in _BEFORE:
            cut = find_word(tokens, _CUTS | {")"}, position)
            if word(tokens, cut) in _CUTS:
                closes[cut] = token
                said += [*all_from(token), made_word(TokenType.L_PAREN, "(", token)]
        said.append(token)
    return said
