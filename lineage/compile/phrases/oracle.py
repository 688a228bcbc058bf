"""What Oracle writes otherwise: virtual columns without a type, and values bound by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import made_word, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token


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
