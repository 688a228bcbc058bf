"""What errors say of values: what is raised on purpose, and what is kept of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.counting import FOUND
from lineage.compile.scripts.messages import MESSAGE
from lineage.compile.scripts.tokens import find_word, made_word, split_at, unbracketed, word
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
    items = [item for item in split_at(first, ",") if item]
    told = given > 0 and word(tokens, given) != "WITH"
    for item in split_at(tokens[given + 1 :], ",") if told else ():
        at = find_word(item, {"=", ":="})
        items.append(item[at + 1 :] if at >= 0 else item)
    said: list[Token] = []
    for item in (item for item in items if item):
        said += [*([made_word(TokenType.COMMA, ",", item[0])] if said else []), *item]
    return said


def keep_message(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """What is raised is in the message, of which a handler may make anything."""
    if word(tokens, 1) in _TELLS_ONLY:
        return
    values = values_raised(tokens)
    if not values or not script.moves(values):
        return
    near = values[0]
    opened = made_word(TokenType.VAR, "concat", near), made_word(TokenType.L_PAREN, "(", near)
    closed = made_word(TokenType.R_PAREN, ")", values[-1])
    target = made_word(TokenType.VAR, MESSAGE, near)
    yield from assign(script, [target], [*opened, *values, closed])


def read_diagnostics(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """GET STACKED DIAGNOSTICS CONDITION 1 x = MESSAGE_TEXT, n = ROW_COUNT."""
    start = find_word(tokens, {"DIAGNOSTICS"}) + 1
    if word(tokens, start) in {"CONDITION", "EXCEPTION"}:
        start += 2
    for item in split_at(tokens[start:], ","):
        at = find_word(item, {"=", ":="})
        if at > 0 and word(item, at + 1) in _PARTS:
            asked = made_word(TokenType.VAR, MESSAGE, item[at])
            yield from assign(script, [item[at - 1]], [asked])
        elif at > 0 and word(item, at + 1) == "ROW_COUNT":
            counted = made_word(TokenType.VAR, FOUND, item[at])
            yield from assign(script, [item[at - 1]], [counted])
