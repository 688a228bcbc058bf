"""Oracle's LOG ERRORS: rows that a table refuses go into another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import find_word, made_word, says, word
from lineage.compile.unparsed import end_of_name, name_at
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

_PREFIX = "ERR$_"


def logged(tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """The name of the table of errors, empty where there is none, and what is left without it."""
    at = find_word(tokens, {"LOG"}, 1)
    if at < 0 or word(tokens, at + 1) != "ERRORS":
        return (), tokens
    start = at + 3 if word(tokens, at + 2) == "INTO" else 0
    if start:
        return tokens[start : end_of_name(tokens, start)], tokens[:at]
    target = tokens[2 : end_of_name(tokens, 2)] or tokens[:1]
    name = made_word(TokenType.VAR, _PREFIX + target[-1].text, target[-1])
    return [*target[:-1], name], tokens[:at]


def of_refused(
    script: Script, errors: Sequence[Token], tokens: Sequence[Token]
) -> Iterator[Statement]:
    """What the table of errors may take: all that is inserted, in columns of the same names."""
    if not errors:
        return
    if says(tokens, 0, "INSERT", "INTO"):
        yield script.plain([*tokens[:2], *errors, *tokens[end_of_name(tokens, 2) :]])
    else:
        message = "which values go to a table of errors is not followed"
        name = name_at(errors, 0, script.context.naming)
        yield script.hole(GapReason.UNSUPPORTED, message, tokens, names=[name])
