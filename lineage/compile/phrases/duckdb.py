"""What DuckDB writes otherwise: a PIVOT whose rows are sorted and cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import all_from, find_word, made_word, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_PIVOTS = frozenset({"PIVOT", "UNPIVOT", "PIVOT_WIDER", "PIVOT_LONGER"})
_BEFORE = frozenset({"", "(", "AS"})
_CUTS = frozenset({"ORDER BY", "LIMIT", "OFFSET"})


def with_pivots_in_brackets(tokens: Sequence[Token]) -> list[Token]:
    """`PIVOT t ON x USING f(y) ORDER BY z LIMIT 1`, as `FROM (PIVOT …) ORDER BY z LIMIT 1`."""
    closes: dict[int, Token] = {}  # by where the sorting begins
    said: list[Token] = []
    for position, token in enumerate(tokens):
        if position in closes:
            said.append(made_word(TokenType.R_PAREN, ")", token))
        before = word(tokens, position - 1) if position else ""
        if word(tokens, position) in _PIVOTS and before in _BEFORE:
            cut = find_word(tokens, _CUTS | {")"}, position)
            if word(tokens, cut) in _CUTS:
                closes[cut] = token
                said += [*all_from(token), made_word(TokenType.L_PAREN, "(", token)]
        said.append(token)
    return said
