"""What Oracle writes otherwise: virtual columns without a type, bound values, partitioned joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.phrases.operators import with_whole_operators
from lineage.compile.phrases.oracle_model import with_plain_models
from lineage.compile.scripts.tokens import (
    after_brackets,
    find_word,
    is_text,
    made_word,
    made_words,
    says,
    split_at,
    with_commas,
    word,
)
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token


_PAIRS = frozenset({":", "VALUE", "KEY", "*", "IS"})
_NAMES_PARTS = frozenset({"XMLATTRIBUTES", "XMLFOREST", "XMLCOLATTVAL"})
_NEAR_KIND = 6  # words of CREATE PRIVATE GLOBAL TEMPORARY TABLE
_ENDS_SOURCE = frozenset(
    """
    WHERE GROUP ORDER HAVING CONNECT START JOIN LEFT RIGHT FULL INNER CROSS UNION MINUS , )
    """.split()
)
_JOINS = frozenset("LEFT RIGHT FULL OUTER INNER JOIN ON".split())


def said_by_oracle(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without what the parser does not know of Oracle."""
    said = _without_precisions(with_whole_operators(with_types(tokens)))
    said = _without_versions(_without_storage(_with_plain_documents(said)))
    return with_plain_models(with_plain_joins(said))


def _with_plain_documents(tokens: list[Token]) -> list[Token]:
    """`JSON_OBJECT(a, b)` as an array of both, and `XMLATTRIBUTES(a AS "x")` without names."""
    said: list[Token] = []
    names: set[int] = set()
    for position, token in enumerate(tokens):
        here = word(tokens, position)
        closed = after_brackets(tokens, position + 1)
        if here in _NAMES_PARTS:
            names.update(n + more for n in _aliases(tokens, position + 1) for more in range(2))
        plain = here == "JSON_OBJECT" and closed > position + 1
        if plain and find_word(tokens[position + 2 : closed - 1], _PAIRS) < 0:
            said.append(made_word(TokenType.VAR, "json_array", token))
        elif position not in names:
            said.append(token)
    return said


def _aliases(tokens: Sequence[Token], opened: int) -> list[int]:
    """Where `AS name` stands between brackets, and in no others inside of these."""
    closed = after_brackets(tokens, opened)
    found: list[int] = []
    at = find_word(tokens, {"AS"}, opened + 1)
    while 0 < at < closed:
        found.append(at)
        at = find_word(tokens, {"AS"}, at + 1)
    return found


def _without_precisions(tokens: list[Token]) -> list[Token]:
    """`INTERVAL '30.12' SECOND(2, 4)`: how exact a constant is."""
    left_out: set[int] = set()
    for position in range(len(tokens)):
        if word(tokens, position) != "INTERVAL":
            continue
        opened = position + 2 + is_text(tokens, position + 1)  # or of a type, without the text
        closed = after_brackets(tokens, opened)
        left_out.update(range(opened, closed))
        if word(tokens, closed) == "TO":
            left_out.update(range(closed + 2, after_brackets(tokens, closed + 2)))
    return [token for position, token in enumerate(tokens) if position not in left_out]


def _without_storage(tokens: list[Token]) -> list[Token]:
    """CREATE TABLE without what says where rows and keys lie, unless that is outside."""
    kind = next((n for n in range(1, _NEAR_KIND) if word(tokens, n) == "TABLE"), 0)
    opened = end_of_name(tokens, kind + 1)
    closed = after_brackets(tokens, opened)
    outside = any(word(tokens, n) in {"EXTERNAL", "STORE"} for n in range(closed, len(tokens)))
    if word(tokens, 0) != "CREATE" or not kind or closed == opened or outside:
        return tokens
    items: list[Sequence[Token]] = []
    for item in split_at(tokens[opened + 1 : closed - 1], ","):
        lies = find_word(item, {"USING"}, 1)
        items.append(item[:lies] if word(item, lies + 1) == "INDEX" else item)
    query = find_word(tokens, {"AS"}, closed)
    rest = tokens[query:] if query > 0 else []
    return [*tokens[: opened + 1], *with_commas(items), tokens[closed - 1], *rest]


def _without_versions(tokens: list[Token]) -> list[Token]:
    """`FROM t VERSIONS BETWEEN TIMESTAMP x AND y`: all rows that the table has had meanwhile."""
    start = next((n for n in range(len(tokens)) if _is_versions(tokens, n)), -1)
    both = find_word(tokens, {"AND"}, start)
    if start < 0 or both < 0:
        return tokens
    end = find_word(tokens, _ENDS_SOURCE, both)
    return [*tokens[:start], *(tokens[end:] if end > 0 else ())]


def _is_versions(tokens: Sequence[Token], position: int) -> bool:
    return says(tokens, position, "VERSIONS", "BETWEEN")


def with_plain_joins(tokens: list[Token]) -> list[Token]:
    """`t PARTITION BY (x) RIGHT JOIN u ON c`: x decides about rows, as `x = x AND c` does.

    One whose condition is in USING stays as it is.
    """
    conditions: dict[int, list[Token]] = {}
    left_out: set[int] = set()
    for position in range(len(tokens)):
        if word(tokens, position) != "PARTITION BY":
            continue
        closed = after_brackets(tokens, position + 1)
        on = find_word(tokens, {"ON", "USING"}, closed)
        joins = closed > position + 1 and word(tokens, closed) in _JOINS
        if not joins or word(tokens, on) != "ON":
            continue
        left_out.update(range(position, closed))
        for item in filter(None, split_at(tokens[position + 2 : closed - 1], ",")):
            equal, further = made_words("= and", item[0])
            conditions.setdefault(on, []).extend([*item, equal, *item, further])
    return [
        said
        for position, token in enumerate(tokens)
        if position not in left_out
        for said in (token, *conditions.get(position, ()))
    ]


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
