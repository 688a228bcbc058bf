"""MATCH_RECOGNIZE beside other sources, where the parser takes it for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import NAMES, after_brackets, made_words, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_BEGINS_SOURCE = frozenset({"FROM", "JOIN", ","})
_JOINS = frozenset("JOIN INNER LEFT RIGHT FULL CROSS NATURAL ON USING ,".split())


def with_matches_apart(tokens: Sequence[Token]) -> Sequence[Token]:
    """`t MATCH_RECOGNIZE (…) AS m JOIN u` as `(SELECT * FROM t MATCH_RECOGNIZE (…)) AS m JOIN u`.

    One that is the only source stays as it is.
    """
    begins: dict[int, Token] = {}
    ends: dict[int, Token] = {}
    for position in range(len(tokens)):
        if word(tokens, position) != "MATCH_RECOGNIZE" or word(tokens, position + 1) != "(":
            continue
        closed = after_brackets(tokens, position + 1)
        source = _begin_of_source(tokens, position)
        behind = _behind_alias(tokens, closed)
        beside = word(tokens, source - 1) != "FROM" or word(tokens, behind) in _JOINS
        if source and beside:
            begins[source], ends[closed] = tokens[source], tokens[position]
    if not begins:
        return tokens
    said: list[Token] = []
    for position, token in enumerate(tokens):
        if position in ends:
            said += made_words(")", ends[position])
        if position in begins:
            said += made_words("( select * from", token)
        said.append(token)
    last = ends.get(len(tokens))
    return said if last is None else [*said, *made_words(")", last)]


def _begin_of_source(tokens: Sequence[Token], position: int) -> int:
    """Where the source begins that a pattern is matched in; 0 where none is found."""
    depth = 0
    for place in range(position - 1, 0, -1):
        here = word(tokens, place)
        depth += (here == ")") - (here == "(")
        if depth < 0:
            return 0
        if not depth and here in _BEGINS_SOURCE:
            return place + 1
    return 0


def _behind_alias(tokens: Sequence[Token], position: int) -> int:
    """Behind an alias and the columns that it names."""
    position += word(tokens, position) == "AS"
    named = position < len(tokens) and tokens[position].token_type in NAMES
    return after_brackets(tokens, position + 1) if named else position
