"""Assignments that change a value by itself: `SET x += y` is `SET x = x + y`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_COMPOUND = frozenset("+ - * / % & | ^".split())


def with_plain_assignments(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with each such assignment said in full."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        operator, *after = tokens[position : position + 2]
        if operator.text in _COMPOUND and after and _assigns(operator, after[0]):
            said += [after[0], *_assigned(tokens, position), operator]
            position += 1
        else:
            said.append(operator)
        position += 1
    return said


def _assigns(operator: Token, after: Token) -> bool:
    return after.token_type is TokenType.EQ and after.start == operator.end + 1


def _assigned(tokens: Sequence[Token], end: int) -> Sequence[Token]:
    """The dotted name or variable that ends before a token."""
    start = end - 1
    while start > 1 and tokens[start - 1].token_type is TokenType.DOT:
        start -= 2
    if start > 0 and tokens[start - 1].token_type is TokenType.PARAMETER:
        start -= 1
    return tokens[start:end]
