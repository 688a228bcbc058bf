"""What Oracle writes otherwise: virtual columns without a type, bound values, partitioned joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.phrases.oracle_model import with_plain_models
from lineage.compile.scripts.tokens import after_brackets, find_word, made_word, split_at, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token


_JOINS = frozenset("LEFT RIGHT FULL OUTER INNER JOIN ON".split())


def said_by_oracle(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without what the parser does not know of Oracle."""
    return with_plain_models(with_plain_joins(with_types(tokens)))


def with_plain_joins(tokens: list[Token]) -> list[Token]:
    """`t PARTITION BY (x) RIGHT JOIN u ON c`: x decides about rows, as `x = x AND c` does.

    One whose condition is in USING stays as it is.
    """
    conditions: dict[int, list[Token]] = {}
    left_out: set[int] = set()
    for position in range(len(tokens)):
        if word(tokens, position) != "PARTITION BY":
            continue
        closed = after_brackets(tokens, position + 1)
        on = find_word(tokens, {"ON", "USING"}, closed)
        joins = closed > position + 1 and word(tokens, closed) in _JOINS
        if not joins or word(tokens, on) != "ON":
            continue
        left_out.update(range(position, closed))
        for item in filter(None, split_at(tokens[position + 2 : closed - 1], ",")):
            equal = made_word(TokenType.EQ, "=", item[0])
            further = made_word(TokenType.AND, "and", item[0])
            conditions.setdefault(on, []).extend([*item, equal, *item, further])
    return [
        said
        for position, token in enumerate(tokens)
        if position not in left_out
        for said in (token, *conditions.get(position, ()))
    ]


def with_types(tokens: Sequence[Token]) -> list[Token]:
    """Oracle: a virtual column needs no type, and `:1` is a value that is bound by its place."""
    said: list[Token] = []
    for position, token in enumerate(tokens):
        if token.token_type is TokenType.NUMBER and word(tokens, position - 1) == ":":
            said.append(made_word(TokenType.VAR, f"bound{token.text}", token))
            continue
        computes = token.token_type is TokenType.ALIAS and word(tokens, position + 1) == "("
        computes = computes or token.text.upper() == "GENERATED"
        if computes and position > 1 and word(tokens, position - 2) in {"(", ","}:
            said.append(made_word(TokenType.VAR, "number", token))
        said.append(token)
    return said
