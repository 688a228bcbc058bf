"""Routines: the bodies of procedures, functions, tasks, triggers, rules and policies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.changes import sent_to
from lineage.compile.scripts.context import Variable
from lineage.compile.scripts.script import whole
from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    code_in,
    find_word,
    made_word,
    split_at,
    word,
)
from lineage.compile.scripts.variables import into_variables
from lineage.compile.unparsed import end_of_name, name_at
from lineage.dialects import last_part
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

_ROUTINES = frozenset({"PROCEDURE", "PROC", "FUNCTION", "MACRO"})
_HOLDS_STATEMENTS = frozenset(
    {"TASK", "PIPE", "TRIGGER", "EVENT", "RULE", "PACKAGE", "POLICY", "FLOW", "ALERT"}
)
_READ_HERE = _ROUTINES | _HOLDS_STATEMENTS
_OUR_LANGUAGES = frozenset({"", "SQL", "PLPGSQL", "PLSQL", "SQLSCRIPT", "'SQL'", "'PLPGSQL'"})
_READS_OR_WRITES = re.compile(
    r"\b(select|from|join|into|update|merge|delete|insert|call|execute)\b", re.IGNORECASE
)
_HOLDS_NO_CODE = frozenset({"TABLE", "VIEW", "(", "AS", "STREAM", "INDEX", "SCHEMA"})
_BODY = frozenset({"BEGIN", "RETURN", "DECLARE"})
_ROW_NAMES = ("new", "old", "inserted", "deleted")


def read_create(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """CREATE of something that holds code; any other CREATE is plain."""
    for position in range(1, min(len(tokens), 9)):
        here = word(tokens, position)
        if here in _READ_HERE and word(tokens, position - 1) != "EXECUTE":
            yield from _read_kind(script, tokens, position)
            return
        if here in _HOLDS_NO_CODE and word(tokens, position + 1) != "FUNCTION":
            break
    yield script.plain(tokens)


def _read_kind(script: Script, tokens: Sequence[Token], position: int) -> Iterator[Statement]:
    kind = word(tokens, position)
    if kind in _ROUTINES:
        yield from read_routine(script, tokens[position:])
    elif kind == "PACKAGE":
        yield from _package(script, tokens, position)
    elif kind == "POLICY":
        yield from _policy(script, tokens)
    else:
        yield from _holder(script, tokens, position, kind)


# -- procedures and functions ------------------------------------------------------------------


def read_routine(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """`PROCEDURE name (parameters) … body`; its body is read as if it ran here."""
    start = 1
    while word(tokens, start) in {"IF", "NOT", "EXISTS"}:
        start += 1
    name = last_part(name_at(tokens, start, script.context.naming)).lower()
    name = script.context.naming.column(name) if name else ""
    closed, parameters = _header(tokens, start)
    _new_routine(script)
    script.columns = _columns_returned(script, tokens, closed)
    yield from _parameters(script, parameters, name)
    if "TRIGGER" in {word(tokens, n) for n in range(closed, min(closed + 4, len(tokens)))}:
        for row in _ROW_NAMES[:2]:
            yield script.context.declare(row, tokens[0].start, rows=True)
            held = script.context.variables[row]
            script.context.parameters.setdefault(f"{name} trigger", []).append((row, held))
    is_function = word(tokens, 0) in {"FUNCTION", "MACRO"}
    script.result = f"function:{name}" if is_function else ""
    returned = find_word(tokens, {"RETURNS"}, closed)
    if returned > 0 and word(tokens, returned + 1) == "@":
        yield from _table_returned(script, tokens[returned + 1 :])
    yield from _body(script, tokens, closed, name)


def _header(tokens: Sequence[Token], start: int) -> tuple[int, Sequence[Token]]:
    """Where the parameters of a routine end, and what they are; T-SQL needs no brackets."""
    opened = end_of_name(tokens, start)
    if word(tokens, opened) == "(":
        closed = after_brackets(tokens, opened)
        return closed, tokens[opened + 1 : closed - 1]
    if word(tokens, opened) != "@":
        return opened, []
    ends = _BODY | {"AS", "WITH", "RETURNS"}
    end = next((n for n in range(opened, len(tokens)) if word(tokens, n) in ends), len(tokens))
    return end, tokens[opened:end]


def _columns_returned(script: Script, tokens: Sequence[Token], start: int) -> tuple[str, ...]:
    """The names of RETURNS TABLE (…), which are given by position."""
    at = find_word(tokens, {"RETURNS"}, start)
    opened = at + 2
    if at < 0 or word(tokens, at + 1) != "TABLE" or word(tokens, opened) not in {"(", "<"}:
        return ()
    closed = after_brackets(tokens, opened)
    if word(tokens, opened) == "<":
        closed = find_word(tokens, {">"}, opened) + 1
    items = (item for item in split_at(tokens[opened + 1 : closed - 1], ",") if item)
    return tuple(script.context.name(item[0]) for item in items)


def _table_returned(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """T-SQL's RETURNS @rows TABLE (…): what is put into the variable is what it returns."""
    end = after_brackets(tokens, 3)
    yield from script.statements(
        [made_word(TokenType.DECLARE, "declare", tokens[0]), *tokens[:end]]
    )
    name = script.context.naming.relation_part(tokens[1].text)
    yield script.put_out(whole(f"@{name}", tokens[0].start))


def _new_routine(script: Script) -> None:
    context = script.context
    script.leave_routine()
    context.conditions.clear()
    context.lasting.clear()
    script.outside = dict(context.variables)
    script.in_body, script.declaring, script.pending, script.last = True, False, None, []


def _parameters(script: Script, tokens: Sequence[Token], routine: str) -> Iterator[Statement]:
    """Parameters are variables, which calls in the same text fill and read."""
    found = script.context.parameters[routine] = []
    for item in split_at(tokens, ","):
        words = [t for t in item if t.text.upper() not in {"IN", "OUT", "INOUT", "@", "VARIADIC"}]
        if words and (words[0].token_type is TokenType.VAR or words[0].text.isidentifier()):
            name = script.context.name(words[0])
            yield script.context.declare(name, words[0].start)
            found.append((name, script.context.variables[name]))


def _body(script: Script, tokens: Sequence[Token], start: int, name: str) -> Iterator[Statement]:
    language = _language(tokens)
    string = _string_body(tokens, start)
    if language not in _OUR_LANGUAGES:
        yield from _opaque(script, tokens, f"code in {language.strip(chr(39)).lower()}")
        return
    if string is not None:
        yield from _from_string(script, tokens, string, name)
        return
    body = _inline_body(tokens, start, oracle=script.dialect == "oracle")
    if body is None:
        if script.moves(tokens[start:]):
            yield from _opaque(script, tokens, "a body of this form")
        return
    yield from _code(script, body, name)


def _language(tokens: Sequence[Token]) -> str:
    position = find_word(tokens, {"LANGUAGE"})
    return tokens[position + 1].text.upper() if 0 <= position < len(tokens) - 1 else ""


def _string_body(tokens: Sequence[Token], start: int) -> Token | None:
    """The string after AS, which holds the body as text."""
    for position in range(start, len(tokens) - 1):
        if word(tokens, position) == "AS" and tokens[position + 1].token_type in STRINGS:
            return tokens[position + 1]
    return None


def _from_string(
    script: Script, tokens: Sequence[Token], string: Token, name: str
) -> Iterator[Statement]:
    body = code_in(string, script.text, script.dialect)
    if not body:
        if _READS_OR_WRITES.search(string.text):
            yield from _opaque(script, tokens, "a body that is not readable")
        return
    yield from _code(script, body, name)
    script.leave_routine()


def _opaque(script: Script, tokens: Sequence[Token], what: str) -> Iterator[Statement]:
    written = script.text[tokens[0].start : tokens[-1].end + 1]
    if word(tokens, 0) in {"PROCEDURE", "PROC"} or _READS_OR_WRITES.search(written):
        kind = "procedure" if word(tokens, 0) == "PROC" else word(tokens, 0).lower()
        message = f"the body of a {kind} is not analysed: {what}"
        yield script.hole(GapReason.OPAQUE_CODE, message, tokens)


def _inline_body(tokens: Sequence[Token], start: int, *, oracle: bool) -> Sequence[Token] | None:
    """What stands after AS, IS or the header: a block, an expression or a query."""
    at = find_word(tokens, {"AS", "IS"} if oracle else _BODY | {"AS", "IS", "->"}, start)
    while (
        at > 0 and word(tokens, at) == "AS" and word(tokens, at + 1) in {"CALLER", "OWNER", "USER"}
    ):
        at = find_word(tokens, _BODY | {"AS", "IS"}, at + 1)
    if at < 0:
        verb = find_word(tokens, {"INSERT", "UPDATE", "DELETE", "SELECT", "CALL", "SET"}, start)
        return tokens[verb:] if verb > 0 else None
    return tokens[at + 1 :] if word(tokens, at) in {"AS", "IS", "->"} else tokens[at:]


def _code(script: Script, body: Sequence[Token], name: str) -> Iterator[Statement]:
    """Read a body. A function's value reaches whoever calls it, wherever that is written."""
    is_function = bool(script.result)
    if not body:
        script.declaring = script.dialect == "oracle"
        return
    script.context.routines[name] = script.result
    if is_function and script.dialect != "oracle" and _is_value(body):
        yield from _value_of_function(script, body)
        script.leave_routine()
        return
    if script.dialect == "oracle" and word(body, 0) not in {"BEGIN", "DECLARE"}:
        script.declaring = True
    yield from script.all_of(body)


def _is_value(body: Sequence[Token]) -> bool:
    first = word(body, 0)
    return first not in _BODY and first not in {"INSERT", "UPDATE", "DELETE", "MERGE", "IF", "SET"}


def _value_of_function(script: Script, body: Sequence[Token]) -> Iterator[Statement]:
    """The last query of a body, or an expression, is what a function returns."""
    if word(body, 0) == "TABLE" and word(body, 1) not in {"", ";"}:
        body = body[1:] if word(body, 1) in {"SELECT", "WITH", "("} else body
    parts = [run for run in split_at(body, ";") if run]
    for run in parts[:-1]:
        yield from script.statements(run)
    last = parts[-1] if parts else []
    if last and script.moves(last):
        yield script.put_out(script.value(last))


def read_alter(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ALTER TASK … MODIFY AS statement, or a routine's new body; any other ALTER is plain."""
    kinds = {word(tokens, n) for n in range(1, 3)}
    if script.dialect == "clickhouse":
        yield from _alter_of_clickhouse(script, tokens)
        return
    modified = find_word(tokens, {"AS"}, 2) if "TASK" in kinds else -1
    if modified > 0 and word(tokens, modified - 1) == "MODIFY":
        _new_routine(script)
        yield from script.all_of(tokens[modified + 1 :])
    elif kinds & (_ROUTINES | {"TRIGGER"}) and find_word(tokens, {"AS", "BEGIN"}, 2) > 0:
        yield from read_create(script, tokens)
    else:
        yield script.plain(tokens)


def _alter_of_clickhouse(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ALTER TABLE … UPDATE is an UPDATE; MODIFY QUERY gives a view another query."""
    update = find_word(tokens, {"UPDATE"}, 3)
    query = find_word(tokens, {"QUERY"}, 3)
    if update > 0:
        near = tokens[0]
        change = made_word(TokenType.UPDATE, "update", near)
        assigned = made_word(TokenType.SET, "set", near)
        yield script.plain([change, *tokens[2:update], assigned, *tokens[update + 1 :]])
    elif query > 0 and word(tokens, query - 1) == "MODIFY":
        name = name_at(tokens, 2, script.context.naming)
        yield sent_to(script.value(tokens[query + 1 :]), name, "view")
    else:
        yield script.plain(tokens)


# -- what holds statements ---------------------------------------------------------------------


def _holder(
    script: Script, tokens: Sequence[Token], position: int, kind: str
) -> Iterator[Statement]:
    """TASK … AS statement, TRIGGER … ON table …, EVENT … DO statement, RULE … DO statement."""
    _new_routine(script)
    script.result = ""
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
        yield from script.all_of(code_in(body[0], script.text, script.dialect))
    else:
        yield from script.all_of(body)


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
    for row, held in script.context.parameters.get(f"{own} trigger", ()):
        yield into_variables(whole(table, at), [(row, held)])


def _rows_of_trigger(script: Script, tokens: Sequence[Token], position: int) -> str:
    """NEW, OLD and their like are rows of the table that the trigger watches."""
    on = find_word(tokens, {"ON", "TO"}, position)
    if word(tokens, on) == "ON" and word(tokens, on + 1) in {"INSERT", "UPDATE", "DELETE"}:
        on = find_word(tokens, {"TO"}, position)
    table = name_at(tokens, on + 1, script.context.naming) if on > 0 else ""
    for name in _ROW_NAMES if table else ():
        script.context.variables[script.context.naming.column(name)] = Variable(table, rows=True)
    return table


def _package(script: Script, tokens: Sequence[Token], position: int) -> Iterator[Statement]:
    """CREATE PACKAGE BODY … AS, and then routines until its END."""
    at = find_word(tokens, {"AS", "IS"}, position)
    if word(tokens, position + 1) == "BODY" and at > 0 and at + 1 < len(tokens):
        yield from script.statements(tokens[at + 1 :])


def _policy(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """A policy decides what others see; one that asks a query lets it decide too."""
    if "SELECT" in {t.text.upper() for t in tokens}:
        message = "what the query in a policy shows or hides is not followed"
        yield script.hole(GapReason.UNSUPPORTED, message, tokens)
