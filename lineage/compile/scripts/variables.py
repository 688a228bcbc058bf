"""Variables: what goes into them by assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.cursors import opened_with
from lineage.compile.scripts.results import whole
from lineage.compile.scripts.texts import code_in
from lineage.compile.scripts.tokens import (
    QUERIES,
    STRINGS,
    after_brackets,
    find_end,
    find_word,
    is_query,
    made_word,
    made_words,
    split_at,
    word,
)
from lineage.dialects import LIKE_TSQL
from lineage.objects import (
    ROWS_OF,
    STAR,
    Dep,
    Output,
    Scope,
    Source,
    Statement,
    Write,
)
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.context import Variable
    from lineage.compile.scripts.script import Script

MARKS = frozenset({"@", ":", "$", "@@"})
ASSIGNS = frozenset({"DEFAULT", ":=", "=", "FOR", "IS", "CURSOR"})
_NO_LIMIT = LIKE_TSQL
_STARTS_QUERY = QUERIES | {"CALL", "SHOW"}
_OF_CURSORS = frozenset(
    "STATIC LOCAL GLOBAL FAST_FORWARD READ_ONLY FORWARD_ONLY SCROLL INSENSITIVE".split()
)


def names_of(script: Script, tokens: Sequence[Token]) -> list[Token]:
    """The variables in a list such as `@a, :b, c, new.d, e(1)`, without their marks."""
    found = []
    for item in split_at(tokens, ","):
        bare = [t for t in item if t.text not in MARKS]
        opened = next((n for n, t in enumerate(bare) if n and t.text in {"(", "["}), len(bare))
        bare = bare[:opened]
        if bare:
            found.append(_field(script, bare) or bare[-1])
    return found


def _field(script: Script, bare: Sequence[Token]) -> Token | None:
    """`row.column`, as one name for the field."""
    for start in range(0, len(bare) - 2, 2):  # behind labels, and before fields of the field
        if bare[start + 1].text != ".":
            return None
        name = script.context.field(bare[start], bare[start + 2])
        if name:
            return made_word(TokenType.VAR, name, bare[start + 2])
    return None


def assign(
    script: Script, targets: Sequence[Token], value: Sequence[Token], *, rows: bool = False
) -> Iterator[Statement]:
    """Put what an expression or query comes to into variables, making those that are new."""
    context = script.context
    value = _in_order(script, value)
    names = [context.name(t) for t in targets]
    yield from _set_again(script, names, value)
    if not (rows or script.moves(value) or script.governed()):
        at = targets[0].start
        yield from (context.declare(n, at) for n in names if n not in context.variables)
        remember(script, names, value)
        return
    yield from _filled(script, targets, script.value(value), rows=rows)
    remember(script, names, value)


def _filled(
    script: Script, targets: Sequence[Token], query: Statement, *, rows: bool
) -> Iterator[Statement]:
    """The result of a query goes into variables, which come to be where they are not there."""
    context = script.context
    names = [context.name(t) for t in targets]
    for name in names:
        held = context.variables.get(name)
        if held is None or (rows and not held.fields):  # one of a declared type is there
            yield context.declare(name, targets[0].start, rows=rows)
        if rows:
            script.take_as_given(name)
    yield into_variables(query, [(n, context.variables[n]) for n in names])


def _in_order(script: Script, value: Sequence[Token]) -> Sequence[Token]:
    """A query whose order decides which of its rows are taken, as one with LIMIT.

    A variable takes the first one, or in a loop the last, and a cursor gives one after another.
    """
    ordered = find_word(value, {"ORDER"}) if script.dialect not in _NO_LIMIT else -1
    if ordered < 0 or not is_query(value) or find_word(value, {"LIMIT", "FETCH"}, ordered) > 0:
        return value
    limit = made_words("limit 1", value[ordered])
    end = find_end(value, {"FOR"}, ordered)  # of locks
    return [*value[:end], *limit, *value[end:]]


def _set_again(script: Script, names: Sequence[str], value: Sequence[Token]) -> Iterator[Statement]:
    """A text that a loop runs before it is set has been read as it was before."""
    if script.loops and not script.context.ran.isdisjoint(names):
        message = "a text that was run is set again in a loop"
        yield script.hole(GapReason.DYNAMIC_SQL, message, value, value)


def come_to_be(script: Script, value: Sequence[Token]) -> Iterator[Statement]:
    """`@x` that a procedure is given to fill is a variable from then on."""
    marked = len(value) == 2 and value[0].text in MARKS  # noqa: PLR2004 - a mark and a name
    if marked and script.context.name(value[1]) not in script.context.variables:
        yield script.context.declare(script.context.name(value[1]), value[1].start)


def rows_given(
    script: Script, value: Sequence[Token], parameter: tuple[str, Variable] | None
) -> Iterator[Statement]:
    """T-SQL's `EXEC p @rows`: the rows of a table go into that which the parameter is.

    Which one that is in another text is not known.
    """
    marked = len(value) == 2 and value[0].text == "@"  # noqa: PLR2004 - a mark and a name
    given = f"@{script.context.naming.relation_part(value[1].text)}" if marked else ""
    if given not in script.context.tables:
        return
    at = value[0].start
    if parameter is None:
        message = "the rows of a table that a procedure is given are not followed"
        yield script.hole(GapReason.OPAQUE_CODE, message, value, names=(given,))
    else:
        write = Write(f"@{parameter[0]}", 0, "insert", by_name=True, temporary=True, offset=at)
        yield replace(whole(given, at), writes=(write,))


def remember(script: Script, names: Sequence[str], value: Sequence[Token]) -> None:
    """What a variable is made of, for code that may be run from it; empty for what nobody knows."""
    for name in names:
        script.context.texts.setdefault(name, []).append(value)


def into_variables(statement: Statement, targets: Sequence[tuple[str, Variable]]) -> Statement:
    """The statement, whose result goes to variables: the n-th column to the n-th of them."""
    results = [w for w in statement.writes if w.kind == "result"]
    others = [w for w in statement.writes if w.kind != "result"]
    scopes, order = list(statement.scopes), list(statement.order)
    for write in results:
        for position, (name, variable) in enumerate(targets):
            number = write.scope
            if len(targets) > 1:
                number = len(scopes)
                scopes.append(_column_of(write, number, (position, name)))
                order.append(number)
            columns = variable.fields if variable.rows else (variable.column or name,)
            field = bool(variable.column)  # of a row that is there
            kind, at = "update" if field else "variable", write.offset
            others.append(
                Write(
                    variable.relation,
                    number,
                    kind,
                    columns,
                    appends=not field,
                    temporary=not field,
                    offset=at,
                )
            )
    return replace(statement, scopes=tuple(scopes), order=tuple(order), writes=tuple(others))


def _column_of(write: Write, number: int, column: tuple[int, str]) -> Scope:
    position, name = column
    at = write.offset
    dep = Dep(number, 0, f"${position + 1}", Subtype.IDENTITY, (), at)
    rows = Dep(write.scope, ROWS_OF, STAR, Subtype.FILTER, (), at)
    source = Source("", "", write.scope)
    return Scope("", -1, (source,), (Output(name, (dep,), at),), influences=(rows,), offset=at)


def value_from(tokens: Sequence[Token], given: int) -> Sequence[Token]:
    """What is assigned, behind DEFAULT, `:=` or CURSOR … FOR."""
    while given < len(tokens) and word(tokens, given) in ASSIGNS | _OF_CURSORS:
        given += 1
    return tokens[given:]


def declare_rows(script: Script, target: Token, value: Sequence[Token]) -> Iterator[Statement]:
    """A cursor or result set over a query, a text of one, or over another cursor."""
    context, name = script.context, script.context.name(target)
    held = context.held(target)
    if held is not None and held.fields and _is_made(script, value):
        yield into_variables(script.value(value[2:-1]), [(name, held)])
        return
    while word(value, 0) == "(" and word(value, len(value) - 1) == ")":
        value = value[1:-1]
    if word(value, 0) == "EXECUTE":
        yield context.declare(name, target.start, rows=True)
        held = context.variables[name]
        for statement in script.statements(value):
            yield into_variables(statement, [(name, held)])
        return
    if value and value[0].token_type in STRINGS and word(value, 1) in {"", "USING"}:
        value = code_in(value[0], script.text, script.dialect)
    if word(value, 1) == "(" and after_brackets(value, 1) == len(value):
        yield from given_to(script, value)
        value = value[:1]
    cursor = context.held(value[-1]) if value else None
    if word(value, 0) in _STARTS_QUERY:
        yield from assign(script, [target], value, rows=True)
    elif cursor is not None and len(value) <= 2:  # noqa: PLR2004 - a mark and a name
        yield from copy_rows(script, [target], cursor, rows=True)
    else:
        yield context.declare(name, target.start, rows=True)
        script.take_as_given(name)
        if value:
            names = (context.variables[name].relation,)
            message = "the query of a cursor is computed"
            yield script.hole(GapReason.DYNAMIC_SQL, message, value, names=names)


def _is_made(script: Script, value: Sequence[Token]) -> bool:
    """`rec(1, 2)`: a row of a type that the script makes, field by field."""
    made = bool(value) and script.context.name(value[0]) in script.context.records
    return made and word(value, 1) == "(" and after_brackets(value, 1) == len(value) > 3  # noqa: PLR2004


def given_to(script: Script, cursor: Sequence[Token]) -> Iterator[Statement]:
    """Values with which a cursor is opened go into its parameters."""
    for value, parameter in opened_with(script, cursor):
        yield into_variables(script.value(value), [parameter])


def copy_rows(
    script: Script, targets: Sequence[Token], cursor: Variable, *, rows: bool
) -> Iterator[Statement]:
    """Put the rows of a cursor into variables."""
    taken = script.counted(whole(cursor.relation, targets[0].start))
    yield from _filled(script, targets, taken, rows=rows)
    remember(script, [script.context.name(t) for t in targets], ())


# -- SET and := --------------------------------------------------------------------------------


def runs_code(tokens: Sequence[Token]) -> bool:
    """`(EXECUTE IMMEDIATE …)`, whose result is a value."""
    return "EXECUTE" in {word(tokens, 0), word(tokens, 1)}


def read_assignment(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """`name := value`, or `name = value`."""
    position = find_word(tokens, {":=", "="})
    names = names_of(script, tokens[:position])[:1]
    value = tokens[position + 1 :]
    known = script.context.held(names[0]) if names else None
    if not names or not value:
        return
    row = script.context.held(value[0])
    if len(value) == 1 and row is not None and row.rows and not script.context.is_field(names[0]):
        yield from copy_rows(script, names, row, rows=True)
    elif (known is not None and known.rows) or is_query(value) or runs_code(value):
        yield from declare_rows(script, names[0], value)
    else:
        yield from assign(script, names, value)
