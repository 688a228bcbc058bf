"""Operators with blanks inside of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import made_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_IN_PARTS = {
    ">=": TokenType.GTE,
    "<=": TokenType.LTE,
    "<>": TokenType.NEQ,
    "!=": TokenType.NEQ,
    "!<": TokenType.GTE,
    "!>": TokenType.LTE,
}


def with_whole_operators(tokens: Sequence[Token]) -> list[Token]:
    """T-SQL and Oracle let blanks stand inside of `>=`, `<>`, `!<` and their like."""
    said: list[Token] = []
    for token in tokens:
        before = said[-1] if said else token
        whole = before.text + token.text
        if whole in _IN_PARTS and TokenType.STRING not in (before.token_type, token.token_type):
            said.append(made_word(_IN_PARTS[whole], whole, said.pop()))
        else:
            said.append(token)
    return said
