"""What BigQuery says of an array in FROM without the word UNNEST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import made_word, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token


def with_unnest(tokens: Sequence[Token]) -> list[Token]:
    """`FROM t, t.items AS x WITH OFFSET`, with UNNEST around the array."""
    said: list[Token] = []
    for position, token in enumerate(tokens):
        if [word(tokens, position + n) for n in range(2)] == ["WITH", "OFFSET"]:
            start, end = _array_before(said)
            if start < end:
                opened = [made_word(TokenType.UNNEST, "unnest", said[start])]
                opened.append(made_word(TokenType.L_PAREN, "(", said[start]))
                closed = made_word(TokenType.R_PAREN, ")", said[end - 1])
                said = [*said[:start], *opened, *said[start:end], closed, *said[end:]]
        said.append(token)
    return said


def _array_before(said: Sequence[Token]) -> tuple[int, int]:
    """From where to where a dotted name stands before its alias; nothing where none does."""
    end = len(said)
    if end > 1 and word(said, end - 2) == "AS":
        end -= 2
    elif end > 1 and said[end - 2].token_type not in {TokenType.DOT, TokenType.COMMA}:
        end -= 1 if said[end - 1].token_type is not TokenType.R_PAREN else 0
    start = end - 1
    while start > 1 and said[start - 1].token_type is TokenType.DOT:
        start -= 2
    return (start, end) if 0 <= start < end - 1 else (0, 0)
