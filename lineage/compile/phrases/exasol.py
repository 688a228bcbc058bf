"""What Exasol writes otherwise: the mark of an outer join behind a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_MARK = ["(", "+", ")"]


def without_join_marks(tokens: Sequence[Token]) -> Sequence[Token]:
    """`u.id (+)`, which the parser takes for a call, is `u.id`: both decide about the rows."""
    marks = [n for n in range(1, len(tokens)) if [t.text for t in tokens[n : n + 3]] == _MARK]
    left_out = {n + offset for n in marks for offset in range(3)}
    return [t for n, t in enumerate(tokens) if n not in left_out] if marks else tokens
