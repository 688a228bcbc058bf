"""Forms of no one dialect: words, pattern variables, columns of an INSERT, escapes of drivers."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot.parser import Parser
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    in_brackets,
    is_text,
    made_word,
    made_words,
    places_of,
    says,
    split_at,
    texts_of,
    with_commas,
    word,
)
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_TIMES = frozenset({"D", "T", "TS"})
_FUNCTIONS_TOO = frozenset({TokenType.WINDOW, TokenType.UPDATE})
# Words of statements that a function of the project may be called like, where a value stands.
_CALLED_LIKE = frozenset(
    """
    ANALYZE APPLY CACHE COMMENT EXECUTE FILE FULL LANGUAGE LOCK NAMESPACE OPERATOR PARTITION PERCENT
    REFERENCES SEMI SESSION START TEMP USE VOLATILE
    """.split()
)
LISTS = frozenset({TokenType.LIST})
TYPES = frozenset({*Parser.TYPE_TOKENS, TokenType.INTERVAL}) - {TokenType.ARRAY}
BEGIN_LISTS = frozenset({"ARRAY", "LIST"})
# What a value stands behind, and no type but in brackets of one.
BEFORE_VALUES = frozenset(
    """
    ( [ { , : := => -> = == <> != < > <= >= + - * / // % || & | SELECT DISTINCT AND OR NOT WHERE ON
    HAVING QUALIFY BY WHEN THEN ELSE CASE IN BETWEEN LIKE ILIKE RETURNING SET LIMIT
    """.split()
)
# What rows that are put in begin with, and what stands behind a list of the columns they go into.
_BEGIN_ROWS = frozenset({"DEFAULT", "ROW", "SELECT", "SET", "TABLE", "VALUE", "VALUES", "WITH"})
_BEHIND_COLUMNS = _BEGIN_ROWS.union(
    "( EXEC EXECUTE FORMAT FROM OUTPUT OVERRIDING PARTITION SETTINGS".split()
)
_TAKE_TYPES = frozenset({"STRUCT", "MAP", "UNION", "ROW", "LIST"})


def with_words(tokens: list[Token]) -> list[Token]:
    """MATCH_RECOGNIZE, which not every tokenizer knows; `window(…)`, `file(…)`, which it does."""
    said = list(tokens)
    for position, token in enumerate(tokens[:-1]):
        here = token.text.upper()
        if here == "MATCH_RECOGNIZE" and token.token_type is TokenType.VAR:
            said[position] = made_word(TokenType.MATCH_RECOGNIZE, token.text, token)
        elif tokens[position + 1].text == "(" and _is_called(tokens, position):
            said[position] = made_word(TokenType.VAR, token.text, token)
    return said


def _is_called(tokens: Sequence[Token], position: int) -> bool:
    if tokens[position].token_type in _FUNCTIONS_TOO:
        return True
    before = word(tokens, position - 1).rpartition(" ")[2] if position else ""
    return word(tokens, position) in _CALLED_LIKE and before in BEFORE_VALUES


def with_columns_like_types(
    tokens: Sequence[Token], kinds: frozenset[TokenType]
) -> Sequence[Token]:
    """`date[1]` as an element of a column, where the parser sees a type of as many."""
    if not any(t.token_type in kinds and n.text == "[" for t, n in pairwise(tokens)):
        return tokens
    said: list[Token] = []
    opened: list[str] = []  # what stands before each bracket that is open
    for position, token in enumerate(tokens):
        here, before = word(tokens, position), word(tokens, position - 1) if position else ""
        if here in {"(", "[", "{"}:
            opened.append(before)
        elif here in {")", "]", "}"} and opened:
            opened.pop()
        of_type = bool(opened) and opened[-1] in _TAKE_TYPES
        value = before.rpartition(" ")[2] in BEFORE_VALUES and not of_type
        subscript = word(tokens, position + 1) == "[" and word(tokens, position + 2) != "]"
        if not (token.token_type in kinds and subscript and value):
            said.append(token)
            continue
        column = made_word(TokenType.VAR, token.text, token)
        if token.token_type is TokenType.LIST:  # which `[` makes one, wherever it stands
            said += in_brackets([column], token)
        else:
            said.append(column)
    return said


def with_elements_apart(tokens: Sequence[Token]) -> Sequence[Token]:
    """`t.list[1]` as `(t.list)[1]`: behind any column of the name the parser sees a list begin.

    So it does where the name is in quotes.
    """
    opens: Counter[int] = Counter()
    closes: set[int] = set()
    texts = texts_of(tokens)
    for behind in places_of("[", texts):
        position = behind - 1
        if position < 0 or texts[position].upper() not in BEGIN_LISTS:
            continue
        token = tokens[position]
        start = _start_of_path(tokens, position)
        if start < position or token.token_type is TokenType.IDENTIFIER:
            opens[start] += 1
            closes.add(position)
    if not opens:
        return tokens
    said: list[Token] = []
    for position, token in enumerate(tokens):
        said += made_words("( " * opens[position], token)
        said.append(token)
        said += made_words(")" if position in closes else "", token)
    return said


def _start_of_path(tokens: Sequence[Token], position: int) -> int:
    """Where a dotted name starts, with elements of it and calls before its dots."""
    while position > 1 and tokens[position - 1].text == ".":
        position -= 2
        while position and tokens[position].text in {"]", ")"}:
            depth = 1
            while position and depth:
                position -= 1
                depth += {"]": 1, ")": 1, "[": -1, "(": -1}.get(tokens[position].text, 0)
            if not position or word(tokens, position - 1).rpartition(" ")[2] in BEFORE_VALUES:
                return position  # a value in brackets
            position -= 1
    return position


def with_plain_columns(tokens: list[Token]) -> list[Token]:
    """INSERT INTO m a (a.x, y.field, z[1]): into columns x, y and z."""
    end = end_of_name(tokens, 2)
    opened = end + (word(tokens, end) != "(")
    closed = after_brackets(tokens, opened)
    listed = word(tokens, end) not in _BEGIN_ROWS and word(tokens, closed) in _BEHIND_COLUMNS
    if not says(tokens, 0, "INSERT", "INTO") or closed == opened or not listed:
        return tokens
    own = {word(tokens, end - 1), word(tokens, opened - 1)}
    items: list[Sequence[Token]] = []
    for item in filter(None, split_at(tokens[opened + 1 : closed - 1], ",")):
        if any(token.text == "(" for token in item):
            return tokens  # what is no column holds more than its name
        qualified = word(item, 1) == "." and word(item, 0) in own
        items.append([item[2 if qualified else 0]])
    return [*tokens[: opened + 1], *with_commas(items), *tokens[closed - 1 :]]


def with_plain_escapes(tokens: list[Token]) -> list[Token]:
    """ODBC's `{d '2026-01-31'}` is that text, and `{oj t LEFT JOIN u ON …}` that join."""
    said: list[Token] = []
    position = joins = 0
    while position < len(tokens):
        token, length = tokens[position], 1
        kind = word(tokens, position + 1) if token.text == "{" else ""
        if kind in _TIMES and word(tokens, position + 3) == "}" and is_text(tokens, position + 2):
            token, length = tokens[position + 2], 4
        elif kind == "OJ":
            token, length, joins = made_word(TokenType.L_PAREN, "(", token), 2, joins + 1
        elif joins and token.text == "}":
            token, joins = made_word(TokenType.R_PAREN, ")", token), joins - 1
        said.append(token)
        position += length
    return said


def without_subsets(tokens: list[Token]) -> list[Token]:
    """MATCH_RECOGNIZE: what `SUBSET u = (a, b)` calls u are rows of the table of a."""
    words = (word(tokens, position) for position in range(len(tokens)))
    start = next((n for n, here in enumerate(words) if here == "SUBSET"), 0)
    if not start:
        return tokens
    sets: dict[str, Token] = {}
    end = start + 1
    while word(tokens, end + 1) == "=" and word(tokens, end + 2) == "(" and tokens[end + 3 :]:
        sets[word(tokens, end)] = tokens[end + 3]
        end = after_brackets(tokens, end + 2)
        end += word(tokens, end) == ","
    kept = [*tokens[:start], *tokens[end:]]
    return [
        sets.get(token.text.upper(), token) if word(kept, position + 1) == "." else token
        for position, token in enumerate(kept)
    ]


def without_booleans(tokens: Sequence[Token], *, only: bool) -> list[Token]:
    """`true` and `false` as names where they are no values: before a dot `only`, or anywhere."""
    constants = {TokenType.TRUE, TokenType.FALSE}
    return [
        made_word(TokenType.VAR, token.text, token)
        if token.token_type in constants and (not only or word(tokens, position + 1) == ".")
        else token
        for position, token in enumerate(tokens)
    ]
