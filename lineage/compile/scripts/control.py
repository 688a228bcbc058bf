"""Blocks: BEGIN, IF, CASE, loops and handlers around the statements that run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import assigns, begins_label, find_end, find_word, word
from lineage.compile.scripts.unseparated import starts_of_statements
from lineage.dialects import LIKE_TSQL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement


_AFTER_BEGIN = frozenset({"ATOMIC", "NOT", "TRY", "CATCH"})


_OF_TRANSACTION = frozenset(
    """
    TRAN TRANSACTION WORK DISTRIBUTED ISOLATION READ DEFERRABLE DEFERRED IMMEDIATE EXCLUSIVE
    """.split()
)


_VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "COPY", "WITH"})


def read_begin(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """BEGIN opens a block, or a transaction."""
    script.declaring = False
    start = 1
    while word(tokens, start) in _AFTER_BEGIN and not assigns(tokens[start:]):
        start += 1
    named = begins_label(tokens[start:]) or assigns(tokens[start:])
    if word(tokens, start) in _OF_TRANSACTION and not named:
        return
    script.atomic = script.atomic or (bool(script.result) and word(tokens, 1) == "ATOMIC")
    open_block(script)
    yield from read_rest(script, tokens, start)


def open_block(script: Script, conditions: Sequence[str] = ()) -> None:
    """A block begins, under the conditions that decide whether it runs."""
    pending, script.pending = script.pending or [], None
    script.context.conditions.append([*pending, *conditions])


def read_rest(script: Script, tokens: Sequence[Token], start: int) -> Iterator[Statement]:
    """What follows the word that was read."""
    if start < len(tokens):
        yield from script.statements(tokens[start:])


def read_end(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """END closes the innermost block, whatever it is."""
    if script.context.conditions:
        script.last = script.context.conditions.pop()
    while script.loops and script.loops[-1][0] > len(script.context.conditions):
        script.loops.pop()
    script.context.end_block()
    if not script.context.conditions and (script.unblocked or not _ends_part(tokens)):
        script.in_package = script.in_package and script.in_body
        if script.in_body and (script.result or script.dialect not in _END_WITH_BATCH):
            script.leave_routine()
    verb = find_word(tokens, _VERBS, 1)
    if verb > 0:
        yield from script.statements(tokens[verb:])


# Where a procedure or trigger is all that is in its batch, and an END no more than that of a block:
# https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql
_END_WITH_BATCH = LIKE_TSQL


def _ends_part(tokens: Sequence[Token]) -> bool:
    return word(tokens, 1) in {"IF", "LOOP", "WHILE", "FOR", "CASE", "REPEAT", "TRY", "CATCH"}


def read_if(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """IF … THEN opens a block; T-SQL's IF governs the statement that follows it."""
    then = find_word(tokens, {"THEN"})
    if then < 0:
        starts = [*starts_of_statements(tokens), len(tokens)]
        names, worked_out = script.condition(tokens[1 : starts[1]])
        yield from worked_out
        script.pending = [*(script.pending or ()), *names]
        yield from read_rest(script, tokens, starts[1])
        return
    names, worked_out = script.condition(tokens[1:then])
    yield from worked_out
    open_block(script, names)
    yield from read_rest(script, tokens, then + 1)


def read_else(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ELSE is governed by the conditions before it."""
    if find_word(tokens, {"THEN"}) < 0 and script.dialect in LIKE_TSQL:
        script.pending = list(script.last)
    yield from read_rest(script, tokens, 1)


def read_elseif(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ELSEIF and WHEN: one more condition for what is left of the block."""
    then = find_end(tokens, {"THEN"})
    names, worked_out = script.condition(tokens[1:then])
    yield from worked_out
    if script.context.conditions:
        script.context.conditions[-1].extend(names)
    yield from read_rest(script, tokens, then + 1)


def read_case(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """CASE x WHEN … THEN, as a statement."""
    when = next((n for n in range(1, len(tokens)) if word(tokens, n) == "WHEN"), len(tokens))
    names, worked_out = script.condition(tokens[1:when])
    yield from worked_out
    open_block(script, names)
    if when < len(tokens):
        yield from read_elseif(script, tokens[when:])


def read_exception(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """EXCEPTION and what it handles."""
    yield from read_rest(script, tokens, 1)


def read_label(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """`label:` and `<<label>>` before a block."""
    name, start = (2, 5) if tokens[0].text == "<" else (0, 2)
    script.context.blocks.add(script.context.name(tokens[name]))
    yield from read_rest(script, tokens, start)
