"""What ClickHouse writes otherwise: aggregates with parameters, lambdas, and two limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot.parser import Parser
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    COMMENT,
    after_brackets,
    find_end,
    find_word,
    in_brackets,
    made_word,
    made_words,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_AFTER_LIMIT = frozenset("SELECT UNION EXCEPT INTERSECT SETTINGS FORMAT ;".split())
# Before a name that is no aggregate's, with columns in brackets behind it: INSERT INTO t (a) (…).
_BEFORE_TARGET = frozenset({"INTO", "TABLE", "FUNCTION", "."})
_BEFORE_STRICT = frozenset({"EXCEPT", "REPLACE"})
_MISTAKEN = re.compile(
    rf"\)\s*(\(|{COMMENT})|[a-z_]\.\d|\.\^|->|\bstrict\b|\bdelete\s*(\bwhere\b|{COMMENT})",
    re.IGNORECASE,
)
# Before a lambda, or before the bracket around it, that is no argument of a function.
_NO_CALL = frozenset({"", "WITH", "SELECT", ",", "(", "=", "AND", "OR", "NOT"})
_AFTER_AGE = frozenset({",", "AS", "SETTINGS", "ORDER", "PRIMARY", "PARTITION", "COMMENT", ";"})
_AFTER_LAMBDA = frozenset({"AS", ",", "FROM", ";"})


def is_mistaken(text: str, start: int, end: int) -> bool:
    """Whether a text may have what the parser takes for something else."""
    return _MISTAKEN.search(text, start, end) is not None


def without_mistakable(written: Sequence[Token]) -> list[Token]:
    """The same without parameters of aggregates, `map.1`, `EXCEPT STRICT` and the `^` of `doc.^a`.

    The parser takes `f(3)(x)` for another name of `f(3)`, `map.1` for a literal of a type, STRICT
    for a column, `^` for an operator, and a lambda that is no argument for a step into a document;
    of what ends in a TTL it knows one condition.
    """
    tokens = _with_ages(_with_lambdas(_with_plain_calls(written)))
    return [
        _plain(token, word(tokens, position + 1))
        for position, token in enumerate(tokens)
        if token.text.upper() != "STRICT" or word(tokens, position - 1) not in _BEFORE_STRICT
    ]


def _plain(token: Token, behind: str) -> Token:
    if token.token_type is TokenType.DOTCARET:
        return made_word(TokenType.DOT, ".", token)
    is_column = behind[:1] == "." and token.token_type in Parser.TYPE_TOKENS
    return made_word(TokenType.VAR, token.text, token) if is_column else token


def _with_plain_calls(tokens: Sequence[Token]) -> list[Token]:
    """`f(3)(x)`, an aggregate with parameters that the parser does not know, as `f(x)`."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        said.append(tokens[position])
        position += 1
        closed = after_brackets(tokens, position) if position < len(tokens) else position
        named = said[-1].token_type is TokenType.VAR
        named = named and word(tokens, position - 2) not in _BEFORE_TARGET
        if named and closed > position and word(tokens, closed) == "(":
            position = closed
    return said


def _with_ages(tokens: list[Token]) -> list[Token]:
    """`TTL a DELETE WHERE b, …` as `TTL a, (b), …`: all of it decides, and the parser knows one."""
    position = find_word(tokens, {"TTL"})
    said = tokens[: max(position, 0)]
    while 0 <= position < len(tokens):
        here = [word(tokens, position + n) for n in range(2)]
        if here == ["DELETE", "WHERE"] and said[-1].text != ",":
            end = find_end(tokens, _AFTER_AGE, position)
            near, tested = tokens[position], tokens[position + 2 : end]
            said += [*made_words(",", near), *in_brackets(tested, near)]
            position = end
        else:
            said.append(tokens[position])
            position += 1
    return said or tokens


def _with_lambdas(tokens: list[Token]) -> list[Token]:
    """`WITH x -> x + 1 AS f` as `WITH lambda(x -> x + 1) AS f`, which the parser takes for one."""
    opened: list[int] = []  # the brackets around each token
    before: dict[int, list[Token]] = {}
    for position, token in enumerate(tokens):
        if token.token_type is TokenType.ARROW:
            begin = _parameters(tokens, position)
            around = next((o for o in reversed(opened) if o < begin), -1)
            if around <= 0 or word(tokens, around - 1) in _NO_CALL:
                end = _end_of_lambda(tokens, position + 1)
                before.setdefault(begin, []).extend(made_words("lambda (", tokens[begin]))
                before.setdefault(end, [])[:0] = made_words(")", tokens[end - 1])
        elif token.token_type is TokenType.L_PAREN:
            opened.append(position)
        elif token.token_type is TokenType.R_PAREN and opened:
            opened.pop()
    ends = before.get(len(tokens), [])
    return [
        each for place, token in enumerate(tokens) for each in (*before.get(place, ()), token)
    ] + ends


def _parameters(tokens: Sequence[Token], arrow: int) -> int:
    """Where the parameters of a lambda begin: a name, or names in brackets."""
    begin = arrow - 1
    if word(tokens, begin) == ")":
        while begin > 0 and word(tokens, begin) != "(":
            begin -= 1
    return max(begin, 0)


def _end_of_lambda(tokens: Sequence[Token], position: int) -> int:
    depth = 0
    while position < len(tokens) and (depth or word(tokens, position) not in _AFTER_LAMBDA):
        depth += (word(tokens, position) in {"(", "["}) - (word(tokens, position) in {")", "]"})
        if depth < 0:
            break
        position += 1
    return position


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
