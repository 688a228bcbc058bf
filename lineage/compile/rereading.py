"""What the parser reads twice: each doubles the time for all that is inside of it.

A join without a condition may have one after the joins that follow, what looks like a type may
turn out to be a function, and EXISTS may be one of an array. The parser tries one and then the
other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.parser import Parser
from sqlglot.tokenizer_core import TokenType

from lineage.limits import Excess, ExcessError
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

MAX_REREAD = 12  # inside one another; some tenths of a second, and half a minute at twenty

_JOINS = frozenset({TokenType.JOIN, TokenType.STRAIGHT_JOIN})
_CONDITIONS = frozenset({TokenType.ON, TokenType.USING})
_NEED_NONE = frozenset({TokenType.ARRAY, TokenType.CROSS, TokenType.NATURAL})
_CLAUSES = frozenset({TokenType.SELECT, TokenType.FROM, TokenType.WHERE, TokenType.GROUP_BY})
_TYPES = frozenset(Parser.TYPE_TOKENS)
_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET})
_QUERIES = frozenset({TokenType.SELECT, TokenType.WITH})
_ALONE = _JOINS | {TokenType.EXISTS}
_REREAD = _ALONE | _TYPES
_COUNTED = _OPENING | _CLOSING | _JOINS | _CONDITIONS | _CLAUSES
_MESSAGE = f"more than {MAX_REREAD} types, EXISTS or joins without a condition inside one another"


def refuse_rereading(tokens: Sequence[Token]) -> None:
    """Raise `ExcessError` where more is read again inside one another than anybody writes."""
    kinds = [token.token_type for token in tokens]
    found = [place for place, kind in enumerate(kinds) if kind in _REREAD]
    if len(found) > MAX_REREAD:
        followed = [*kinds[1:], None]
        if sum(kinds[p] in _ALONE or followed[p] in _OPENING for p in found) > MAX_REREAD:
            _count(kinds, tokens)


def _count(kinds: Sequence[TokenType], tokens: Sequence[Token]) -> None:
    inside = [0]  # what is read again around here: for each bracket that is open
    joins = [0]  # without a condition, so far: for each bracket that is open
    read = zip(kinds, (None, *kinds), (None, None, *kinds), tokens, strict=False)
    for kind, before, before_that, token in read:
        if before_that is TokenType.EXISTS and before in _OPENING and kind not in _QUERIES:
            inside[-1] += 1
        elif kind not in _COUNTED:
            continue
        if kind in _OPENING:
            inside.append(inside[-1] + joins[-1] + (before in _TYPES))
            joins.append(0)
        elif kind in _CLOSING:
            inside[-2:], joins[-2:] = inside[-2:-1] or [0], joins[-2:-1] or [0]
        elif kind in _JOINS:
            joins[-1] += before not in _NEED_NONE
        elif kind in _CONDITIONS:
            joins[-1] = max(0, joins[-1] - 1)
        elif kind in _CLAUSES:
            joins[-1] = 0
        if inside[-1] + joins[-1] > MAX_REREAD:
            raise ExcessError(Excess(GapReason.TOO_DEEP, _MESSAGE, token.start))
