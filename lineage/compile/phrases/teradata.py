"""What Teradata writes otherwise: how a column is shown, and what it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_SHOWN_AS = frozenset({"TITLE", "FORMAT"})


def without_titles(tokens: Sequence[Token]) -> list[Token]:
    """Teradata: `x (TITLE 'X', FORMAT '9')` is shown in another way, `x (NAMED y)` is `x y`."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        width, name = _phrase(tokens, position)
        said += tokens[position : position + 1] if not width else name
        position += width or 1
    return said


def _phrase(tokens: Sequence[Token], start: int) -> tuple[int, list[Token]]:
    """How many tokens a phrase in brackets has, 0 where there is none; and the name it gives."""
    name: list[Token] = []
    if tokens[start].token_type is not TokenType.L_PAREN:
        return 0, name
    for position in range(start + 1, len(tokens) - 2, 3):
        word, value, after = tokens[position : position + 3]
        if word.text.upper() == "NAMED":
            name = [value]
        elif word.text.upper() not in _SHOWN_AS or value.token_type is not TokenType.STRING:
            break
        if after.token_type is TokenType.R_PAREN:
            return position + 3 - start, name
        if after.token_type is not TokenType.COMMA:
            break
    return 0, []
