"""The headers of routines: their parameters and what they return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.paths import READ_PARTS
from lineage.compile.scripts.bodies import BODY, is_readable
from lineage.compile.scripts.results import whole
from lineage.compile.scripts.tokens import (
    NAMES,
    after_brackets,
    find_end,
    find_word,
    listed,
    made_words,
    names_variable,
    split_at,
    without,
    word,
)
from lineage.compile.scripts.variables import assign
from lineage.compile.unparsed import end_of_name
from lineage.dialects import LIKE_POSTGRES, parser_of
from lineage.objects import FUNCTION, PROCEDURE, TRIGGERED, Routine, Statement
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script


_PASSING = frozenset({"TEMP", "TEMPORARY"})
_HEADER = 20  # words between the parameters and the body
_TAKES_TABLES = frozenset({"bigquery", "oracle", "snowflake"})
_MODES = frozenset({"IN", "OUT", "INOUT", "@", "VARIADIC"})
# Where `$1` is the first parameter, and what OUT names is a column of what comes back.
_NUMBERS_PARAMETERS = LIKE_POSTGRES

ROW_NAMES = (*TRIGGERED, "inserted", "deleted")


def header_of(tokens: Sequence[Token], start: int) -> tuple[int, Sequence[Token]]:
    """Where the parameters of a routine end, and what they are; T-SQL needs no brackets.

    ClickHouse has them behind AS.
    """
    opened = end_of_name(tokens, start, must=True)
    if word(tokens, opened) == "ON":  # CLUSTER
        opened = max(find_word(tokens, {"AS"}, opened), opened)
    if _is_lambda(tokens, opened):
        arrow = find_word(tokens, {"->"}, opened)
        opened += 1
        listed = word(tokens, opened) == "("
        return arrow, tokens[opened + 1 : arrow - 1] if listed else tokens[opened:arrow]
    if word(tokens, opened) == "(":
        closed = after_brackets(tokens, opened)
        return closed, tokens[opened + 1 : closed - 1]
    if word(tokens, opened) != "@":
        return opened, []
    ends = BODY | {"AS", "WITH", "RETURNS"}
    end = find_end(tokens, ends, opened)
    return end, tokens[opened:end]


def _is_lambda(tokens: Sequence[Token], after: int) -> bool:
    """ClickHouse's `AS (x, y) -> expression`."""
    if word(tokens, after) != "AS":
        return False
    listed = after_brackets(tokens, after + 1)
    return word(tokens, listed if listed > after + 1 else after + 2) == "->"


def columns_returned(script: Script, tokens: Sequence[Token], start: int) -> tuple[str, ...]:
    """The names of RETURNS TABLE (…), which are given by position."""
    at = find_word(tokens, {"RETURNS"}, start)
    opened = at + 2
    if at < 0 or word(tokens, at + 1) != "TABLE" or word(tokens, opened) not in {"(", "<"}:
        return ()
    items = listed(tokens, opened)
    if word(tokens, opened) == "<":
        items = split_at(tokens[opened + 1 : find_word(tokens, {">"}, opened)], ",")
    return tuple(script.context.name(item[0]) for item in items if item)


def table_returned(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """T-SQL's RETURNS @rows TABLE (…): what is put into the variable is what it returns."""
    end = after_brackets(tokens, 3)
    yield from script.statements([*made_words("declare", tokens[0]), *tokens[:end]])
    name = script.context.naming.relation_part(tokens[1].text)
    yield script.put_out(whole(f"@{name}", tokens[0].start))


def routine_made(
    script: Script,
    tokens: Sequence[Token],
    closed: int,
    names: tuple[str, str],
    before: Collection[str],
) -> Statement:
    """A routine comes to be; `names` are its whole name and that of its parameters."""
    whole_name, own = names
    folded = script.context.naming.column(whole_name)
    is_function = word(tokens, 0) in {"FUNCTION", "MACRO", "AGGREGATE"}
    script.result = f"{FUNCTION}{folded}" if is_function else ""
    script.routine = script.result or f"{PROCEDURE}{folded}"
    script.passing = not _PASSING.isdisjoint(before)
    if script.returned and is_function:
        script.columns = tuple(name for name, _variable in script.returned)
    context = script.context
    if not is_function:
        context.put_out[own] = list(script.returned)
    given = [*context.parameters.get(own, ()), *context.parameters.get(f"{own} trigger", ())]
    words = {word(tokens, n) for n in range(closed, min(len(tokens), closed + _HEADER))}
    script.makes_code = "SQL_MACRO" in words
    rows = "TABLE" in before or "TABLE" in {word(tokens, n) for n in range(closed, closed + 7)}
    made = Routine(
        name=whole_name,
        relation=script.routine,
        parameters=tuple((name, variable.relation) for name, variable in given),
        temporary=script.passing,
        opaque=not is_readable(tokens),
        table=rows or (script.makes_code and "SCALAR" not in words),
        hides=is_function
        and own == whole_name
        and own.upper() in parser_of(script.dialect).parser_class.FUNCTIONS,
        misread=is_function and own.lower() in _READ_AS_THE_ENGINES,
    )
    script.returns_rows = made.table
    return Statement(tokens[0].start, routines=(made,))


def new_routine(script: Script) -> None:
    """A routine begins: what was in force around it is not in force in it."""
    context = script.context
    script.leave_routine()
    context.conditions.clear()
    context.lasting.clear()
    context.unfound, context.exits = "", False
    script.outside = dict(context.variables)
    script.in_body, script.declaring, script.pending, script.last = True, False, None, []


# Functions of which a call tests some arguments only, or reads a part of one.
_READ_AS_THE_ENGINES = READ_PARTS | frozenset(
    """
    if iff nullif nvl2 decode count count_if countif approx_distinct approx_count_distinct exists
    json_extract json_extract_string json_extract_scalar json_extract_array json_value_array
    jsonextractstring jsonextractraw get get_path list_extract parse_json grouping grouping_id
    """.split()
)
_GIVES = frozenset({"DEFAULT", "=", ":="})


def _default(script: Script, parameter: Sequence[Token]) -> Iterator[Statement]:
    """What a parameter holds where a call gives it nothing; a table that is given is a gap."""
    kinds = {word(parameter, n) for n in range(1, 5)}
    if kinds & {"TABLE", "TABLE_T"} and script.dialect in _TAKES_TABLES:
        message = "a table that a function is given is not followed"
        yield script.hole(GapReason.OPAQUE_CODE, message, parameter)
    given = find_word(parameter, _GIVES, 1)
    value = parameter[given + 1 :] if given > 0 else []
    if value and script.moves(value):
        yield from assign(script, [parameter[0]], value)


def declare_parameters(
    script: Script, tokens: Sequence[Token], routine: str, *, called: bool = False
) -> Iterator[Statement]:
    """Parameters are variables, which calls in the same text fill and read.

    Those that only go out are no arguments where there is a name for that, but where it is `called`
    by CALL.
    """
    context = script.context
    found = context.parameters[routine] = []
    context.blocks.add(context.naming.column(routine))
    for item in split_at(tokens, ","):
        words = without(item, _MODES)
        if not words or not (words[0].token_type in NAMES or words[0].text.isidentifier()):
            continue
        name = context.name(words[0])
        yield context.declare(name, words[0].start)
        yield from _default(script, words)
        parameter = (name, context.variables[name])
        said = {word(item, n) for n in range(2) if not names_variable(item, n)}
        modes = said & {"OUT", "INOUT"}
        if modes:
            script.returned.append(parameter)
        if called or modes != {"OUT"} or script.dialect not in _NUMBERS_PARAMETERS:
            found.append(parameter)
        if script.dialect in _NUMBERS_PARAMETERS:
            context.variables[str(len(found))] = parameter[1]._replace(numbered=True)
