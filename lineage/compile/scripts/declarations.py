"""DECLARE and LET: variables, cursors and table variables come to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.parser import Parser

from lineage.compile.scripts.control import read_begin
from lineage.compile.scripts.cursors import declare_parameters_of, without_parameters
from lineage.compile.scripts.handlers import read_handler
from lineage.compile.scripts.tokens import (
    NAMES,
    find_word,
    listed,
    made_words,
    says,
    split_at,
    word,
)
from lineage.compile.scripts.variables import (
    ASSIGNS,
    MARKS,
    assign,
    declare_rows,
    runs_code,
    value_from,
)
from lineage.dialects import HIVE_AND_SPARK, LIKE_POSTGRES, LIKE_TSQL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

_OF_ROWS = frozenset({"CURSOR", "RESULTSET", "RECORD", "ROWTYPE", "REFCURSOR", "SYS_REFCURSOR"})
# What runs where it stands, also where one would think that variables are being declared.
_NO_DECLARATIONS = frozenset(
    """
    INSERT UPDATE DELETE MERGE SELECT WITH CALL EXECUTE EXEC COPY UNLOAD EXPORT CREATE ALTER GRANT
    TRUNCATE PUT LOAD
    """.split()
)
_BEFORE_NAME = frozenset({"VARIABLE", "VAR", "OR", "REPLACE", "CONSTANT"})
# Where a section between DECLARE and BEGIN declares, one variable after each semicolon.
_HAS_SECTION = LIKE_POSTGRES | {"snowflake", "oracle"}


def read_declare(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """DECLARE, and each declaration of the section that it opens."""
    if script.declaring and word(tokens, 0) in {"BEGIN", "PROCEDURE", "FUNCTION"}:
        yield from _behind_variables(script, tokens)
        return
    if script.declaring and word(tokens, 0) in _NO_DECLARATIONS:
        script.declaring = False  # the section ended, whatever it is that did not end it
        yield from script.statements(tokens)
        return
    start = 1 if word(tokens, 0) == "DECLARE" else 0
    if not start and not script.declaring:
        return
    if any(says(tokens, n, "HANDLER", "FOR") for n in range(4)):
        yield from read_handler(script, tokens)
        return
    in_section = script.dialect in _HAS_SECTION and (
        script.in_body or script.dialect in {"snowflake", "oracle"}
    )
    script.declaring = in_section
    if in_section and start and _has_no_variables(script, tokens):
        yield from read_declare(script, tokens[1:])
        return
    before = frozenset() if script.dialect in _HAS_SECTION else _BEFORE_NAME
    while word(tokens, start) in before and not _is_name(tokens, start):
        start += 1
    while script.dialect in HIVE_AND_SPARK and word(tokens, start + 1) == ".":
        start += 2  # DECLARE VARIABLE system.session.v
    names_type = word(tokens, start) in {"TYPE", "SUBTYPE"} and word(tokens, start + 2) == "IS"
    if names_type:
        _note_type(script, tokens[start + 1 :])
    elif start < len(tokens):
        yield from _declared_in_block(script, tokens[start:])


def _is_name(tokens: Sequence[Token], position: int) -> bool:
    """Whether a word is the name of what is declared: a type stands behind it, or one more name."""
    types, behind = Parser.TYPE_TOKENS, tokens[position + 1 : position + 3]
    if not behind or behind[0].text == ",":
        return bool(behind)
    typed = behind[0].token_type in types
    return typed and not any(t.token_type in types | NAMES for t in behind[1:])


def _behind_variables(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """The block that a section stands before, or one more routine of the section."""
    script.declaring = False
    if word(tokens, 0) == "BEGIN":
        yield from read_begin(script, tokens)
    else:
        yield from script.statements(tokens)
        script.declaring = find_word(tokens, {"BEGIN"}) < 0  # else its body goes on


def _has_no_variables(script: Script, tokens: Sequence[Token]) -> bool:
    """`DECLARE BEGIN …`, and in Oracle a section whose first declaration is a routine."""
    routine = script.dialect == "oracle" and word(tokens, 1) in {"PROCEDURE", "FUNCTION"}
    return routine or word(tokens, 1) == "BEGIN"


def _note_type(script: Script, tokens: Sequence[Token]) -> None:
    """`rec IS RECORD (x …, y …)`, and `rows IS TABLE OF rec`: the fields of what is of the type."""
    context = script.context
    opened = find_word(tokens, {"RECORD"}) + 1
    of = find_word(tokens, {"OF"})
    if opened and word(tokens, opened) == "(":
        note_fields(script, tokens[0], listed(tokens, opened))
    elif 0 < of < len(tokens) - 1:
        fields = context.records.get(context.name(tokens[of + 1]), ())
        context.records[context.name(tokens[0])] = fields


def note_fields(script: Script, name: Token, items: Iterable[Sequence[Token]]) -> None:
    """The fields of variables of a type, by position."""
    context = script.context
    context.records[context.name(name)] = tuple(context.name(i[0]) for i in items if i)


def _declared_in_block(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Declarations up to the end of the block that is open, or of that which the section opens."""
    before, context = dict(script.context.variables), script.context
    yield from _declared(script, tokens)
    if script.dialect not in LIKE_TSQL:  # whose variables are those of a batch
        context.hide(before, of_next=script.declaring)


def _declared(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    if script.dialect in LIKE_TSQL:
        cursor = find_word(tokens, {"CURSOR"})
        if cursor > 0 and find_word(tokens, {"FOR"}, cursor) > 0 and word(tokens, 0) != "@":
            yield from _one_declared(script, [tokens[0], *_query_of_cursor(tokens[cursor:])])
            return
        for item in split_at(tokens, ","):
            yield from _one_declared(script, item)
        return
    if word(tokens, 0) == "CURSOR" and script.dialect == "oracle":  # CURSOR c IS query
        tokens = [*tokens[1:2], tokens[0], *tokens[2:]]
    if word(tokens, 1) == "CURSOR":
        yield from declare_parameters_of(script, tokens)
        tokens = without_parameters(tokens)
    listed = _listed(tokens)
    for name in listed[:-1]:
        yield script.context.declare(script.context.name(name), name.start)
    yield from _one_declared(script, tokens[2 * (len(listed) - 1) :])


def _query_of_cursor(tokens: Sequence[Token]) -> Sequence[Token]:
    """`CURSOR options FOR query` without what says whether its rows may be changed."""
    query = find_word(tokens, {"FOR"}) + 1
    end = find_word(tokens, {"FOR"}, query)
    last = end if end > 0 and word(tokens, end + 1) in {"READ", "UPDATE"} else len(tokens)
    return [tokens[0], *tokens[query - 1 : last]]


def _listed(tokens: Sequence[Token]) -> list[Token]:
    """`a, b, c INT64`: the names that one declaration gives its type to."""
    names = [tokens[0]]
    position = 1
    while word(tokens, position) == "," and position + 1 < len(tokens):
        names.append(tokens[position + 1])
        position += 2
    return names


def _one_declared(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """`name type DEFAULT value`, `name CURSOR FOR query`, `@name TABLE (…)`."""
    start = 1 if tokens[0].text in MARKS and len(tokens) > 1 else 0
    words = [word(tokens, n) for n in range(start, len(tokens))]
    if words[1:2] == ["TABLE"]:
        yield _table_variable(script, tokens, start)
        return
    given = find_word(tokens, ASSIGNS, start + 1)
    rows = bool(_OF_ROWS.intersection(words[1 : given - start + 1 if given > 0 else None]))
    context, name = script.context, script.context.name(tokens[start])
    typed = context.name(tokens[start + 1]) if start + 1 < len(tokens) else ""
    fields = context.records.get(typed, ())
    if given < 0 or fields:
        written = _struct_of(tokens[start + 1 :])
        yield context.declare(name, tokens[start].start, rows=rows or bool(fields), written=written)
        own = len(tokens) == start + 2 and tokens[start + 1].token_type in NAMES  # no engine's
        context.variables[name] = context.variables[name]._replace(fields=fields, engines=not own)
        if given >= 0 and script.moves(tokens[given:]):
            yield from declare_rows(script, tokens[start], value_from(tokens, given))
        return
    value = value_from(tokens, given)
    if rows or runs_code(value):
        yield from declare_rows(script, tokens[start], value)
        return
    written = _struct_of(tokens[start + 1 : given])
    yield script.context.declare(name, tokens[start].start, written=written)
    if value:
        yield from assign(script, [tokens[start]], value)


def _struct_of(tokens: Sequence[Token]) -> str:
    """A variable's type, where its fields have names; they are given values by position."""
    return " ".join(t.text for t in tokens) if word(tokens, 0) in {"STRUCT", "ARRAY"} else ""


def _table_variable(script: Script, tokens: Sequence[Token], start: int) -> Statement:
    """T-SQL's `DECLARE @t TABLE (…)`: a table of the session."""
    create = made_words("create table", tokens[0])
    return script.plain([*create, *tokens[: start + 1], *tokens[start + 2 :]])


def read_let(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Snowflake's LET declares and assigns."""
    if len(tokens) > 1:
        before = dict(script.context.variables)
        yield from _one_declared(script, tokens[1:])
        script.context.hide(before, of_next=script.declaring)
