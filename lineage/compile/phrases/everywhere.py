"""Forms of no one dialect: words, pattern variables, columns of an INSERT, escapes of drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import after_brackets, is_text, made_word, split_at, word
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_TIMES = frozenset({"D", "T", "TS"})
_FUNCTIONS_TOO = frozenset({TokenType.WINDOW, TokenType.UPDATE})


def with_words(tokens: list[Token]) -> list[Token]:
    """MATCH_RECOGNIZE, which not every tokenizer knows; `window(…)`, `update(…)`, which it does."""
    said = list(tokens)
    for position, token in enumerate(tokens[:-1]):
        here = token.text.upper()
        if here == "MATCH_RECOGNIZE" and token.token_type is TokenType.VAR:
            said[position] = made_word(TokenType.MATCH_RECOGNIZE, token.text, token)
        elif token.token_type in _FUNCTIONS_TOO and tokens[position + 1].text == "(":
            said[position] = made_word(TokenType.VAR, token.text, token)
    return said


def with_plain_columns(tokens: list[Token]) -> list[Token]:
    """INSERT INTO m a (a.x, y.field, z[1]): into columns x, y and z."""
    end = end_of_name(tokens, 2)
    opened = end + (word(tokens, end) != "(")
    closed = after_brackets(tokens, opened)
    if [word(tokens, n) for n in range(2)] != ["INSERT", "INTO"] or closed == opened:
        return tokens
    own = {word(tokens, end - 1), word(tokens, opened - 1)}
    said: list[Token] = []
    for item in split_at(tokens[opened + 1 : closed - 1], ","):
        qualified = word(item, 1) == "." and word(item, 0) in own
        said += [tokens[opened] if not said else _comma(item[0]), item[2 if qualified else 0]]
    return [*tokens[:opened], *said, *tokens[closed - 1 :]]


def with_plain_escapes(tokens: list[Token]) -> list[Token]:
    """ODBC's `{d '2026-01-31'}` is that text, and `{oj t LEFT JOIN u ON …}` that join."""
    said: list[Token] = []
    position = joins = 0
    while position < len(tokens):
        token, length = tokens[position], 1
        kind = word(tokens, position + 1) if token.text == "{" else ""
        if kind in _TIMES and word(tokens, position + 3) == "}" and is_text(tokens, position + 2):
            token, length = tokens[position + 2], 4
        elif kind == "OJ":
            token, length, joins = made_word(TokenType.L_PAREN, "(", token), 2, joins + 1
        elif joins and token.text == "}":
            token, joins = made_word(TokenType.R_PAREN, ")", token), joins - 1
        said.append(token)
        position += length
    return said


def _comma(near: Token) -> Token:
    return made_word(TokenType.COMMA, ",", near)


def without_subsets(tokens: list[Token]) -> list[Token]:
    """MATCH_RECOGNIZE: what `SUBSET u = (a, b)` calls u are rows of the table of a."""
    words = (word(tokens, position) for position in range(len(tokens)))
    start = next((n for n, here in enumerate(words) if here == "SUBSET"), 0)
    if not start:
        return tokens
    sets: dict[str, Token] = {}
    end = start + 1
    while word(tokens, end + 1) == "=" and word(tokens, end + 2) == "(":
        sets[word(tokens, end)] = tokens[end + 3]
        end = after_brackets(tokens, end + 2)
        end += word(tokens, end) == ","
    kept = [*tokens[:start], *tokens[end:]]
    return [
        sets.get(token.text.upper(), token) if word(kept, position + 1) == "." else token
        for position, token in enumerate(kept)
    ]


def without_booleans(tokens: Sequence[Token], *, only: bool) -> list[Token]:
    """`true` and `false` as names where they are no values: before a dot `only`, or anywhere."""
    constants = {TokenType.TRUE, TokenType.FALSE}
    return [
        made_word(TokenType.VAR, token.text, token)
        if token.token_type in constants and (not only or word(tokens, position + 1) == ".")
        else token
        for position, token in enumerate(tokens)
    ]
