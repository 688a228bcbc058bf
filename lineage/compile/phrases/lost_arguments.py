"""Calls of which the parser loses arguments, taking them for a function that has fewer.

A project may have a function `uuid(a, b)` of its own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import after_brackets, closing_unknown, split_at, word
from lineage.dialects import parser_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.dialects.dialect import Dialect
    from sqlglot.tokenizer_core import Token

_MOST = 4  # arguments that are tried
_UNSAID = "dialect"  # the parser's own name for none
_TAKES_QUERIES = frozenset({"TABLE"})


def with_all_arguments(tokens: Sequence[Token], dialect: str) -> Sequence[Token]:
    """Such calls as those of a function that the parser does not know."""
    said: list[Token] | None = None
    for position, token in enumerate(tokens):
        if token.token_type is not TokenType.L_PAREN or not position:
            continue
        losing = _losing(word(tokens, position - 1), dialect)
        if not losing:
            continue
        end = after_brackets(tokens, position) - 1
        inside = tokens[position + 1 : end]
        if inside and len(list(split_at(inside, ","))) in losing:
            said = list(tokens) if said is None else said
            said[end] = closing_unknown(tokens[end])
    return tokens if said is None else said


@cache
def _losing(name: str, dialect: str) -> frozenset[int]:
    """The numbers of arguments of which the parser loses some; those are there that it moves."""
    kind = parser_of(dialect if dialect != _UNSAID else "")
    if name in _TAKES_QUERIES or name not in kind.parser_class.FUNCTIONS:
        return frozenset()
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
