"""What holds statements and runs them later: tasks, triggers, events, rules, packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.scripts.calls import fired
from lineage.compile.scripts.context import Variable
from lineage.compile.scripts.headers import ROW_NAMES, new_routine
from lineage.compile.scripts.script import whole
from lineage.compile.scripts.texts import code_in
from lineage.compile.scripts.tokens import STRINGS, find_word, word
from lineage.compile.scripts.variables import into_variables
from lineage.compile.unparsed import name_at
from lineage.dialects import last_part
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement


def read_holder(
    script: Script, tokens: Sequence[Token], position: int, kind: str
) -> Iterator[Statement]:
    """TASK … AS statement, TRIGGER … ON table …, EVENT … DO statement, RULE … DO statement."""
    new_routine(script)
    script.result = ""
    table = ""
    if kind in {"TRIGGER", "RULE"}:
        table = _rows_of_trigger(script, tokens, position)
        if kind == "TRIGGER" and table:
            yield from _run_for(script, tokens, table)
    if kind == "ALERT":
        yield from script.statements(tokens[find_word(tokens, {"IF"}, position) :])
        return
    at = find_word(tokens, _BEFORE_BODY.get(kind, _OF_TRIGGER), position + 1)
    if at < 0:
        verbs = {"INSERT", "UPDATE", "DELETE", "SET", "CALL", "MERGE"}
        each = find_word(tokens, {"ROW", "STATEMENT"}, position)
        at = find_word(tokens, verbs, each if each > 0 else position + 1) - 1
    if at < 0:
        yield script.plain(tokens)
        return
    body = tokens[at + 1 :] if word(tokens, at) in {"AS", "DO", "ROW"} else tokens[at:]
    while word(body, 0) in {"ALSO", "INSTEAD", "("}:
        body = body[1:]
    if word(body, 0) in {"NOTHING", ""}:
        return
    if body[0].token_type in STRINGS:
        body = code_in(body[0], script.text, script.dialect)
    for statement in script.all_of(body):
        yield _touching(statement, table)


def _touching(statement: Statement, table: str) -> Statement:
    """What is not known of a trigger's body is about its table too."""
    if not (table and statement.holes):
        return statement
    holes = (replace(hole, relations=(*hole.relations, table)) for hole in statement.holes)
    return replace(statement, holes=tuple(holes))


_BEFORE_BODY = {
    "TASK": {"AS"},
    "PIPE": {"AS"},
    "FLOW": {"AS"},
    "EVENT": {"DO"},
    "RULE": {"DO"},
}


_OF_TRIGGER = {"BEGIN", "EXECUTE", "AS"}


def _run_for(script: Script, tokens: Sequence[Token], table: str) -> Iterator[Statement]:
    """The rows of the table, to the function that a trigger runs for each of them."""
    run = find_word(tokens, {"FUNCTION", "PROCEDURE"}, 2)
    name = name_at(tokens, run + 1, script.context.naming) if run > 0 else ""
    own = script.context.naming.column(last_part(name).lower()) if name else ""
    at = tokens[0].start
    rows = script.context.parameters.get(f"{own} trigger", ())
    for row, held in rows:
        yield into_variables(whole(table, at), [(row, held)])
    if name and not rows:
        yield fired(name, table, at)


def _rows_of_trigger(script: Script, tokens: Sequence[Token], position: int) -> str:
    """NEW, OLD and their like are rows of the table that the trigger watches."""
    on = find_word(tokens, {"ON", "TO"}, position)
    if word(tokens, on) == "ON" and word(tokens, on + 1) in {"INSERT", "UPDATE", "DELETE"}:
        on = find_word(tokens, {"TO"}, position)
    table = name_at(tokens, on + 1, script.context.naming) if on > 0 else ""
    for name in ROW_NAMES if table else ():
        script.context.variables[script.context.naming.column(name)] = Variable(table, rows=True)
    return table


def read_package(script: Script, tokens: Sequence[Token], position: int) -> Iterator[Statement]:
    """CREATE PACKAGE BODY … AS, and then routines until its END."""
    at = find_word(tokens, {"AS", "IS"}, position)
    if word(tokens, position + 1) == "BODY" and at > 0 and at + 1 < len(tokens):
        yield from script.statements(tokens[at + 1 :])


def read_policy(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """A policy decides what others see; one that asks a query lets it decide too."""
    if "SELECT" in {t.text.upper() for t in tokens}:
        message = "what the query in a policy shows or hides is not followed"
        yield script.hole(GapReason.UNSUPPORTED, message, tokens)
