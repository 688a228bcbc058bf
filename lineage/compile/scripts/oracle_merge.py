"""Oracle's MERGE, whose branches have conditions behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import find_word, in_brackets, made_words, split_at, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token


def merge_of_oracle(tokens: Sequence[Token]) -> Sequence[Token]:
    """`UPDATE SET … WHERE a DELETE WHERE b` as `WHEN … AND a THEN UPDATE`, `AND b THEN DELETE`."""
    first = find_word(tokens, {"WHEN"})
    if first < 0:
        return tokens
    found: list[Token] = list(tokens[:first])
    for branch in split_at(tokens[first + 1 :], "WHEN"):
        then = find_word(branch, {"THEN"})
        delete = find_word(branch, {"DELETE"}, then + 2)
        where = find_word(branch, {"WHERE"}, then)
        matched, near = branch[:then], branch[0]
        if 0 < delete < where or (delete > 0 and where < 0):
            where = delete
        action = branch[then + 1 : where if where > 0 else len(branch)]
        tested = branch[where + 1 : delete if delete > 0 else len(branch)] if where > 0 else []
        found += _when(near, matched, tested if word(branch, where) == "WHERE" else [], action)
        if delete > 0:
            gone = branch[delete + 2 :]
            found += _when(near, matched, gone, branch[delete : delete + 1])
    return found


def _when(
    near: Token, matched: Sequence[Token], tested: Sequence[Token], action: Sequence[Token]
) -> list[Token]:
    when, further, then = made_words("when and then", near)
    condition = [further, *in_brackets(tested, near)] if tested else []
    return [when, *matched, *condition, then, *action]
