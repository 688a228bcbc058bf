"""Triggers and rules: the rows that they see, and what decides whether they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.calls import fired
from lineage.compile.scripts.context import Variable
from lineage.compile.scripts.headers import ROW_NAMES
from lineage.compile.scripts.policies import hidden
from lineage.compile.scripts.results import redirected, whole
from lineage.compile.scripts.tokens import after_brackets, find_word, made_words, word
from lineage.compile.scripts.variables import into_variables
from lineage.compile.unparsed import end_of_name, name_at
from lineage.dialects import last_part
from lineage.objects import UNQUALIFIED, Dep, Output, Scope, Source, Statement, Write
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

# With which a trigger's body begins, where it is one statement.
VERBS = frozenset({"INSERT", "UPDATE", "DELETE", "SET", "CALL", "MERGE"})


def rows_of_trigger(script: Script, tokens: Sequence[Token], position: int) -> str:
    """NEW, OLD and their like are rows of the table that is watched; empty where none is."""
    at = _watched(tokens, position)
    table = name_at(tokens, at, script.context.naming, must=True) if at > 0 else ""
    own = [name for name, _of_table in _referenced(script, tokens)]
    for name in (*ROW_NAMES, *own) if table else ():
        script.context.variables[script.context.naming.column(name)] = Variable(table, rows=True)
    return table


def _watched(tokens: Sequence[Token], position: int) -> int:
    on = find_word(tokens, {"ON", "TO"}, position)
    if word(tokens, on) == "ON" and word(tokens, on + 1) in {"INSERT", "UPDATE", "DELETE"}:
        on = find_word(tokens, {"TO"}, position)
    return on + 1


def _referenced(script: Script, tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """The names that REFERENCING gives, and whether each is of all rows and not of one."""
    start = find_word(tokens, {"REFERENCING"}) + 1
    end = find_word(tokens, {"FOR", "WHEN", "BEGIN", *VERBS}, start) if start else -1
    words = [word(tokens, n) for n in range(start, max(end, 0))]
    given = -1  # which may be called like what it is a name for
    for place, here in enumerate(words):
        if place <= given or here not in {"NEW", "OLD", "NEW_TABLE", "OLD_TABLE"}:
            continue
        of_table = "TABLE" in words[place + 1 : place + 2] or here.endswith("_TABLE")
        given = place + 1
        while words[given : given + 1] and words[given] in {"TABLE", "ROW", "AS"}:
            given += 1
        if given < len(words):
            yield script.context.name(tokens[start + given]), of_table


def condition_of(tokens: Sequence[Token], position: int, body: int) -> Sequence[Token]:
    """The tokens of WHEN (…), or of a rule's WHERE, before the body."""
    at = find_word(tokens, {"WHEN", "WHERE"}, position)
    end = body if body > 0 else len(tokens)
    if not 0 < at < end:
        return ()
    closed = after_brackets(tokens, at + 1)
    return tokens[at + 1 : closed if closed > at + 1 and word(tokens, at) == "WHEN" else end]


def run_for(script: Script, tokens: Sequence[Token], table: str) -> Iterator[Statement]:
    """The rows of the table, to the function that a trigger runs for each of them.

    What the function puts into NEW goes into the table.
    """
    run = find_word(tokens, {"FUNCTION", "PROCEDURE"}, 2)
    name = name_at(tokens, run + 1, script.context.naming) if run > 0 else ""
    own = script.context.naming.column(last_part(name).lower()) if name else ""
    at = tokens[0].start
    rows = _rows(script, tokens)
    known = script.context.parameters.get(f"{own} trigger", ())
    if name and not known:
        yield fired(name, table, at)
    for row, held in known:
        yield into_variables(rows, [(row, held)])
    for given, held in (*known, *script.context.parameters.get(f"{own} trigger gives", ())):
        if given and held not in [row for _name, row in known]:
            yield redirected(whole(held.relation, at), table, "insert")
        for column in script.context.changed.get(held.relation, ()):
            back = _column_of(held.relation, column, at)
            yield into_variables(back, [(column, Variable(table, column=column))])
    yield from _kept_out(script, tokens, f"{own} trigger")
    for transition, of_table in _referenced(script, tokens) if run > 0 else ():
        if of_table:
            yield redirected(rows, transition, "variable")


def _kept_out(script: Script, tokens: Sequence[Token], function: str) -> Iterator[Statement]:
    """The conditions under which what runs BEFORE each row gives none decide about the rows."""
    vetoes = script.context.vetoes.get(function)
    if vetoes and find_word(tokens, {"BEFORE"}, 2) > 0:
        yield rows_under(script, tokens, [*(script.pending or ()), *vetoes])


def rows_under(script: Script, tokens: Sequence[Token], conditions: Sequence[str]) -> Statement:
    """Conditions decide which rows come into the table that is watched."""
    watched = _watched(tokens, 1)
    table = tokens[watched : end_of_name(tokens, watched)]
    script.pending = list(conditions)
    return hidden(script, table, made_words("true", table[0]))


def _rows(script: Script, tokens: Sequence[Token]) -> Statement:
    """The rows of the table that is watched, under what is pending."""
    watched = _watched(tokens, 1)
    table = tokens[watched : end_of_name(tokens, watched)]
    return script.value([*made_words("select * from", tokens[0]), *table])


def _column_of(relation: str, column: str, at: int) -> Statement:
    """One column of a relation, as the result of a query."""
    dep = Dep(0, UNQUALIFIED, column, Subtype.IDENTITY, (), at)
    source = Source("", relation, -1, offset=at)
    scope = Scope("", -1, (source,), (Output(column, (dep,), at),), offset=at)
    return Statement(at, (scope,), (0,), (Write("", 0, "result", offset=at),))
