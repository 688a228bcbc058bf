"""Messages of errors, as handlers ask for them.

The message of an error is a variable, `sqlerrm`, by whichever name it is asked for. What a text
raises is in it for all handlers of the text, and for those of other texts that raise nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.context import Variable
from lineage.compile.scripts.tokens import made_words, word
from lineage.dialects import LIKE_TSQL
from lineage.objects import SESSION, VARIABLE, Hole
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.context import Context
    from lineage.compile.scripts.script import Script

MESSAGE = "sqlerrm"
_RAISES = ("raise", "throw", "signal", "assert")
_READS = ("sqlerrm", "error_message", "@@error.", "message_text", "format_error_", "pg_exception_")
# What many of these have in common: a text without it is not searched for each of them.
_SHARED = "err"
_OTHER_READS = tuple(said for said in _READS if _SHARED not in said)
_STACKS = frozenset({"FORMAT_ERROR_STACK", "FORMAT_ERROR_BACKTRACE"})
# Functions that raise what they are given, in the middle of a query.
_IN_QUERIES = frozenset({"ERROR", "RAISE_ERROR", "ASSERT_TRUE", "THROWIF", "FAIL"})


def note_messages(context: Context, low: str) -> bool:
    """Have a variable for what errors say, where a text raises or asks; whether it asks.

    The text comes in small letters.
    """
    raises = any(map(low.__contains__, _RAISES))
    reads = _READS if _SHARED in low else _OTHER_READS
    asks = any(map(low.__contains__, reads))
    if raises or asks:
        name = context.naming.column(MESSAGE)
        relation = f"{VARIABLE if raises else SESSION}{name}"
        context.variables[name] = Variable(relation)
    return asks


def with_message(script: Script, tokens: Sequence[Token]) -> Sequence[Token]:
    """The same statement, asking for a message by the name of the variable."""
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        length = _asks(tokens, position)
        if length:
            mark = "@ " if script.dialect in LIKE_TSQL else ""
            said += made_words(mark + MESSAGE, tokens[position])
        else:
            said.append(tokens[position])
        position += length or 1
    return said


def _asks(tokens: Sequence[Token], at: int) -> int:
    """How many tokens ask for the message of an error here."""
    here, behind = word(tokens, at), word(tokens, at + 1)
    if here == "ERROR_MESSAGE" and behind == "(" and word(tokens, at + 2) == ")":
        return 3
    if here == behind == "@" and word(tokens, at + 2) == "ERROR" and word(tokens, at + 3) == ".":
        return 5
    if here == "DBMS_UTILITY" and word(tokens, at + 2) in _STACKS:
        return 5 if word(tokens, at + 3) == "(" else 3
    return 0


def raised_in_query(tokens: Sequence[Token]) -> Iterator[Hole]:
    """A gap where a query raises values, and the text asks for messages."""
    for position in range(len(tokens) - 1):
        if word(tokens, position) in _IN_QUERIES and word(tokens, position + 1) == "(":
            message = "what a handler makes of values that a query raises is not followed"
            yield Hole(GapReason.OPAQUE_CODE, message, (), tokens[0].start)
            return
