"""What errors say of values: what is raised on purpose, and what is kept of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.counting import FOUND
from lineage.compile.scripts.messages import MESSAGE
from lineage.compile.scripts.tokens import (
    find_word,
    in_brackets,
    made_words,
    split_at,
    unbracketed,
    with_commas,
    word,
)
from lineage.compile.scripts.variables import assign

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

# Parts of a message that GET DIAGNOSTICS asks for.
_PARTS = frozenset(
    {"MESSAGE_TEXT", "PG_EXCEPTION_DETAIL", "PG_EXCEPTION_HINT", "PG_EXCEPTION_CONTEXT"}
)
_TELLS_ONLY = frozenset({"NOTICE", "WARNING", "INFO", "LOG", "DEBUG"})


def values_raised(tokens: Sequence[Token]) -> Sequence[Token]:
    """What RAISE, THROW, SIGNAL and their kin put into a message, as a list."""
    start = 1 + (word(tokens, 1) == "EXCEPTION")
    given = find_word(tokens, {"USING", "SET"}, start)
    given = find_word(tokens, {"WITH"}, start) if given < 0 else given  # T-SQL's WITH LOG
    first = tokens[start : given if given > 0 else len(tokens)]
    first = unbracketed(first) if word(tokens, 0) not in {"SIGNAL", "RESIGNAL"} else ()
    items = list(split_at(first, ","))
    told = given > 0 and word(tokens, given) != "WITH"
    for item in split_at(tokens[given + 1 :], ",") if told else ():
        at = find_word(item, {"=", ":="})
        items.append(item[at + 1 :] if at >= 0 else item)
    return with_commas(items)


def keep_message(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """What is raised is in the message, of which a handler may make anything."""
    if word(tokens, 1) in _TELLS_ONLY:
        return
    values = values_raised(tokens)
    if not values or not script.moves(values):
        return
    near = values[0]
    together = [*made_words("concat", near), *in_brackets(values, near)]
    yield from assign(script, made_words(MESSAGE, near), together)


def read_diagnostics(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """GET STACKED DIAGNOSTICS CONDITION 1 x = MESSAGE_TEXT, n = ROW_COUNT."""
    start = find_word(tokens, {"DIAGNOSTICS"}) + 1
    if word(tokens, start) in {"CONDITION", "EXCEPTION"}:
        start += 2
    for item in split_at(tokens[start:], ","):
        at = find_word(item, {"=", ":="})
        if at > 0 and word(item, at + 1) in _PARTS:
            yield from assign(script, [item[at - 1]], made_words(MESSAGE, item[at]))
        elif at > 0 and word(item, at + 1) == "ROW_COUNT":
            yield from assign(script, [item[at - 1]], made_words(FOUND, item[at]))
