"""T-SQL's `sql:column("t.a")` and `sql:variable("@v")`: values that an XQuery in a text takes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token

from lineage.compile.scripts.tokens import STRINGS, made_words
from lineage.dialects import LIKE_TSQL, tokenizer_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TAKES = re.compile(r"sql\s*:\s*(?:column|variable)\s*\(\s*([\"'])([^\"']{1,999})\1\s*\)")


def may_take(text: str, dialect: str) -> bool:
    """Whether an XQuery somewhere in a text may take values of the statement around it."""
    return dialect in LIKE_TSQL and "sql:" in text.casefold()


def as_arguments(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens with what the text of an XQuery takes as further arguments of its call."""
    if not any(t.token_type in STRINGS and _TAKES.search(t.text) for t in tokens):
        return tokens
    found = [tokens[0]]
    for before, token in pairwise(tokens):
        found.append(token)
        if before.text == "(" and token.token_type in STRINGS:
            found += _taken(token)
    return found


def _taken(token: Token) -> Iterator[Token]:
    for taken in _TAKES.finditer(token.text):
        yield from made_words(",", token)
        try:
            read = tokenizer_of("tsql").tokenize(taken[2])
        except SqlglotError:
            continue
        base = token.start + taken.start(2)
        for t in read:
            yield Token(
                t.token_type, t.text, token.line, token.col, t.start + base, t.end + base, []
            )
