"""T-SQL's OPENROWSET(BULK 'file', …) WITH (…): the rows of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import Token, TokenType

from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    in_brackets,
    made_words,
    says,
    split_at,
    with_commas,
    word,
)
from lineage.dialects import LIKE_TSQL, join_name

if TYPE_CHECKING:
    from collections.abc import Sequence


def may_open(text: str, dialect: str) -> bool:
    """Whether a text may hold such a source."""
    return dialect in LIKE_TSQL and "openrowset" in text.lower()


def as_files(tokens: Sequence[Token]) -> Sequence[Token]:
    """The statement with a call that names the file in place of OPENROWSET."""
    made: list[Token] = []
    position = 0
    while position < len(tokens):
        file = _file(tokens, position)
        if file is None:
            made.append(tokens[position])
            position += 1
            continue
        near = tokens[position]
        call = [*made_words("read_files", near), *in_brackets([file], near)]
        position = after_brackets(tokens, position + 1)
        if says(tokens, position, "WITH", "("):
            end = after_brackets(tokens, position + 1)
            call = _columns_of(call, tokens[position + 2 : end - 1])
            position = end
        made += call
    return made


def _columns_of(call: list[Token], listed: Sequence[Token]) -> list[Token]:
    """A query of the columns that WITH lists; those of the file may be called otherwise."""
    names = with_commas(item[:1] for item in split_at(listed, ","))
    select, source = made_words("select from", call[0])
    return in_brackets([select, *names, source, *call], call[0])


def _file(tokens: Sequence[Token], position: int) -> Token | None:
    """The file that is named at a position; None where none or several are."""
    opens = says(tokens, position, "OPENROWSET", "(", "BULK")
    named = tokens[position + 3] if opens and position + 3 < len(tokens) else None
    if named is None or named.token_type not in STRINGS:
        return None
    at = (named.line, named.col, named.start, named.end)
    told = tokens[position : after_brackets(tokens, position + 1)]
    source = next((n for n in range(len(told)) if word(told, n) == "DATA_SOURCE"), len(told))
    text = named.text
    if source + 2 < len(told) and told[source + 2].token_type in STRINGS:
        text = f"{join_name((told[source + 2].text,))}/{text.lstrip('/')}"
    return Token(TokenType.STRING, text, *at, [])  # also of a text in N'…'
