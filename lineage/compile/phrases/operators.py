"""Operators in parts, and those of extensions, which the tokenizer does not know as one."""

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
# What operators may be made of, and what has to be in one that ends with a sign:
# https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS
_CHARACTERS = frozenset("+-*/<>=~!@#%^&|`?")
_SIGNS = frozenset("+-")
_MARKS = frozenset("~!@#%^&|`?")


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


def with_known_operators(tokens: Sequence[Token]) -> list[Token]:
    """`<#>`, `&&&` and `%>` of Postgres' extensions, each as `<->`: a value made of two others."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        end = _end_of_operator(tokens, position)
        if end > position + 1:
            said.append(made_word(TokenType.LR_ARROW, "<->", tokens[position]))
            position = end
        else:
            said.append(tokens[position])
            position += 1
    return said


def _end_of_operator(tokens: Sequence[Token], start: int) -> int:
    """Where tokens end that stand close together and are made of nothing but operators' signs."""
    end = start
    while end < len(tokens) and _CHARACTERS.issuperset(tokens[end].text):
        if end > start and tokens[end].start != tokens[end - 1].end + 1:
            break
        end += 1
    whole = "".join(token.text for token in tokens[start:end])
    while end > start and whole[-1] in _SIGNS and _MARKS.isdisjoint(whole):
        end -= 1
        whole = whole[: -len(tokens[end].text)]
    return end
