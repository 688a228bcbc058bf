"""Policies about rows: what they test decides which rows of a table are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.scripts.tokens import (
    IF_EXISTS,
    after_brackets,
    after_words,
    find_end,
    find_word,
    made_words,
    says,
    spellings,
    split_at,
    word,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.objects import Removal
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

    Predicate = tuple[Sequence[Token], Sequence[Token]]  # what is tested, and of which table


def read_policy(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """CREATE POLICY … ON table USING (…), or T-SQL's ADD FILTER PREDICATE f(…) ON table.

    Of one that names no table only queries matter: they decide wherever it will be put.
    """
    predicates = list(_predicates(script, tokens))
    for predicate, table in predicates:
        yield hidden(script, table, predicate)
    if not predicates and "SELECT" in spellings(tokens):
        message = "what the query in a policy shows or hides is not followed"
        yield script.hole(GapReason.UNSUPPORTED, message, tokens)


def predicates_of_rows(tokens: Sequence[Token]) -> Iterator[Predicate]:
    """What decides which rows of a table that is created are there or are seen, and the table."""
    if "ROW" not in spellings(tokens):  # which all forms of it have
        return
    policy = attached(tokens)
    yield from _expectations(tokens) if policy is None else [policy]


def _expectations(tokens: Sequence[Token]) -> Iterator[Predicate]:
    """Databricks' `CONSTRAINT c EXPECT (…) ON VIOLATION DROP ROW`."""
    start = named_at(tokens, len(tokens))
    table = tokens[start : end_of_name(tokens, start)]
    for position in range(start, len(tokens) - 1):
        if says(tokens, position, "EXPECT", "("):
            end = after_brackets(tokens, position + 1)
            if says(tokens, end, "ON", "VIOLATION", "DROP", "ROW"):
                yield tokens[position + 1 : end], table


def named_at(tokens: Sequence[Token], end: int) -> int:
    """Where the name of the table or view stands."""
    kind = next((n for n in range(1, end) if word(tokens, n) in {"TABLE", "VIEW"}), 1)
    return after_words(tokens, kind + 1, IF_EXISTS | {"ONLY"})


def attached(tokens: Sequence[Token]) -> Predicate | None:
    """`ALTER TABLE t ADD ROW ACCESS POLICY p ON (a)`, `CREATE TABLE … WITH ROW FILTER f ON (a)`.

    The predicate and the table, None where no policy about rows is added.
    """
    row = find_word(tokens, {"ROW"}, 2)
    end = row + (3 if word(tokens, row + 1) == "ACCESS" else 2)
    named = end_of_name(tokens, end)
    adds = row > 0 and word(tokens, row - 1) in _ADDS and word(tokens, end - 1) in _LAST
    if not adds or word(tokens, named) != "ON":
        return None
    start = named_at(tokens, row)
    columns = tokens[named + 1 : after_brackets(tokens, named + 1)]
    return [*tokens[end:named], *columns], tokens[start : end_of_name(tokens, start)]


_ADDS = frozenset({"ADD", "SET", "WITH", ")"})
_LAST = frozenset({"POLICY", "FILTER"})


def _predicates(script: Script, tokens: Sequence[Token]) -> Iterator[Predicate]:
    """What each part of a policy tests, and the table of which it tests the rows."""
    for item in split_at(tokens, ","):
        filters = find_word(item, {"FILTER"})
        on = find_word(item, {"ON"})
        if on < 0:
            continue
        table = item[on + 1 : end_of_name(item, on + 1)]
        if filters >= 0 and word(item, filters + 1) == "PREDICATE":
            yield item[filters + 2 : on], table
            continue
        using = find_word(item, {"USING"}, on)
        if using > 0:
            closed = after_brackets(item, using + 1)
            end = find_end(item, {"TO", "AS", "WITH"}, using + 1)
            yield item[using + 1 : closed if closed > using + 1 else end], table
        check = find_word(item, {"CHECK"}, on)
        tested = item[check + 1 :] if check > 0 else ()
        if tested and script.moves(tested):
            yield tested, table


def hidden(script: Script, table: Sequence[Token], predicate: Sequence[Token]) -> Statement:
    """A statement that takes nothing from a table, but lets a predicate decide about its rows."""
    near = predicate[0] if predicate else table[0]
    query = [*made_words("select 1 from", near), *table, *made_words("where", near), *predicate]
    statement = script.value(query)
    name = name_at(table, 0, script.context.naming)
    removals = tuple(
        Removal(name, (), write.scope, near.start, hides=True) for write in statement.writes
    )
    return replace(statement, writes=(), removals=removals)
