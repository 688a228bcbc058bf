"""Functions that a query brings along: Trino's `WITH FUNCTION f(x bigint) RETURNS bigint …`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.control import read_end
from lineage.compile.scripts.routines import read_routine
from lineage.compile.scripts.tokens import find_end, find_word, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

_OWN = frozenset({"TEMP"})  # nobody else sees such a function
_STARTS_QUERY = frozenset({"SELECT", "WITH", "VALUES", "TABLE"})


def read_inline(script: Script, tokens: Sequence[Token], at: int) -> Iterator[Statement]:
    """The functions behind WITH at a position, and then the statement without them."""
    script.before_inline = tokens[:at]
    yield from _definitions(script, tokens[at + 1 :])


def _definitions(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    body = find_word(tokens, {"RETURN", "BEGIN"}, 1)
    if body < 0 or word(tokens, body) == "BEGIN":
        yield from read_routine(script, tokens, _OWN)  # what follows it comes behind its END
        return
    end = find_end(tokens, _STARTS_QUERY | {","}, body + 1)
    while word(tokens, end) == "," and word(tokens, end + 1) != "FUNCTION":
        end = find_end(tokens, _STARTS_QUERY | {","}, end + 1)
    yield from read_routine(script, tokens[:end], _OWN)
    yield from _go_on(script, tokens[end:])


def _go_on(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """One more function, or the statement that calls them."""
    if word(tokens, 0) == ",":
        yield from _definitions(script, tokens[1:])
        return
    if tokens:  # in Oracle a semicolon stands before it
        before, script.before_inline = script.before_inline or [], None
        yield from script.statements([*before, *tokens])


def read_end_of_block(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """END; behind that of a function that a query brings along stands the rest of the query."""
    if script.before_inline is None:
        yield from read_end(script, tokens)
        return
    yield from read_end(script, tokens[:2] if word(tokens, 1) in {"IF", "CASE"} else tokens[:1])
    if not script.in_body:
        yield from _go_on(script, tokens[1:])
