"""Where a script may end, and what it puts out there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.control import read_rest
from lineage.compile.scripts.loops import unbracketed
from lineage.compile.scripts.tokens import (
    find_word,
    made_word,
    word,
)
from lineage.compile.scripts.variables import all_of
from lineage.objects import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script


def read_leave(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """RETURN, LEAVE, RAISE and the like: here the script may end."""
    when = find_word(tokens, {"WHEN"})
    if when > 0:
        names, worked_out = script.condition(tokens[when + 1 :])
        yield from worked_out
        script.context.lasting += names
    elif len(tokens) > 1 and script.moves(tokens[1:]):
        yield from _returned(script, tokens)
    script.context.leave()
    if word(tokens, 0) in {"LEAVE", "BREAK", "EXIT", "CONTINUE", "ITERATE"}:
        yield from script.repeated(tokens)
    if script.pending is not None:
        script.context.lasting += script.pending
        script.last, script.pending = script.pending, None


def read_print(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """PRINT shows a value to whoever runs the script."""
    if len(tokens) > 1 and script.moves(tokens[1:]):
        yield script.value(tokens[1:])
    script.pending = None


def _returned(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """RETURN value, RETURN QUERY select, RETURN TABLE(select), RAISE … with values."""
    start = 1
    while word(tokens, start) in {"QUERY", "NEXT", "TABLE", "NOTICE", "EXCEPTION"}:
        start += 1
    if word(tokens, start) == "EXECUTE":
        yield from script.statements(tokens[start:])
        return
    value = unbracketed(tokens[start:])
    held = script.context.variables.get(script.context.name(value[-1])) if value else None
    if held is not None and held.rows and len(value) <= 2:  # noqa: PLR2004 - a mark, a name
        yield script.put_out(all_of(held, value[-1].start))
    elif value:
        yield script.put_out(script.value(value))


def read_nothing(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """A mark between batches; a statement may follow it with nothing between."""
    script.pending = None
    if word(tokens, 0) in {"GO", "/"}:
        script.leave_routine()
    start = 1
    while start < len(tokens) and tokens[start].text in {"/", "//", "$", "$$", ";;"}:
        start += 1
    yield from read_rest(script, tokens, start)


def read_inert(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """What moves nothing, unless it holds a query."""
    names_rights = word(tokens, 0) in {"AUDIT", "DENY", "NOAUDIT", "REVOKE"}
    if (
        not names_rights
        and script.moves(tokens[1:])
        and "SELECT" in {word(tokens, n) for n in range(len(tokens))}
    ):
        yield script.plain(tokens)
    else:
        yield Statement(tokens[0].start)


def read_perform(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """PERFORM is SELECT for its effects."""
    yield script.plain([made_word(TokenType.SELECT, "select", tokens[0]), *tokens[1:]])
