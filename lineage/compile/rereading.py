"""What the parser reads twice: each doubles the time for all that is inside of it.

A join without a condition may have one after the joins that follow, what looks like a type may
turn out to be a function, and EXISTS may be one of an array. The parser tries one and then the
other.
"""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING

from sqlglot.parser import Parser
from sqlglot.tokenizer_core import TokenType

from lineage.limits import Excess, ExcessError
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

MAX_REREAD = 12  # inside one another; some tenths of a second, and half a minute at twenty

# What a kind of token is here, as one letter: of all others it is a blank.
_MARKS: dict[TokenType, str] = {
    **dict.fromkeys(TokenType, " "),
    **dict.fromkeys(Parser.TYPE_TOKENS, "T"),
    **dict.fromkeys((TokenType.L_PAREN, TokenType.L_BRACKET), "("),
    **dict.fromkeys((TokenType.R_PAREN, TokenType.R_BRACKET), ")"),
    **dict.fromkeys((TokenType.JOIN, TokenType.STRAIGHT_JOIN), "J"),
    **dict.fromkeys((TokenType.ON, TokenType.USING), "O"),
    **dict.fromkeys((TokenType.CROSS, TokenType.NATURAL), "N"),
    **dict.fromkeys((TokenType.FROM, TokenType.WHERE, TokenType.GROUP_BY), "F"),
    TokenType.ARRAY: "A",  # a type too
    TokenType.SELECT: "S",
    TokenType.WITH: "W",
    TokenType.EXISTS: "E",
}
_TYPES, _NEED_NONE, _CLAUSES = frozenset("TA"), frozenset("AN"), frozenset("SF")
_COUNTED = re.compile(r"(?P<of_array>(?<=E\()[^SW])|[()JOSF]")
_MESSAGE = f"more than {MAX_REREAD} types, EXISTS or joins without a condition inside one another"


def refuse_rereading(tokens: Sequence[Token]) -> None:
    """Raise `ExcessError` where more is read again inside one another than anybody writes."""
    marks = "".join(map(_MARKS.__getitem__, map(attrgetter("token_type"), tokens)))
    if sum(map(marks.count, ("J", "E", "T(", "A("))) > MAX_REREAD:
        _count(marks, tokens)


def _count(marks: str, tokens: Sequence[Token]) -> None:
    inside = [0]  # what is read again around here: for each bracket that is open
    joins = [0]  # without a condition, so far: for each bracket that is open
    for found in _COUNTED.finditer(marks):
        place, mark = found.start(), found[0]
        before = marks[place - 1 : place]
        if found["of_array"]:
            inside[-1] += 1
        if mark == "(":
            inside.append(inside[-1] + joins[-1] + (before in _TYPES))
            joins.append(0)
        elif mark == ")":
            inside[-2:], joins[-2:] = inside[-2:-1] or [0], joins[-2:-1] or [0]
        elif mark == "J":
            joins[-1] += before not in _NEED_NONE
        elif mark == "O":
            joins[-1] = max(0, joins[-1] - 1)
        elif mark in _CLAUSES:
            joins[-1] = 0
        if inside[-1] + joins[-1] > MAX_REREAD:
            raise ExcessError(Excess(GapReason.TOO_DEEP, _MESSAGE, tokens[place].start))
