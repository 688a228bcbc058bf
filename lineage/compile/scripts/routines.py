"""Routines: the bodies of procedures, functions, tasks, triggers, rules and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.scripts.aggregates import as_function
from lineage.compile.scripts.bodies import read_body, sent_elsewhere
from lineage.compile.scripts.checks import CALLERS, read_caller, run_for_rows
from lineage.compile.scripts.elsewhere import places_made
from lineage.compile.scripts.headers import (
    ROW_NAMES,
    columns_returned,
    declare_parameters,
    header_of,
    new_routine,
    routine_made,
    table_returned,
)
from lineage.compile.scripts.holders import read_holder, read_package
from lineage.compile.scripts.masks import policy_as_function
from lineage.compile.scripts.partitions import rows_of_partitions
from lineage.compile.scripts.policies import hidden, predicates_of_rows, read_policy
from lineage.compile.scripts.stages import read_stage
from lineage.compile.scripts.standing import stands_for
from lineage.compile.scripts.tokens import (
    after_brackets,
    after_words,
    find_word,
    made_words,
    word,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.dialects import last_part
from lineage.objects import Statement
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script


ROUTINES = frozenset({"PROCEDURE", "PROC", "FUNCTION", "MACRO", "AGGREGATE"})


_HOLDS_STATEMENTS = frozenset(
    {"TASK", "PIPE", "TRIGGER", "EVENT", "RULE", "PACKAGE", "POLICY", "FLOW", "ALERT"}
)


_READ_HERE = ROUTINES | _HOLDS_STATEMENTS


_HOLDS_NO_CODE = frozenset({"TABLE", "VIEW", "(", "AS", "STREAM", "INDEX", "SCHEMA", "MODEL"})


def read_create(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """CREATE of something that holds code; any other CREATE is plain."""
    if word(tokens, 1) in CALLERS and word(tokens, 2) != "BODY":
        yield from read_caller(script, tokens)
        return
    for position in range(1, min(len(tokens), 9)):
        here = word(tokens, position)
        if here == "PACKAGE" and script.dialect == "snowflake":
            break  # of an application
        if here == "AGGREGATE" and word(tokens, position + 1) == "FUNCTION":
            continue
        methods = here == "TYPE" and word(tokens, position + 1) == "BODY"  # in Oracle
        if methods or (here in _READ_HERE and word(tokens, position - 1) != "EXECUTE"):
            yield from _read_kind(script, tokens, position)
            return
        if here == "STAGE":
            yield from read_stage(script, tokens, position)
            return
        called = here == "(" and word(tokens, position + 1) == ")"  # DEFINER = CURRENT_USER()
        of_table = word(tokens, position + 1) == "FUNCTION"  # or a table that is called so
        of_table = of_table and word(tokens, position + 2) not in {"(", "AS"}
        if here in _HOLDS_NO_CODE and not called and not of_table:
            break
    yield from stands_for(script, tokens)
    places = list(places_made(script, tokens))
    if places:
        yield from places
        return
    yield script.plain(tokens)
    for predicate, table in predicates_of_rows(tokens):
        yield hidden(script, table, predicate)
    yield from run_for_rows(script, tokens)
    yield from rows_of_partitions(script, tokens)


def read_define(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Snowflake's DEFINE says what has to be there, and is CREATE where it is not.

    StarRocks' SUBMIT TASK … AS makes a task and runs it.
    """
    if script.dialect == "snowflake" or word(tokens, 1) == "TASK":
        yield from script.statements([*made_words("create", tokens[0]), *tokens[1:]])
    else:
        yield script.plain(tokens)


def _read_kind(script: Script, tokens: Sequence[Token], position: int) -> Iterator[Statement]:
    kind = word(tokens, position)
    named = end_of_name(tokens, position + 1 + (word(tokens, position + 1) == "BODY"))
    if script.dialect == "oracle" and word(tokens, named) == "WRAPPED":
        message = f"the body of a {kind.lower()} is not analysed: wrapped code"
        yield script.hole(GapReason.OPAQUE_CODE, message, tokens[:named])
    elif word(tokens, position - 1) == "PARTITION":  # T-SQL's function that tells parts by a value
        yield Statement(tokens[0].start)
    elif kind in ROUTINES:
        calling = as_function(tokens[position:]) if kind == "AGGREGATE" else None
        tokens = [*tokens[:position], *calling] if calling is not None else tokens
        before = {word(tokens, n) for n in range(position)}
        overloads = _overloads if script.dialect == "duckdb" else _alone
        for routine in overloads(tokens[position:]):
            yield from read_routine(script, routine, before)
    elif kind in {"PACKAGE", "TYPE"}:
        yield from read_package(script, tokens, position)
    elif kind == "POLICY":
        masking = policy_as_function(tokens, position, script.dialect)
        if masking is not None:
            yield from read_routine(script, masking)
        else:
            yield from read_policy(script, tokens)
    else:
        yield from read_holder(script, tokens, position, kind)


def _alone(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    yield tokens


def _overloads(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """DuckDB's `MACRO f(a) AS …, (a, b) AS …`, each with the name.

    All are tables where the first one is, so `, (…) AS x` in its query is an item.
    """
    opened = next((n for n, t in enumerate(tokens) if t.text == "("), len(tokens))
    body = after_brackets(tokens, opened) + 1
    tables = word(tokens, body) == "TABLE"
    start, at = opened, find_word(tokens, {","}, opened)
    while at > 0:
        behind = after_brackets(tokens, at + 1)
        begins = word(tokens, at + 1) == "(" and word(tokens, behind) == "AS"
        if begins and (not tables or word(tokens, behind + 1) == "TABLE"):
            yield [*tokens[:opened], *tokens[start:at]]
            start = at + 1
        at = find_word(tokens, {","}, at + 1)
    yield [*tokens[:opened], *tokens[start:]]


def read_routine(
    script: Script, tokens: Sequence[Token], before: Collection[str] = ()
) -> Iterator[Statement]:
    """`PROCEDURE name (parameters) … body`; its body is read as if it ran here.

    `before` are the words before these tokens.
    """
    start = after_words(tokens, 1)
    whole_name = name_at(tokens, start, script.context.naming, must=True).lower()
    name = last_part(whole_name)
    script.context.whole_names.setdefault(name, set()).add(whole_name)
    name = script.context.naming.column(name) if name else ""
    closed, parameters = header_of(tokens, start)
    new_routine(script)
    script.columns = columns_returned(script, tokens, closed)
    called = word(tokens, 0) in {"PROCEDURE", "PROC"}
    declared = list(declare_parameters(script, parameters, name, called=called))
    if "TRIGGER" in {word(tokens, n) for n in range(closed, min(closed + 4, len(tokens)))}:
        script.trigger = f"{name} trigger"
        for row in ROW_NAMES[:2]:
            declared.append(script.context.declare(row, tokens[0].start, rows=True))
            held = script.context.variables[row]
            script.context.parameters.setdefault(script.trigger, []).append((row, held))
    made = routine_made(script, tokens, closed, (whole_name, name), before)
    first = declared[0] if declared else made
    yield replace(first, routines=made.routines)
    yield from declared[1:]
    sent = list(sent_elsewhere(script, tokens, closed, (name, before)))
    if sent:
        yield from sent
        script.leave_routine()
        return
    returned = find_word(tokens, {"RETURNS"}, closed)
    if returned > 0 and word(tokens, returned + 1) == "@":
        yield from table_returned(script, tokens[returned + 1 :])
    yield from read_body(script, tokens, closed, name)
