"""Texts to tokens, with parameters that stand close together.

`f($1,$2)` has two of them where the parser's tokenizer sees `$1,$`, which a text would begin with,
as in `$body$ … $body$`: a tag like that is a name, and a name begins with no digit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import Token

from lineage.dialects import parser_of, tokenizer_of

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


def tokens_of(text: str, dialect: str) -> Sequence[Token]:
    """The tokens of a text; raises what the tokenizer raises, and `InputError` as `parser_of`."""
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
