"""What BigQuery says of an array in FROM without the word UNNEST, and of names within a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    in_brackets,
    made_words,
    says,
    split_at,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token


_PREFIXES = frozenset({"rb", "br"})  # of texts


def said_by_bigquery(tokens: Sequence[Token]) -> list[Token]:
    """The tokens of a statement without forms of BigQuery's that the parser does not know."""
    return with_unnest(with_queries_for_names(without_prefixes(tokens)))


def without_prefixes(tokens: Sequence[Token]) -> list[Token]:
    """`rb'…'` as the text that it is, of bytes or not."""
    return [
        token
        for token, after in zip(tokens, [*tokens[1:], tokens[-1]], strict=True)
        if not (
            token.text.lower() in _PREFIXES
            and after.token_type is TokenType.STRING
            and after.start == token.end + 1
        )
    ]


def with_queries_for_names(tokens: Sequence[Token]) -> list[Token]:
    """`WITH(x AS a, y AS x + 1, y * 2)`: each name is a column of the query that the next reads."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        opens = position + 1
        end = after_brackets(tokens, opens) if word(tokens, position) == "WITH" else opens
        inside = with_queries_for_names(tokens[opens + 1 : end - 1]) if end > opens else []
        query = _query_of_names(inside, tokens[position])
        if query:
            said += query
            position = end
        else:
            said.append(tokens[position])
            position += 1
    return said


def _query_of_names(inside: Sequence[Token], near: Token) -> list[Token]:
    """The query that names values one after another; empty where these are no such names."""
    *named, result = split_at(inside, ",")
    if not named or not all(word(part, 1) == "AS" and len(part) > 2 for part in named):  # noqa: PLR2004
        return []
    query: list[Token] = []
    for name, as_, *value in named:
        if query:
            query = [
                *made_words("select * ,", near),
                *value,
                as_,
                name,
                *made_words("from (", near),
                *query,
            ]
            query += made_words(")", near)
        else:
            query = [*made_words("select", near), *value, as_, name]
    first, last = made_words("( select", near), made_words("from (", near)
    return [*first, *result, *last, *query, *made_words(") )", near)]


def with_unnest(tokens: Sequence[Token]) -> list[Token]:
    """`FROM t, t.items AS x WITH OFFSET`, with UNNEST around the array."""
    said: list[Token] = []
    for position, token in enumerate(tokens):
        if says(tokens, position, "WITH", "OFFSET"):
            start, end = _array_before(said)
            if start < end:
                near = said[start]
                array = [*made_words("unnest", near), *in_brackets(said[start:end], near)]
                said[start:end] = array
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
