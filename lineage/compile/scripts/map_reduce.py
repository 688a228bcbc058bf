"""Hive's MAP and REDUCE, which are other words for `SELECT TRANSFORM (…)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import (
    COMMENT,
    STRINGS,
    find_end,
    find_word,
    in_brackets,
    made_words,
    word,
)
from lineage.dialects import HIVE_AND_SPARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_WORDS = frozenset({"MAP", "REDUCE"})
_WRITTEN = re.compile(
    rf"\b(?:map|reduce)\b.*\busing\s*(?:\w?[\"']|{COMMENT})", re.IGNORECASE | re.DOTALL
)
_NO_SCRIPT = frozenset({"<", "", ",", "."})  # behind a type or a column that is called so
_AFTER_NAMES = frozenset("CLUSTER DISTRIBUTE SORT FROM WHERE LATERAL ROW ) INSERT ORDER".split())


def may_map(text: str, dialect: str) -> bool:
    """Whether a text may hold such a query."""
    return dialect in HIVE_AND_SPARK and _WRITTEN.search(text) is not None


def as_transforms(tokens: Sequence[Token]) -> Sequence[Token]:
    """The statement with TRANSFORM in place of MAP and REDUCE."""
    made: list[Token] = []
    position = 0
    while position < len(tokens):
        using = _using(tokens, position)
        if using < 0:
            made.append(tokens[position])
            position += 1
            continue
        near = tokens[position]
        if not made or word(made, len(made) - 1) != "SELECT":
            made += made_words("select", near)
        given = in_brackets(tokens[position + 1 : using], near)
        made += [*made_words("transform", near), *given, *tokens[using : using + 2]]
        position = using + 2
        if word(tokens, position) == "AS" and word(tokens, position + 1) != "(":
            end = find_end(tokens, _AFTER_NAMES, position + 1)
            made += [tokens[position], *in_brackets(tokens[position + 1 : end], near)]
            position = end
    return made


def _using(tokens: Sequence[Token], position: int) -> int:
    """Where the script of MAP or REDUCE at a position is named; -1 where there is none."""
    if word(tokens, position) not in _WORDS or word(tokens, position + 1) in _NO_SCRIPT:
        return -1
    using = find_word(tokens, {"USING", "FROM", ")"}, position + 1)
    named = word(tokens, using) == "USING" and using + 1 < len(tokens)
    return using if named and tokens[using + 1].token_type in STRINGS else -1
