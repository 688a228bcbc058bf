"""JSON_VALUE and its kin: formats and types are left out, other values stand beside the document.

JSON_OBJECT, where KEY and VALUE may be words or columns.

What is PASSING to a path and what is the DEFAULT of one decides about the value as the document
does, which is said by an array of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    NAMES,
    STRINGS,
    after_brackets,
    find_end,
    find_word,
    in_brackets,
    made_words,
    spelt,
    split_at,
    with_commas,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    Values = list[list[Token]]

_READS = frozenset({"JSON_VALUE", "JSON_QUERY", "JSON_EXISTS"})
_MAKES = frozenset({"JSON_ARRAY", "JSON_OBJECT"})
_TAKEN = _READS | _MAKES | {"JSON_TABLE"}
_SAID = frozenset({"FORMAT", "RETURNING", "PASSING", "DEFAULT"})
OF_PAIRS = frozenset({"JSON_OBJECT", "JSON_OBJECTAGG"})
_BEFORE_VALUE = frozenset({",", ":", "IS"})  # where the word itself has no place
_ENDS_KEY = frozenset({",", ":", "VALUE", "IS"})
_ENDS_VALUE = frozenset({",", *"FORMAT NULL ABSENT RETURNING WITH WITHOUT STRICT".split()})
_OPTIONS = frozenset("NULL ERROR EMPTY ABSENT TRUE FALSE UNKNOWN DEFAULT KEEP OMIT".split())
_ENDS = _OPTIONS | {"WITH", "WITHOUT", "RETURNING", "COLUMNS", "FORMAT"}


def with_plain_documents(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with calls of these functions as the parser knows them."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        here = word(tokens, position)
        if here in _TAKEN and word(tokens, position + 1) == "(":
            closed = after_brackets(tokens, position + 1)
            inside = with_plain_documents(tokens[position + 2 : closed - 1])
            if here == "JSON_TABLE":
                inside = _plain_rows(inside)
                call = [*tokens[position : position + 2], *inside, tokens[closed - 1]]
            else:
                inside, values = _taken_apart(inside)
                call = [*tokens[position : position + 2], *inside, tokens[closed - 1]]
                call = _beside(call, values)
            said += call
            position = closed
        else:
            said.append(tokens[position])
            position += 1
    return said


def _taken_apart(tokens: Sequence[Token]) -> tuple[list[Token], Values]:
    """What stands between brackets without what is said of it, and the values said there."""
    kept: list[Token] = []
    values: Values = []
    position = 0
    while (at := find_word(tokens, _SAID, position)) >= 0:
        kept += tokens[position:at]
        here, position = word(tokens, at), at + 1
        if here == "FORMAT" and word(tokens, position) == "JSON":
            position += 1 + 2 * (word(tokens, position + 1) == "ENCODING")
        elif here == "DEFAULT" and (ends := find_word(tokens, {"ON"}, position)) > 0:
            values.append(list(tokens[position:ends]))
            position = ends + 2
        elif here in {"RETURNING", "PASSING"}:
            ends = find_end(tokens, _ENDS - {"FORMAT"}, position + 1)
            if here == "PASSING":
                values += _passed(tokens[position:ends])
            position = ends
        else:
            kept.append(tokens[at])
    return [*kept, *tokens[position:]], values


def _passed(tokens: Sequence[Token]) -> Values:
    """The values of `a AS x, b FORMAT JSON AS y`."""
    items = list(split_at(tokens, ","))
    ends = [find_word(item, {"AS", "FORMAT"}, 1) for item in items]
    return [list(item[:end] if end > 0 else item) for item, end in zip(items, ends, strict=True)]


def _beside(value: Sequence[Token], values: Values) -> list[Token]:
    """An array of a value and of others, where there are any."""
    if not values:
        return list(value)
    near = value[0]
    return [*made_words("json_array", near), *in_brackets(with_commas([value, *values]), near)]


def _plain_rows(tokens: list[Token]) -> list[Token]:
    """The document, path and columns of JSON_TABLE, without names, plans and what happens else."""
    begins = find_word(tokens, {"COLUMNS"})
    closed = after_brackets(tokens, begins + 1)
    if begins < 0 or closed == begins + 1:
        return tokens
    head, values = _taken_apart(tokens[:begins])
    comma, (columns, defaults) = find_word(head, {","}), _plain_columns(tokens[begins:closed])
    if comma < 0:
        return tokens
    document = _beside(head[:comma], [*values, *defaults])
    return [*document, *head[comma : comma + 2], *columns]


def _plain_columns(tokens: Sequence[Token]) -> tuple[list[Token], Values]:
    """`COLUMNS (…)` without what is said of values, and the defaults in it."""
    items: list[Sequence[Token]] = []
    values: Values = []
    for item in split_at(tokens[2:-1], ","):
        nested = find_word(item, {"COLUMNS"}) if word(item, 0) == "NESTED" else -1
        if nested > 0:
            plain, more = _plain_columns(item[nested : after_brackets(item, nested + 1)])
            at = 1 + (word(item, 1) == "PATH")
            plain = [item[0], *made_words("path", item[0]), *item[at : at + 1], *plain]
        else:
            plain, more = _taken_apart(item)
        values += more
        items.append(plain)
    return [*tokens[:2], *with_commas(items), tokens[-1]], values


def with_named_pairs(tokens: Sequence[Token]) -> list[Token]:
    """Columns that are called KEY or VALUE in brackets, where the parser takes them for words."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        closed = after_brackets(tokens, position + 1)
        said.append(tokens[position])
        if word(tokens, position) in OF_PAIRS and closed > position + 1:
            inside = with_named_pairs(tokens[position + 2 : closed - 1])
            said += [tokens[position + 1], *_named_apart(inside), tokens[closed - 1]]
            position = closed
        else:
            position += 1
    return said


def _named_apart(tokens: Sequence[Token]) -> list[Token]:
    """What stands between the brackets of a call, such columns in brackets of their own."""
    said: list[Token] = []
    for item in split_at(tokens, ","):
        said += made_words(",", item[0]) if said and item else ()
        start = 0
        if _is_key(item) or (said and spelt(item, 0) == "VALUE"):
            start = find_end(item, _ENDS_KEY, 1)
            said += _bracketed(item[:start])
        here = next((n for n in range(1, len(item)) if _is_value(item, n)), len(item))
        end = find_end(item, _ENDS_VALUE, here)
        said += [*item[start:here], *_bracketed(item[here:end]), *item[end:]]
    return said


def _is_key(item: Sequence[Token]) -> bool:
    """Whether an item begins with a column of that name, and not with the word."""
    if spelt(item, 0) != "KEY":
        return False
    if word(item, 1) == "VALUE":
        return not (word(item, 2) in _ENDS_KEY and len(item) > len(("key", "value", "value")))
    behind = item[1].token_type if len(item) > 1 else TokenType.COMMA
    return behind not in STRINGS | NAMES | {TokenType.L_PAREN, TokenType.NUMBER}


def _is_value(item: Sequence[Token], position: int) -> bool:
    return spelt(item, position) == "VALUE" and word(item, position - 1) in _BEFORE_VALUE


def _bracketed(tokens: Sequence[Token]) -> list[Token]:
    return in_brackets(tokens, tokens[0]) if tokens else []
