"""What the parser refuses, in words that quote nothing of the text: that may be anybody's data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.compile.unparsed import STRINGS
from lineage.limits import Excess
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.errors import SqlglotError
    from sqlglot.tokenizer_core import Token

_CANNOT = "cannot be parsed"
_UNCLOSED = "a string, a comment or a quoted name is not closed, or no SQL begins here"
# The compiled parser may fail in another way before it gets to say this.
_NOT_ALWAYS_SAID = "Required keyword"
# What follows one of these in a description is an excerpt of the text, or may be.
_EXCERPT = re.compile(
    r"\s*(?:['\"`:<{\[$]|\b(?:but|got|option|property|function|for|closing)\b).*", re.DOTALL
)
_LINE = re.compile(r" from (\d+):\d+\Z")


def untokenized(error: SqlglotError, text: str) -> Excess:
    """A text that cannot be cut into tokens; the parser knows the line of what is not closed."""
    found = _LINE.search(str(error.__cause__ or error.__context__))
    lines = text.split("\n")[: int(found[1]) - 1] if found else []
    offset = sum(len(line) + 1 for line in lines)
    return Excess(GapReason.PARSE_ERROR, _UNCLOSED, min(offset, len(text)))


def unparsed(error: Exception, tokens: Sequence[Token]) -> Excess:
    """A statement that cannot be parsed, with the reason where the parser has a general one."""
    errors = getattr(error, "errors", None)
    said = str(errors[0].get("description") or "") if errors else ""
    general = "" if said.startswith(_NOT_ALWAYS_SAID) else _EXCERPT.sub("", said).rstrip(" ./")
    written = {word for t in tokens if t.token_type in STRINGS for word in t.text.split()}
    quoted = not written.isdisjoint(general.split())
    return Excess(
        GapReason.PARSE_ERROR, general if general and not quoted else _CANNOT, tokens[0].start
    )
