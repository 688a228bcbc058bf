"""Oracle's changes of a query in brackets, said as those of a view by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    find_end,
    find_word,
    made_word,
    made_words,
    split_at,
    word,
)
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_VIEW = "inline_view"
_AFTER_QUERY = frozenset({"", "SET", "WHERE", "VALUES", "SELECT", "WITH", "RETURNING", "USING"})


def of_named_view(tokens: Sequence[Token]) -> Sequence[Token]:
    """`UPDATE (query) SET …`, `DELETE FROM (query) …` and the like of INSERT and MERGE."""
    start = 2 if word(tokens, 1) in {"FROM", "INTO"} else 1
    end = after_brackets(tokens, start)
    if end == start:
        return tokens
    query, near = tokens[start:end], tokens[0]
    named = word(tokens, end) not in _AFTER_QUERY
    view = [tokens[end] if named else made_word(TokenType.VAR, _VIEW, near)]
    rest = tokens[end + named :]
    if word(tokens, 0) == "UPDATE":
        where = find_end(rest, {"WHERE", "RETURNING"})
        source = [*made_words("from", near), *query, *view]
        return [near, *view, *rest[:where], *source, *rest[where:]]
    if word(tokens, 0) in {"DELETE", "MERGE"}:
        with_, as_, from_ = made_words("with as from", near)
        into = tokens[1] if start > 1 else from_
        return [with_, *view, as_, *query, near, into, *view, *rest]
    return _insert(tokens[:start], query, rest) or tokens


def _insert(into: Sequence[Token], query: Sequence[Token], rest: Sequence[Token]) -> list[Token]:
    """INSERT INTO (SELECT a, b FROM m …): into these columns of m; empty where they are others."""
    origin = find_word(query, {"FROM"}, 2)
    end = end_of_name(query, origin + 1)
    if word(query, 1) != "SELECT" or origin < 0 or end == origin + 1:
        return []
    listed = query[2:origin]
    if any(len(item) != 1 for item in split_at(listed, ",")) or word(query, end) in {",", "JOIN"}:
        return []
    columns = [query[0], *listed, query[-1]] if word(listed, 0) != "*" else []
    return [*into, *query[origin + 1 : end], *columns, *rest]
