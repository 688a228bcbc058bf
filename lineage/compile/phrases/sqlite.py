"""What SQLite writes otherwise: columns that have no type and are computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import made_word, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token


def with_types(tokens: Sequence[Token]) -> list[Token]:
    """`(a, b GENERATED ALWAYS AS (a))`: the parser takes GENERATED for a type."""
    said: list[Token] = []
    for position, token in enumerate(tokens):
        begins = word(tokens, position) == "GENERATED" and word(tokens, position - 2) in {"(", ","}
        if begins and position > 1 and word(tokens, position + 1) == "ALWAYS":
            said.append(made_word(TokenType.VAR, "any", token))
        said.append(token)
    return said
