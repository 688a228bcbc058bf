"""T-SQL's `UPDATE t SET @v = a, b = c`: variables that take a value of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import (
    after_brackets,
    find_end,
    find_word,
    made_words,
    split_at,
    word,
)
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

_ENDS = frozenset({"OUTPUT", "FROM", "WHERE", "OPTION"})


def set_by_update(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Each such variable as one that a query of the same rows assigns."""
    given = find_word(tokens, {"SET"}, 1)
    if given < 0:
        return
    end = find_end(tokens, _ENDS, given)
    for item in split_at(tokens[given + 1 : end], ","):
        if word(item, 0) == "@" and len(item) > 3:  # noqa: PLR2004 - a mark, a name, a sign, a value
            yield from script.statements(_as_query(tokens, item, end))


def _as_query(tokens: Sequence[Token], item: Sequence[Token], end: int) -> list[Token]:
    near = item[0]
    chained = find_word(item, {"="}, 3)  # `@v = a = 1` is both
    assigned = [*item[:3], *item[chained + 1 :]] if chained > 0 else list(item)
    start = 1
    if word(tokens, 1) == "TOP":
        start = after_brackets(tokens, 2)
    rows = tokens[start : end_of_name(tokens, start)]
    source = find_word(tokens, {"FROM"}, end)
    where = find_word(tokens, {"WHERE"}, end)
    if source > 0:
        rest = list(tokens[source:])
    else:
        rest = [*made_words("from", near), *rows]
        rest += tokens[where:] if where > 0 else []
    return [*made_words("select", near), *assigned, *rest]
