"""What ClickHouse writes otherwise: aggregates with parameters, and two limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import after_brackets, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_AFTER_LIMIT = frozenset("SELECT UNION EXCEPT INTERSECT SETTINGS FORMAT ;".split())


def _with_plain_calls(tokens: Sequence[Token]) -> list[Token]:
    """`f(3)(x)`, an aggregate with parameters that the parser does not know, as `f(x)`."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        said.append(tokens[position])
        position += 1
        closed = after_brackets(tokens, position) if position < len(tokens) else position
        named = said[-1].token_type is TokenType.VAR
        if named and closed > position and word(tokens, closed) == "(":
            position = closed
    return said


def with_one_limit(written: Sequence[Token]) -> list[Token]:
    """ClickHouse: `LIMIT n BY a LIMIT m` cuts twice; that it cuts is said by the first alone."""
    tokens = _with_plain_calls(written)
    said: list[Token] = []
    by = [False]  # in each bracket that is open, whether a LIMIT BY was met
    skipping = False
    for position, token in enumerate(tokens):
        here = word(tokens, position)
        if here == "(":
            by.append(False)
        elif here == ")":
            by, skipping = by[:-1] or [False], False
        elif here == "BY" and word(tokens, position - 2) == "LIMIT":
            by[-1] = True
        elif here == "LIMIT":
            skipping = by[-1]
        elif here in _AFTER_LIMIT:
            skipping, by[-1] = False, by[-1] and here in {"SETTINGS", "FORMAT"}
        if not skipping:
            said.append(token)
    return said
