"""Snowflake's `first ->> second`: a statement that reads what those before it put out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.results import redirected
from lineage.compile.scripts.tokens import made_word, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

_BEFORE = frozenset({"FROM", "JOIN", ","})


def is_chain(script: Script, tokens: Sequence[Token]) -> bool:
    """Whether statements are joined by `->>`, which in other dialects looks into JSON."""
    may_join = script.dialect == "snowflake" and "->>" in script.text
    return may_join and any(token.token_type is TokenType.DARROW for token in tokens)


def read_chain(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Each statement, with its result going where those after it read it as `$1`, `$2`, …."""
    ends = [n for n, token in enumerate(tokens) if token.token_type is TokenType.DARROW]
    start = 0
    names: list[str] = []
    for end in (*ends, len(tokens)):
        link = _with_names(tokens[start:end], names)
        name = f"chain:{tokens[start].start}" if end < len(tokens) else ""
        for statement in script.statements(link) if link else ():
            yield redirected(statement, name, "variable") if name else statement
        names.append(name)
        start = end + 1


def _with_names(tokens: Sequence[Token], names: Sequence[str]) -> list[Token]:
    """`FROM $1` as FROM the relation that stands for the result of the statement before."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        back = word(tokens, position + 1) if token.token_type is TokenType.PARAMETER else ""
        if back.isdigit() and 0 < int(back) <= len(names) and word(said, len(said) - 1) in _BEFORE:
            said.append(made_word(TokenType.IDENTIFIER, names[-int(back)], token))
            position += 1
        else:
            said.append(token)
        position += 1
    return said
