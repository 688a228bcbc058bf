"""Calls of which the parser loses arguments, taking them for a function that has fewer.

A project may have a function `uuid(a, b)` of its own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    closing_unknown,
    places_of,
    spellings,
    split_at,
    word,
)
from lineage.dialects import parser_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.dialects.dialect import Dialect
    from sqlglot.tokenizer_core import Token

_MOST = 4  # arguments that are tried
_UNSAID = "dialect"  # the parser's own name for none
_TAKES_QUERIES = frozenset({"TABLE"})


def with_all_arguments(
    tokens: Sequence[Token], dialect: str, words: frozenset[str]
) -> Sequence[Token]:
    """Such calls as those of a function that the parser does not know.

    `words` are the tokens' texts in capitals.
    """
    said: list[Token] | None = None
    for position, losing in _calls(tokens, dialect, words):
        end = after_brackets(tokens, position) - 1
        inside = tokens[position + 1 : end]
        if inside and len(list(split_at(inside, ","))) in losing:
            said = list(tokens) if said is None else said
            said[end] = closing_unknown(tokens[end])
    return tokens if said is None else said


def _calls(
    tokens: Sequence[Token], dialect: str, words: frozenset[str]
) -> Iterator[tuple[int, frozenset[int]]]:
    """Where brackets open behind functions of the parser, and of how many it loses some."""
    called = _functions(dialect).intersection(words)
    losing = {name: lost for name in called if (lost := _losing(name, dialect))}
    written = list(spellings(tokens)) if losing else []  # of which each name has many
    for name, lost in losing.items():
        for position in places_of(name, written):
            behind = position + 1
            opens = behind < len(tokens) and tokens[behind].token_type is TokenType.L_PAREN
            if opens and word(tokens, position) == name:  # and no text that says so
                yield behind, lost


@cache
def _functions(dialect: str) -> frozenset[str]:
    known = parser_of(dialect if dialect != _UNSAID else "").parser_class.FUNCTIONS
    return frozenset(known) - _TAKES_QUERIES


@cache
def _losing(name: str, dialect: str) -> frozenset[int]:
    """The numbers of arguments of which the parser loses some; those are there that it moves."""
    kind = parser_of(dialect if dialect != _UNSAID else "")
    return frozenset(n for n in range(1, _MOST + 1) if _loses(name, n, kind))


def _loses(name: str, count: int, kind: Dialect) -> bool:
    make = kind.parser_class.FUNCTIONS[name]
    names = [f"c{n}" for n in range(count)]
    arguments = [exp.column(name) for name in names]
    try:
        try:
            call = make(arguments)
        except TypeError:
            call = make(arguments, dialect=kind)
    except (SqlglotError, LookupError, TypeError, ValueError, AttributeError):
        return False
    if not isinstance(call, exp.Expr) or call.error_messages(arguments):
        return False
    found = {part.name.lower() for part in call.find_all(exp.Identifier, exp.Var, exp.Literal)}
    return not found.issuperset(names)
