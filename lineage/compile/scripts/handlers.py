"""Handlers of NOT FOUND, which run where a query that fills variables has no row, or none left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.scripts.context import HOLDS, Variable
from lineage.compile.scripts.control import read_rest
from lineage.compile.scripts.counting import deciding
from lineage.compile.scripts.tokens import find_word, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

_RUNS = frozenset("BEGIN SET INSERT UPDATE DELETE SELECT CALL ROLLBACK CLOSE LEAVE".split())
_FOUND_NOTHING = "02000"


def read_handler(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """DECLARE … HANDLER FOR … statement."""
    start = find_word(tokens, _RUNS, 2)
    if start < 0:
        return
    if _is_of_nothing(tokens[:start]):
        context = script.context
        context.unfound = context.unfound or context.new_condition()
        context.exits = context.exits or "EXIT" in {word(tokens, n) for n in range(3)}
        script.pending = [*(script.pending or ()), context.unfound]
    yield from read_rest(script, tokens, start)
    script.pending = None


def _is_of_nothing(tokens: Sequence[Token]) -> bool:
    """Whether NOT FOUND is one of the conditions that are handled, or its number."""
    words = {word(tokens, n) for n in range(len(tokens))}
    return "FOUND" in words or any(token.text == _FOUND_NOTHING for token in tokens)


def whether_found(script: Script, query: Statement) -> Iterator[Statement]:
    """Which rows a query has decides whether handlers run, and what comes behind one that exits."""
    context = script.context
    scopes = [write.scope for write in query.writes]
    yield deciding(replace(query, writes=()), scopes, (HOLDS, Variable(context.unfound)))
    if context.exits and context.unfound not in context.lasting:
        context.lasting.append(context.unfound)
