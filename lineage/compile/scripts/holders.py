"""What holds statements and runs them later: tasks, triggers, events, rules, packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.headers import new_routine
from lineage.compile.scripts.results import touching
from lineage.compile.scripts.single_bodies import body_of_trigger
from lineage.compile.scripts.texts import code_in
from lineage.compile.scripts.tokens import STRINGS, after_brackets, find_word, word
from lineage.compile.scripts.triggers import (
    VERBS,
    condition_of,
    rows_of_trigger,
    rows_under,
    run_for,
)
from lineage.dialects import LIKE_MYSQL

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
    if kind == "ALERT":
        yield from script.statements(tokens[find_word(tokens, {"IF"}, position) :])
        return
    at = _before_body(tokens, position, kind, script.dialect)
    table = rows_of_trigger(script, tokens, position) if kind in {"TRIGGER", "RULE"} else ""
    asked: list[str] = []
    if kind in {"TRIGGER", "RULE"}:
        asked, worked_out = script.condition(condition_of(tokens, position, at))
        yield from worked_out
        yield from _rows_under(script, tokens, at, (table if kind == "TRIGGER" else "", asked))
    if at < 0:
        yield script.plain(tokens)
        return
    body = _body(script, tokens, at)
    if not body:
        return
    if word(body, 0) in {"BEGIN", "DECLARE"}:
        script.pending = asked or None  # of the block
    elif asked:
        script.context.conditions.append(asked)
    for statement in script.all_of(body):
        yield touching(statement, table)
    if asked and word(body, 0) not in {"BEGIN", "DECLARE"} and not script.bracketed:
        script.context.conditions.pop()


def _rows_under(
    script: Script, tokens: Sequence[Token], at: int, triggered: tuple[str, list[str]]
) -> Iterator[Statement]:
    """What runs for the rows of a trigger's table, or which rows a rule leaves to its body."""
    table, asked = triggered
    if table:
        script.pending = asked or None
        yield from run_for(script, tokens, table)
    elif asked and at >= 0 and word(tokens, at + 1) == "INSTEAD":
        yield rows_under(script, tokens, asked)


def _body(script: Script, tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """The body, or the first of its statements where they are in brackets; empty for NOTHING."""
    body = tokens[at + 1 :] if word(tokens, at) in {"AS", "DO", "ROW"} else tokens[at:]
    while word(body, 0) in {"ALSO", "INSTEAD"}:
        body = body[1:]
    if word(body, 0) == "(":
        texts = [token.text for token in body]
        script.bracketed = texts.count("(") > texts.count(")")
        body = body[1:] if script.bracketed else body[1 : after_brackets(body, 0) - 1]
    if word(body, 0) == "NOTHING" or not body:
        return ()
    if body[0].token_type in STRINGS:
        return code_in(body[0], script.text, script.dialect)
    return body


def _before_body(tokens: Sequence[Token], position: int, kind: str, dialect: str) -> int:
    """Where the word stands that the body follows, or begins with; -1 where none does."""
    if kind == "TRIGGER" and dialect in LIKE_MYSQL:
        return body_of_trigger(tokens, position)
    start = position + 1
    named = find_word(tokens, {"REFERENCING"}, start)
    if named > 0:  # its names follow AS too
        start = find_word(tokens, {"FOR"}, start)
        if start < 0:
            return find_word(tokens, VERBS, named)
    at = find_word(tokens, _BEFORE_BODY.get(kind, _OF_TRIGGER), start)
    if at < 0:
        each = find_word(tokens, {"ROW", "STATEMENT"}, position)
        at = find_word(tokens, VERBS, each if each > 0 else find_word(tokens, {"ON"}, start) + 1)
    return at


_BEFORE_BODY = {
    "TASK": {"AS"},
    "PIPE": {"AS"},
    "FLOW": {"AS"},
    "EVENT": {"DO"},
    "RULE": {"DO"},
}


_OF_TRIGGER = {"BEGIN", "EXECUTE", "AS", "DECLARE"}


def read_package(script: Script, tokens: Sequence[Token], position: int) -> Iterator[Statement]:
    """CREATE PACKAGE BODY … AS, and then routines until its END."""
    at = find_word(tokens, {"AS", "IS"}, position)
    if word(tokens, position + 1) == "BODY" and at > 0 and at + 1 < len(tokens):
        script.in_package = True
        yield from script.statements(tokens[at + 1 :])
