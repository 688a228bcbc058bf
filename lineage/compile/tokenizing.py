"""Texts to tokens, with parameters that stand close together, and strings in several pieces.

`f($1,$2)` has two of them where the parser's tokenizer sees `$1,$`, which a text would begin with,
as in `$body$ … $body$`: a tag like that is a name, and a name begins with no digit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import Token, TokenType

from lineage.dialects import LIKE_POSTGRES, parser_of, tokenizer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_MISTAKEN = re.compile(r"\$\d+[^\s\d$][^\s$]*\$")
# What no parameter is in; each goes on to the end where it is not closed, so that none costs twice.
_PIECE = re.compile(
    r"""
        (?<!\w) [eE] ' (?: [^'\\] | \\. | '' )* (?: ' | \Z )
      | ' (?: [^'] | '' )* (?: ' | \Z )
      | " (?: [^"] | "" )* (?: " | \Z )
      | -- [^\n]*
      | /\* .*? (?: \*/ | \Z )
      | (?<![\w$]) \$ (?P<tag> (?: [^\W\d] \w* )? ) \$ .*? (?: \$ (?P=tag) \$ | \Z )
      | (?<![\w$]) (?P<parameter> \$ ) (?= \d )
    """,
    re.DOTALL | re.VERBOSE,
)
_OTHER = "@"  # as parameters begin elsewhere, which the tokenizer knows everywhere


# https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS
_IN_PIECES = LIKE_POSTGRES | {"duckdb"}
_MAY_GO_ON = re.compile(r"'[^\S\n]*(?:--[^\n]*)?\n\s*(?:'|--)")
_GOES_ON = re.compile(r"(?:[^\S\n]|--[^\n]*(?=\n))*\n(?:\s|--[^\n]*\n)*")
_PIECES = frozenset({TokenType.STRING, TokenType.BYTE_STRING})


def tokens_of(text: str, dialect: str) -> Sequence[Token]:
    """The tokens of a text; raises what the tokenizer raises, and `InputError` as `parser_of`."""
    tokens = _tokens_of(text, dialect)
    if dialect in _IN_PIECES and _MAY_GO_ON.search(text) is not None:
        return _in_one(text, tokens)
    return tokens


def _in_one(text: str, tokens: Sequence[Token]) -> Sequence[Token]:
    """Strings that go on in another line as one."""
    found: list[Token] = []
    for t in tokens:
        before = found[-1] if found else t
        goes_on = t.token_type is TokenType.STRING and before.token_type in _PIECES
        if goes_on and text[t.start] == "'" and _GOES_ON.fullmatch(text, before.end + 1, t.start):
            found[-1] = Token(
                before.token_type, before.text + t.text, before.line, before.col, before.start,
                t.end, before.comments,
            )  # fmt: skip
        else:
            found.append(t)
    return found


def _tokens_of(text: str, dialect: str) -> Sequence[Token]:
    tokenizer = tokenizer_of(dialect)
    tagged = "$" in parser_of(dialect).tokenizer_class.HEREDOC_STRINGS
    if not tagged or _MISTAKEN.search(text) is None:
        return tokenizer.tokenize(text)
    said = _PIECE.sub(lambda piece: _OTHER if piece["parameter"] else piece[0], text)
    return [
        Token(t.token_type, "$", t.line, t.col, t.start, t.end, t.comments)
        if t.text == _OTHER and text[t.start] == "$"
        else t
        for t in tokenizer.tokenize(said)
    ]
