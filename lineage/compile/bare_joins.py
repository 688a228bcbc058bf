"""Joins without a condition: for each of them the parser reads all that follows twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.limits import expect_at_most

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

MAX_BARE_JOINS = 12  # in a row; one more takes twice as long, and twenty take half a minute

_JOINS = frozenset({TokenType.JOIN, TokenType.STRAIGHT_JOIN})
_CONDITIONS = frozenset({TokenType.ON, TokenType.USING})
_NEED_NONE = frozenset({TokenType.ARRAY, TokenType.CROSS, TokenType.NATURAL})
_CLAUSES = frozenset({TokenType.SELECT, TokenType.FROM, TokenType.WHERE, TokenType.GROUP_BY})


def refuse_bare_joins(tokens: Sequence[Token]) -> None:
    """Raise `ExcessError` where more joins in a row have no condition than anybody writes.

    A condition belongs to the last join before it that has none. `CROSS JOIN` says that there
    is none, which the parser understands at once.
    """
    if sum(token.token_type in _JOINS for token in tokens) > MAX_BARE_JOINS:
        _count(tokens)


def _count(tokens: Sequence[Token]) -> None:
    bare = [0]  # for each bracket that is open
    before = None
    for token in tokens:
        kind = token.token_type
        if kind in _JOINS and before not in _NEED_NONE:
            bare[-1] += 1
            # What stands in a bracket is read as often as what is around it.
            expect_at_most(sum(bare), MAX_BARE_JOINS, "joins without a condition", token.start)
        elif kind is TokenType.L_PAREN:
            bare.append(0)
        elif kind is TokenType.R_PAREN:
            bare[-2:] = bare[-2:-1] or [0]
        elif kind in _CONDITIONS:
            bare[-1] = max(0, bare[-1] - 1)
        elif kind in _CLAUSES:
            bare[-1] = 0
        before = kind
