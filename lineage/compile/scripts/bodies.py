"""The bodies of routines: as a text, as a block, or as a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.scripts.results import redirected, values_of
from lineage.compile.scripts.script import CHANGES
from lineage.compile.scripts.search_paths import take_path
from lineage.compile.scripts.single_bodies import is_compound, single_body
from lineage.compile.scripts.texts import code_in
from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    find_word,
    spellings,
    split_at,
    unbracketed,
    word,
)
from lineage.dialects import HIVE_AND_SPARK, LIKE_MYSQL
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement


_OUR_LANGUAGES = frozenset({"", "SQL", "PLPGSQL", "PLSQL", "SQLSCRIPT", "'SQL'", "'PLPGSQL'"})


_READS_OR_WRITES = re.compile(
    r"\b(select|from|join|into|update|merge|delete|insert|call|execute)\b", re.IGNORECASE
)


# What code in another language calls, or a routine is given, to reach other places.
_REACHES_OUT = re.compile(
    r"\b(requests|urllib\w*|https?|socket|smtplib|ftplib|boto3|subprocess|popen|system|fetch|open)\b"
    r"|external_access_integrations",
    re.IGNORECASE,
)
# What stands before the name of a function of another service: BigQuery, Redshift.
_SERVICES = {"ENDPOINT": "", "LAMBDA": "lambda/", "SAGEMAKER": "sagemaker/"}


BODY = frozenset({"BEGIN", "RETURN", "DECLARE"})
_BEGINS = BODY | CHANGES | {"SELECT", "IF"}
# Where a body is an expression or a query, so that a text is one, and no code.
_EXPRESSIONS = frozenset({"duckdb"})


def read_body(
    script: Script, tokens: Sequence[Token], start: int, name: str
) -> Iterator[Statement]:
    """A body, as far as its language is SQL."""
    language = _language(tokens)
    string = _string_body(tokens, start) if script.dialect not in _EXPRESSIONS else None
    if language not in _OUR_LANGUAGES:
        yield from _opaque(script, tokens, f"code in {language.strip(chr(39)).lower()}")
        script.leave_routine()
        return
    if string is not None:
        yield from _from_string(script, tokens, string, name)
        return
    of_mysql = script.dialect in LIKE_MYSQL and word(tokens, 0) == "PROCEDURE"
    single = single_body(tokens, start) if of_mysql else None
    body = single or _inline_body(tokens, start, oracle=script.dialect == "oracle")
    if body is None:
        if script.moves(tokens[start:]):
            yield from _opaque(script, tokens, "a body of this form")
            script.leave_routine()
        return
    script.unblocked = single is not None
    yield from _code(script, body, name)
    if single is not None and not is_compound(single):
        script.leave_routine()


def sent_elsewhere(
    script: Script, tokens: Sequence[Token], start: int, named: tuple[str, Collection[str]]
) -> Iterator[Statement]:
    """A function that another service runs: what it is given goes there.

    `named` are the name of its parameters, and the words before the routine.
    """
    name, before = named
    remote = "REMOTE" in spellings(tokens) and find_word(tokens, {"REMOTE"}, start) >= 0
    if not remote and "EXTERNAL" not in before:
        return
    place = ""
    for position in range(start, len(tokens)):
        behind = tokens[position - 1 - (tokens[position - 1].text == "=")].text.upper()
        if tokens[position].token_type not in STRINGS:
            continue
        if behind in _SERVICES or (behind == "AS" and "://" in tokens[position].text):
            place = _SERVICES.get(behind, "") + tokens[position].text
    given = list(script.context.parameters.get(name, ()))
    if place and given:
        sent = redirected(values_of(given, tokens[0].start), place, "external")
        yield replace(sent, routine=script.routine)


def is_readable(tokens: Sequence[Token]) -> bool:
    """Whether a routine is written in SQL; an aggregate is put together of others."""
    return word(tokens, 0) != "AGGREGATE" and _language(tokens) in _OUR_LANGUAGES


def _language(tokens: Sequence[Token]) -> str:
    if "LANGUAGE" not in spellings(tokens):  # far faster than to ask where the word stands
        return ""
    position = find_word(tokens, {"LANGUAGE"})
    while position >= 0 and not (word(tokens, position + 1) or "_").isidentifier():  # a name
        position = find_word(tokens, {"LANGUAGE"}, position + 1)
    return tokens[position + 1].text.upper() if 0 <= position < len(tokens) - 1 else ""


def _string_body(tokens: Sequence[Token], start: int) -> Token | None:
    """The string after AS, which holds the body as text; a macro's is its value."""
    if word(tokens, 0) == "MACRO" or word(tokens, start) == "->":
        return None
    at = find_word(tokens, _BEGINS | {"AS"}, start)
    while at > 0 and word(tokens, at) == "AS":  # behind what begins, it names columns
        if (
            at + 1 < len(tokens)
            and tokens[at + 1].token_type in STRINGS
            and not _rights(tokens, at)
        ):
            return tokens[at + 1]
        at = find_word(tokens, _BEGINS | {"AS"}, at + 1)
    return None


def _from_string(
    script: Script, tokens: Sequence[Token], string: Token, name: str
) -> Iterator[Statement]:
    body = _without_directives(code_in(string, script.text, script.dialect))
    if not body:
        if _READS_OR_WRITES.search(string.text):
            yield from _opaque(script, tokens, "a body that is not readable")
        script.leave_routine()
        return
    if script.dialect in HIVE_AND_SPARK and script.result and not _language(tokens):
        script.leave_routine()  # the text is the name of a class
        return
    if not script.returned and _gives_rows_of_variables(body):
        for column in script.columns:  # of RETURNS TABLE, which are variables as well
            yield script.context.declare(column, string.start)
            script.returned.append((column, script.context.variables[column]))
    returned, result = script.returned, script.result
    yield from _code(script, body, name)
    if returned and result and _language(tokens).strip("'") == "PLPGSQL":
        sent = redirected(values_of(returned, tokens[0].start), result, "view")
        yield replace(sent, routine=result)
    script.leave_routine()


def _without_directives(body: Sequence[Token]) -> Sequence[Token]:
    """A body without `#variable_conflict use_column` and the like before its block."""
    while word(body, 0) == "#":
        body = body[3:]
    return body


def _gives_rows_of_variables(body: Sequence[Token]) -> bool:
    """Whether RETURN NEXT stands alone, which gives a row of the variables that go out."""
    return any(
        word(body, n) == "RETURN" and word(body, n + 1) == "NEXT" and word(body, n + 2) in {"", ";"}
        for n in range(len(body))
    )


def _opaque(script: Script, tokens: Sequence[Token], what: str) -> Iterator[Statement]:
    written = script.text[tokens[0].start : tokens[-1].end + 1]
    if word(tokens, 0) in {"PROCEDURE", "PROC"} or (
        _READS_OR_WRITES.search(written) or _REACHES_OUT.search(written)
    ):
        kind = "procedure" if word(tokens, 0) == "PROC" else word(tokens, 0).lower()
        message = f"the body of a {kind} is not analysed: {what}"
        yield script.hole(GapReason.OPAQUE_CODE, message, tokens)


def _rights(tokens: Sequence[Token], position: int) -> bool:
    """Whether `EXECUTE AS` stands here, by whose rights a body runs."""
    return word(tokens, position) == "AS" and word(tokens, position - 1) in {"EXECUTE", "EXEC"}


def _inline_body(tokens: Sequence[Token], start: int, *, oracle: bool) -> Sequence[Token] | None:
    """What stands after AS, IS or the header: a block, an expression or a query."""
    if word(tokens, start) == "->":  # ClickHouse
        return tokens[start + 1 :]
    at = find_word(tokens, {"AS", "IS"} if oracle else BODY | {"AS", "IS", "->"}, start)
    while at > 0 and _rights(tokens, at):
        at = find_word(tokens, BODY | {"AS", "IS"}, at + 1)
    if at < 0:
        verb = find_word(tokens, {"INSERT", "UPDATE", "DELETE", "SELECT", "CALL", "SET"}, start)
        return tokens[verb:] if verb > 0 else None
    body = tokens[at + 1 :] if word(tokens, at) in {"AS", "IS", "->"} else tokens[at:]
    closed = after_brackets(body, 0)
    return body[:closed] if closed and word(body, closed) == "OPTIONS" else body


def _code(script: Script, body: Sequence[Token], name: str) -> Iterator[Statement]:
    """Read a body. A function's value reaches whoever calls it, wherever that is written."""
    is_function = bool(script.result)
    if not body:
        script.declaring = script.dialect == "oracle"
        return
    script.context.routines.add(name)
    value = script.dialect in _EXPRESSIONS or _is_value(body)
    if is_function and script.dialect != "oracle" and value:
        yield from _value_of_function(script, body)
        script.leave_routine()
        return
    if script.dialect == "oracle" and word(body, 0) not in {"BEGIN", "DECLARE"}:
        script.declaring = True
    yield from script.all_of(body)
    if word(body, 0) == "RETURN":
        script.leave_routine()


# How a query begins behind `AS TABLE`, where that is no query itself.
_AFTER_TABLE = frozenset({"SELECT", "WITH", "(", "FROM", "VALUES", "PIVOT", "UNPIVOT"})


def _is_value(body: Sequence[Token]) -> bool:
    return word(body, 0) not in BODY | {"IF", "SET", "<"}  # `<<label>>`


def _value_of_function(script: Script, body: Sequence[Token]) -> Iterator[Statement]:
    """The last query of a body, or an expression, is what a function returns.

    What the last change of one is returning is that as well.
    """
    if word(body, 0) == "TABLE" and word(body, 1) not in {"", ";"}:
        body = body[1:] if word(body, 1) in _AFTER_TABLE else body
    parts = [run for run in split_at(body, ";") if run]
    for run in parts[:-1]:
        yield from script.statements(run)
    last = parts[-1] if parts else []
    if script.returns_rows:
        last = unbracketed(last)
    if last:
        yield from take_path(script, last)
        yield script.put_out(script.value(last))
