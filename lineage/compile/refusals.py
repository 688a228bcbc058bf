"""What the parser says of a text that it refuses, without what it quotes of the text.

A text may hold data (`where email = 'a@b.c'`), which no report is to repeat.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot.errors import ParseError, TokenError

from lineage.limits import Excess
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

# What may come of a text: everything after these, and whatever is quoted.
_INSTEAD = re.compile(r",? (?:but )?got .*", re.DOTALL)
# Which of several parts that are missing it names depends on the hash seed.
_MISSING = re.compile(r"^Required keyword: '\w+' missing for <class '(?:\w+\.)*(\w+)'>")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|<[^>]*>")
_LEFT = re.compile(r"['\"<].*", re.DOTALL)
_LONGEST = 120


def refusal(error: Exception, tokens: Sequence[Token] = ()) -> Excess:
    """Why a text, or the statement with these tokens, was refused."""
    offset = tokens[0].start if tokens else 0
    return Excess(GapReason.PARSE_ERROR, _said(error), offset)


def _said(error: Exception) -> str:
    if isinstance(error, TokenError):
        # Not its cause: the compiled parser does not set that.
        unclosed = str(error.__context__ or error).startswith("Missing ")
        return "a quote or comment is never closed" if unclosed else "it cannot be cut into words"
    if not isinstance(error, ParseError) or not error.errors:
        return f"cannot be parsed ({type(error).__name__})"
    said = str(error.errors[0].get("description") or "cannot be parsed")
    said = _MISSING.sub(r"\1 lacks a part", _INSTEAD.sub("", said))
    return _LEFT.sub("…", _QUOTED.sub("…", said)).rstrip(".:… ")[:_LONGEST]
