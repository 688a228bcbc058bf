"""The values in remarks: texts, and pairs of a key and a text, as they are written in DDL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import STRINGS, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

_LONGEST: Final = 8_192
_NESTS: Final = frozenset({"STRUCT", "ARRAY", "MAP", "ROW", "NESTED"})
_TEXTS: Final = STRINGS | {TokenType.BYTE_STRING, TokenType.UNICODE_STRING}


def value_at(tokens: Sequence[Token], position: int) -> str:
    """The text of the string at a position, empty where none stands there."""
    if position >= len(tokens) or tokens[position].token_type not in _TEXTS:
        return ""
    return tokens[position].text[:_LONGEST]


def strings_in(tokens: Sequence[Token]) -> list[str]:
    """The texts of all strings."""
    return [token.text[:_LONGEST] for token in tokens if token.token_type in _TEXTS]


def pairs_in(tokens: Sequence[Token], *, bare: bool = True) -> list[tuple[str, str]]:
    """`a.b = 'x', 'c' = 'y', d`: keys in lower case with their values.

    A `bare` key has an empty one, where there may be such keys.
    """
    found = []
    start = 0
    for end in (*(n for n, t in enumerate(tokens) if t.text == ","), len(tokens)):
        item = tokens[start:end]
        start = end + 1
        signs = (n for n, token in enumerate(item) if token.token_type is TokenType.EQ)
        equals = next(signs, len(item))
        key = "".join(token.text for token in item[:equals]).lower()
        value = item[equals + 1].text[:_LONGEST] if equals + 1 < len(item) else ""
        if key and (bare or equals < len(item)):
            found.append((key, value))
    return found


def items(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The runs of tokens between commas outside of brackets, those of nested types too."""
    start = depth = angles = 0
    for n, token in enumerate(tokens):
        if token.text == "<" and (angles or (n and word(tokens, n - 1) in _NESTS)):
            angles += 1
        elif angles and token.text in {">", ">>"}:
            angles = max(0, angles - len(token.text))
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(word(tokens, n), 0)
        if word(tokens, n) == "," and depth <= 0 and not angles:
            if n > start:
                yield tokens[start:n]
            start = n + 1
    if start < len(tokens):
        yield tokens[start:]
