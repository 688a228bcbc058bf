"""What T-SQL writes otherwise: `SET x += y`, and `MATCH(a-(e)->b)` of graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.phrases.operators import with_whole_operators
from lineage.compile.scripts.compound import with_plain_assignments
from lineage.compile.scripts.tokens import after_brackets, made_words, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_ARROWS = frozenset({"->", "<-", "<", ">"})


def said_by_tsql(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without what the parser does not know of T-SQL."""
    return with_plain_assignments(_without_matches(with_whole_operators(tokens)))


def _without_matches(tokens: Sequence[Token]) -> list[Token]:
    """`MATCH(a-(e)->b)` as `1 = 1`: it joins tables that are in FROM by keys without names."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        end = _end_of_match(tokens, position) if word(tokens, position) == "MATCH" else 0
        if end:
            said += made_words("1 = 1", tokens[position])
        else:
            said.append(tokens[position])
        position = end or position + 1
    return said


def _end_of_match(tokens: Sequence[Token], position: int) -> int:
    """Where the brackets behind a MATCH end, 0 where no way through a graph is in them."""
    end = after_brackets(tokens, position + 1)
    inside = {word(tokens, n) for n in range(position + 2, end)}
    return end if "-" in inside and not inside.isdisjoint(_ARROWS) else 0
