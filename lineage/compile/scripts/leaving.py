"""Where a script may end, and what it puts out there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.control import read_rest
from lineage.compile.scripts.raising import keep_message, values_raised
from lineage.compile.scripts.results import whole
from lineage.compile.scripts.texts import code_in
from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    after_words,
    find_end,
    find_word,
    made_words,
    unbracketed,
    word,
)
from lineage.compile.unparsed import end_of_name
from lineage.objects import Statement
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script


_RAISES = frozenset({"RAISE", "RESIGNAL", "SIGNAL", "THROW", "RAISE_APPLICATION_ERROR"})
_GOES_ON = frozenset({"LEAVE", "BREAK", "EXIT", "CONTINUE", "ITERATE", "GOTO"})  # at a label
_TELLS_OF_QUERY = (["DESCRIBE", "QUERY"], ["DESC", "QUERY"])
_RUNS_ELSE = frozenset({("mysql", "SYSTEM"), ("oracle", "START")})  # of mysql and SQL*Plus


def read_leave(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """RETURN, LEAVE, RAISE and the like: here the script may end."""
    when = find_word(tokens, {"WHEN"})
    if script.trigger and word(tokens, 0) == "RETURN":
        _note_end_of_trigger(script, tokens)
    if when > 0:
        names, worked_out = script.condition(tokens[when + 1 :])
        yield from worked_out
        script.context.lasting += names
    elif (
        len(tokens) > 1
        and word(tokens, 0) not in _GOES_ON
        and (script.makes_code or script.moves(tokens[1:]) or _is_chosen(script, tokens))
    ):
        yield from _returned(script, tokens)
        if word(tokens, 0) in _RAISES:
            yield from keep_message(script, tokens)
    script.context.leave()
    if word(tokens, 0) in _GOES_ON:
        yield from script.repeated(tokens)
    if script.pending is not None:
        script.context.lasting += script.pending
        script.last, script.pending = script.pending, None


def _note_end_of_trigger(script: Script, tokens: Sequence[Token]) -> None:
    """RETURN of a trigger's function: no row comes in, or another one than that which is new."""
    context = script.context
    row = context.held(tokens[-1])
    if word(tokens, 1) == "NULL":
        context.vetoes.setdefault(script.trigger, []).extend(script.in_force())
    elif len(tokens) == 2 and row is not None and row.rows:  # noqa: PLR2004 - RETURN and a name
        known = context.parameters[script.trigger]
        if row not in [held for _name, held in known]:
            context.parameters.setdefault(f"{script.trigger} gives", []).append(("", row))


def _is_chosen(script: Script, tokens: Sequence[Token]) -> bool:
    """Whether a condition decides that a function returns this value, whatever it is."""
    returns = word(tokens, 0) == "RETURN" and script.result and not script.trigger
    return bool(returns) and script.governed()


def read_assert(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ASSERT condition, message: here the script ends where it does not hold.

    BigQuery's message behind AS is a text that is written out.
    """
    message = find_end(tokens, {",", "AS"}, 1)
    names, worked_out = script.condition(tokens[1:message])
    yield from worked_out
    yield from read_print(script, tokens[:message] if word(tokens, message) == "AS" else tokens)
    script.context.lasting += names


def read_print(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """PRINT shows a value to whoever runs the script."""
    if len(tokens) > 1 and script.moves(tokens[1:]):
        yield script.value(tokens[1:])
        if word(tokens, 0) in {"ASSERT", "RAISERROR"}:
            yield from keep_message(script, tokens)
    script.pending = None


def read_send(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """T-SQL's SEND ON CONVERSATION @h (@message): whoever receives it is not known."""
    if script.moves(tokens[1:]):
        held = script.context.held_in(tokens)
        message = "what `send` does outside of the query is not followed"
        yield script.hole(GapReason.OPAQUE_CODE, message, tokens, names=held)


def _returned(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """RETURN value, RETURN QUERY select, RETURN TABLE(select), RAISE … with values."""
    start = after_words(tokens, 1, {"QUERY", "NEXT", "TABLE", "NOTICE", "EXCEPTION"})
    if word(tokens, start) == "EXECUTE":
        for statement in script.statements(tokens[start:]):
            yield script.put_out(statement)
        return
    raises = word(tokens, 0) in _RAISES and word(tokens, 1) != "NOTICE"
    value = values_raised(tokens) if raises else unbracketed(tokens[start:])
    if script.makes_code and value:
        yield from _returned_code(script, value)
        return
    held = script.context.held(value[-1]) if value else None
    if held is not None and held.rows and len(value) <= 2:  # noqa: PLR2004 - a mark, a name
        yield script.put_out(whole(held.relation, value[-1].start))
    elif value:
        yield script.put_out(script.value(value))


def _returned_code(script: Script, value: Sequence[Token]) -> Iterator[Statement]:
    """What Oracle's SQL macro returns is put in place of its call."""
    code = code_in(value[0], script.text, script.dialect) if value[0].token_type in STRINGS else ()
    if len(value) > 1 or not code:
        yield script.hole(GapReason.DYNAMIC_SQL, "the text that a macro returns is computed", value)
    else:
        yield script.put_out(script.value(code))


def read_pipe(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Oracle's PIPE ROW (value): one more row of what a function returns, by its fields."""
    value = unbracketed(tokens[2:])
    held = script.context.held(value[-1]) if value else None
    if held is not None and held.rows and len(value) == 1:
        yield script.put_out(whole(held.relation, value[0].start))
        return
    opened = end_of_name(value, 0)
    if word(value, opened) == "(" and after_brackets(value, opened) == len(value):
        value = value[opened + 1 : -1]
    if value:
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
    """What moves nothing, unless it holds a query, or a client runs what it names."""
    if [word(tokens, n) for n in range(2)] in _TELLS_OF_QUERY:  # Spark: its columns and no rows
        yield Statement(tokens[0].start)
        return
    if (script.dialect, word(tokens, 0)) in _RUNS_ELSE:
        message = f"what {word(tokens, 0)} runs is not known"
        yield script.hole(GapReason.OPAQUE_CODE, message, tokens)
        return
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
    yield script.plain([*made_words("select", tokens[0]), *tokens[1:]])
