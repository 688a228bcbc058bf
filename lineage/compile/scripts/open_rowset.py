"""T-SQL's OPENROWSET(BULK 'file', …) WITH (…): the rows of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import Token, TokenType

from lineage.compile.scripts.tokens import STRINGS, after_brackets, made_word, split_at, word
from lineage.dialects import LIKE_TSQL

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
        call = [
            made_word(TokenType.VAR, "read_files", near),
            made_word(TokenType.L_PAREN, "(", near),
            file,
            made_word(TokenType.R_PAREN, ")", near),
        ]
        position = after_brackets(tokens, position + 1)
        if word(tokens, position) == "WITH" and word(tokens, position + 1) == "(":
            end = after_brackets(tokens, position + 1)
            call = _columns_of(call, tokens[position + 2 : end - 1])
            position = end
        made += call
    return made


def _columns_of(call: list[Token], listed: Sequence[Token]) -> list[Token]:
    """A query of the columns that WITH lists; those of the file may be called otherwise."""
    near = call[0]
    comma = made_word(TokenType.COMMA, ",", near)
    names = [token for item in split_at(listed, ",") if item for token in (comma, item[0])]
    return [
        made_word(TokenType.L_PAREN, "(", near),
        made_word(TokenType.SELECT, "select", near),
        *names[1:],
        made_word(TokenType.FROM, "from", near),
        *call,
        made_word(TokenType.R_PAREN, ")", near),
    ]


def _file(tokens: Sequence[Token], position: int) -> Token | None:
    """The file that is named at a position; None where none or several are."""
    opens = [word(tokens, position + n) for n in range(3)] == ["OPENROWSET", "(", "BULK"]
    named = tokens[position + 3] if opens and position + 3 < len(tokens) else None
    if named is None or named.token_type not in STRINGS:
        return None
    at = (named.line, named.col, named.start, named.end)
    return Token(TokenType.STRING, named.text, *at, [])  # also of a text in N'…'
