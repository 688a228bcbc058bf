"""What Exasol writes otherwise: the mark of an outer join behind a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import says

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token


def without_join_marks(tokens: Sequence[Token]) -> Sequence[Token]:
    """`u.id (+)`, which the parser takes for a call, is `u.id`: both decide about the rows."""
    marks = [n for n in range(1, len(tokens)) if says(tokens, n, "(", "+", ")")]
    left_out = {n + offset for n in marks for offset in range(3)}
    return [t for n, t in enumerate(tokens) if n not in left_out] if marks else tokens
