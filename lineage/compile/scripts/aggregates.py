"""Postgres' CREATE AGGREGATE: a function that calls others for each row and at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    find_word,
    in_brackets,
    made_word,
    made_words,
    split_at,
    with_commas,
)
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_FOR_EACH_ROW = ("SFUNC", "MSFUNC", "MINVFUNC")
_AT_THE_END = ("COMBINEFUNC", "FINALFUNC", "MFINALFUNC")


def as_function(tokens: Sequence[Token]) -> Sequence[Token] | None:
    """`AGGREGATE a (t) (SFUNC = f, FINALFUNC = g, …)` as a function that returns `g(f(x, x))`.

    What came before stands in the state, so a value is that as well. None for another form.
    """
    opened = end_of_name(tokens, 1)
    closed = after_brackets(tokens, opened)
    end = after_brackets(tokens, closed)
    types = [item[-1] for item in split_at(tokens[opened + 1 : closed - 1], ",") if item]
    if not 1 < opened < closed < end or not types:
        return None
    near = tokens[0]
    names = [made_word(TokenType.VAR, f"_argument_{n}", near) for n in range(len(types))]
    said = _said(tokens[closed + 1 : end - 1])
    value = [names[0]]
    for kind in (*_FOR_EACH_ROW, *_AT_THE_END):
        if kind in said:
            value = _call(said[kind], [value, *([n] for n in names if kind in _FOR_EACH_ROW)])
    parameters = _call(tokens[1:opened], [[n, t] for n, t in zip(names, types, strict=True)])
    function, returns = made_words("function", near), made_words("returns text return", near)
    return [*function, *parameters, *returns, *value]


def _said(tokens: Sequence[Token]) -> dict[str, Sequence[Token]]:
    items = (i for i in split_at(tokens, ",") if len(i) > 2 and find_word(i, {"="}) == 1)  # noqa: PLR2004
    return {item[0].text.upper(): item[2:] for item in items}


def _call(name: Sequence[Token], arguments: Sequence[Sequence[Token]]) -> list[Token]:
    return [*name, *in_brackets(with_commas(arguments), name[0])]
