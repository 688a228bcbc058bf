"""Loops: WHILE, FOR, LOOP and REPEAT, and the rows they go over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.control import open_block, read_end, read_if, read_rest
from lineage.compile.scripts.counting import has_rows
from lineage.compile.scripts.cursors import takes_values
from lineage.compile.scripts.script import CHANGES
from lineage.compile.scripts.tokens import (
    QUERIES,
    find_end,
    find_word,
    in_brackets,
    made_word,
    made_words,
    split_at,
    unbracketed,
    word,
)
from lineage.compile.scripts.variables import assign, declare_rows, names_of
from lineage.dialects import HIVE_AND_SPARK

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement


_NAMELESS = "(row)"  # of a loop that gives its row no name
_CHANGES = CHANGES | {"EXECUTE"}


def read_loop(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """LOOP and REPEAT open a block."""
    open_block(script)
    script.loops.append((len(script.context.conditions), []))
    yield from read_rest(script, tokens, 1)


def read_while(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """WHILE … DO or LOOP; T-SQL's governs the statement that follows it."""
    do = find_word(tokens, {"DO", "LOOP"}, 1)
    if do < 0:
        yield from read_if(script, tokens)
        script.loops.append((len(script.context.conditions) + 1, []))
        return
    names, worked_out = script.condition(tokens[1:do])
    yield from worked_out
    open_block(script, names)
    script.loops.append((len(script.context.conditions), []))
    yield from read_rest(script, tokens, do + 1)


def read_until(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """UNTIL … END REPEAT: what ends a loop decides about what it did."""
    end = find_end(tokens, {"END"})
    names, worked_out = script.condition(tokens[1:end])
    yield from worked_out
    script.context.lasting += names
    yield from script.repeated(tokens)
    if end < len(tokens):
        yield from read_end(script, tokens[end:])


def read_for(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """FOR … IN a query or cursor: a variable for the row, and a block under its rows."""
    do = find_word(tokens, {"DO", "LOOP"}, 1)
    if script.dialect in HIVE_AND_SPARK and word(tokens, 1) in QUERIES:
        row = made_word(TokenType.VAR, _NAMELESS, tokens[0])
        tokens = [tokens[0], row, *made_words("as", tokens[0]), *tokens[1:]]
        do += 2 if do > 0 else 0
    among = find_word(tokens, {"IN", "AS"}, 1)
    if do < 0 or not 0 < among < do:
        yield from read_rest(script, tokens, do + 1 if do > 0 else 1)
        return
    names = yield from _gone_through(script, tokens[:do], among)
    open_block(script, names)
    script.loops.append((len(script.context.conditions), []))
    _bring_around(script, tokens[1])
    yield from read_rest(script, tokens, do + 1)


def _gone_through(
    script: Script, tokens: Sequence[Token], among: int
) -> Generator[Statement, None, list[str]]:
    """What a loop's variable takes; returns the conditions under which the loop runs."""
    of = next((n for n in range(among, len(tokens)) if word(tokens, n) == "FOR"), among)
    query = tokens[of + 1 :]
    if word(query, 0) in {"REVERSE", "ARRAY"}:
        query = query[1:]
    last = _end_of_range(query)
    if last > 0:
        return (yield from _numbers(script, tokens[1], _bounds(query, last)))
    if word(query, 0) == "EXECUTE":
        yield from declare_rows(script, tokens[1], query)
    elif word(query, 0) in CHANGES:
        yield from assign(script, [tokens[1]], query, rows=True)
        held = script.context.variables[script.context.name(tokens[1])]
        name, asked_for = has_rows(script.context, held, tokens[0].start)
        yield asked_for
        return [name]
    elif query and script.moves(query):
        asks = "SELECT" in {t.text.upper() for t in query} and not takes_values(script, query[0])
        if asks or tokens[of].text.upper() == "FOR":
            return (yield from _rows(script, tokens, among, unbracketed(query)))
        yield from declare_rows(script, tokens[1], query)
    return []


def _numbers(
    script: Script, target: Token, bounds: Iterable[Sequence[Token]]
) -> Generator[Statement, None, list[str]]:
    """A variable that goes through numbers, which its bounds and its step decide about."""
    names: list[str] = []
    yield script.context.declare(script.context.name(target), target.start)
    for bound in bounds:
        asked, worked_out = script.condition(bound)
        yield from worked_out
        names += asked
        if asked:
            yield from assign(script, [target], bound)
    return names


def _rows(
    script: Script, tokens: Sequence[Token], among: int, query: Sequence[Token]
) -> Generator[Statement, None, list[str]]:
    """A variable that takes the rows of a query one after another, or several their columns."""
    sliced = find_word(tokens, {"SLICE"}, 1)
    targets = names_of(script, tokens[1 : sliced if 0 < sliced < among else among])
    values = len(targets) > 1 or _is_value(script, tokens[1], query)
    yield from assign(script, targets if values else [tokens[1]], query, rows=not values)
    exists = [*made_words("exists", query[0]), *in_brackets(query, query[0])]
    names, worked_out = script.condition(exists)
    yield from worked_out
    return names


def _bring_around(script: Script, row: Token) -> None:
    """In Spark the columns of a loop's row need no name before them."""
    name = script.context.name(row)
    held = script.context.variables.get(name)
    if script.dialect in HIVE_AND_SPARK and held is not None and held.rows:
        script.context.around.append((len(script.context.conditions), name, held))


def _is_value(script: Script, target: Token, query: Sequence[Token]) -> bool:
    """Whether a variable that is there takes the only column of a query, and no row."""
    held = script.context.held(target)
    listed = query[: find_end(query, {"FROM"})]
    one = find_word(listed, {",", "*"}) < 0 and word(query, 0) == "SELECT"
    return held is not None and not held.rows and one


def _bounds(query: Sequence[Token], last: int) -> Iterator[Sequence[Token]]:
    """What stands on both sides of `..`, and behind BY."""
    for item in (query[: last - 2], *split_at(query[last:], "BY")):
        yield item[: find_end(item, {"."}, 1)]  # l.COUNT, l.LAST


def _end_of_range(tokens: Sequence[Token]) -> int:
    """Where the last number of `1..n` stands; -1 where there is no range."""
    for position in range(1, len(tokens)):
        before = tokens[position - 1]
        if tokens[position].text == "." and before.text.endswith("."):
            return position + 1 if before.end + 1 == tokens[position].start else -1
    return -1


def read_forall(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Oracle's FORALL … IN …: one change for each element of collections."""
    verb = find_word(tokens, _CHANGES, 1)
    if verb < 0:
        yield script.plain(tokens)
        return
    yield script.context.declare(script.context.name(tokens[1]), tokens[1].start)
    yield from script.statements(
        _of_elements(script, tokens[verb:], script.context.name(tokens[1]))
    )


def _of_elements(script: Script, tokens: Sequence[Token], index: str) -> Sequence[Token]:
    """A change in which `VALUES rows(i)` takes a row of a collection."""
    values = find_word(tokens, {"VALUES"}, 1)
    name = script.context.name(tokens[values + 1]) if 0 < values < len(tokens) - 1 else ""
    held = script.context.variables.get(name)
    if held is None or script.context.name(tokens[-2]) != index:
        return tokens
    script.context.variables[name] = held._replace(rows=True)
    return [*tokens[:values], *made_words("select * from", tokens[values]), tokens[values + 1]]
