"""`CASE x WHEN > 1 THEN …`: what one value is held against, as conditions of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import find_end, find_word, made_words, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_OPERATORS = frozenset({"=", "<>", "!=", "<", ">", "<=", ">="})
_PREDICATES = _OPERATORS | {"BETWEEN", "IN", "LIKE", "IS", "NOT", "MATCH"}


def with_searched_cases(tokens: list[Token]) -> list[Token]:
    """`CASE x WHEN > 1 WHEN 0 THEN …` as `CASE WHEN x > 1 WHEN x = 0 THEN …`."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        whens = _whens(tokens, position) if word(tokens, position) == "CASE" else []
        if any(word(tokens, at + 1) in _PREDICATES for at in whens):
            value = with_searched_cases(tokens[position + 1 : whens[0]])
            end = find_end(tokens, {"END"}, position + 1)
            said.append(tokens[position])
            for at, until in zip(whens, [*whens[1:], end], strict=True):
                said += _condition(tokens[at], value, tokens, at + 1)
                said += with_searched_cases(tokens[at + 1 : until])
            position = end
        else:
            said.append(tokens[position])
            position += 1
    return said


def _whens(tokens: Sequence[Token], case: int) -> list[int]:
    """Where WHEN stands in a CASE of one value; nothing in one of conditions."""
    end = find_word(tokens, {"END"}, case + 1)
    at = find_word(tokens, {"WHEN"}, case + 1)
    found: list[int] = []
    while case + 1 < at and (at < end or end < 0):
        found.append(at)
        at = find_word(tokens, {"WHEN"}, at + 1)
    return found


def _condition(when: Token, value: list[Token], tokens: Sequence[Token], at: int) -> list[Token]:
    """What begins a condition: the value, and that it is equal where nothing else is said."""
    if word(tokens, at) == "NOT" and word(tokens, at + 1) not in _PREDICATES:
        return [when, *value, *made_words("=", when)]
    equal = made_words("" if word(tokens, at) in _PREDICATES else "=", when)
    return [when, *value, *equal]
