"""Whether a statement has found rows, and what that decides: FOUND, ROW_COUNT, CURRENT OF."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.scripts.context import HOLDS, Variable
from lineage.compile.scripts.results import whole
from lineage.compile.scripts.tokens import word
from lineage.dialects import LIKE_POSTGRES
from lineage.objects import ROWS_OF, STAR, Dep, Output, Scope, Write
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.context import Context
    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

FOUND = "found"
_ASKS = re.compile(r"\bfound\b|\brow_count\b", re.IGNORECASE)
_HAVE_FOUND = LIKE_POSTGRES


def asks_for_count(text: str, dialect: str) -> bool:
    """Whether a text in PL/pgSQL asks what its last statement has found."""
    return dialect in _HAVE_FOUND and _ASKS.search(text) is not None


def counted(context: Context, statement: Statement) -> Statement:
    """A statement of a block, whose rows decide about FOUND as well, which is there by itself."""
    numbers = {w.scope for w in statement.writes if w.kind != "variable"}
    numbers |= {r.scope for r in statement.removals if r.scope >= 0 and not r.hides}
    if not context.conditions or not numbers:
        return statement
    declared = statement.declarations
    if FOUND not in context.variables:
        declared = (*declared, *context.declare(FOUND, statement.offset).declarations)
    target = (FOUND, context.variables[FOUND])
    return replace(deciding(statement, sorted(numbers), target), declarations=declared)


def deciding(
    statement: Statement, numbers: Sequence[int], target: tuple[str, Variable]
) -> Statement:
    """A statement, with a variable that holds whether some of its scopes have rows."""
    name, variable = target
    at = statement.offset
    scopes, order, writes = list(statement.scopes), list(statement.order), list(statement.writes)
    for number in numbers:
        rows = Dep(number, ROWS_OF, STAR, Subtype.FILTER, (), at)
        scopes.append(Scope("", -1, (), (Output(name, (), at),), influences=(rows,), offset=at))
        order.append(len(scopes) - 1)
        made = Write(variable.relation, order[-1], "variable", (name,), temporary=True, offset=at)
        writes.append(made)
    return replace(statement, scopes=tuple(scopes), order=tuple(order), writes=tuple(writes))


def where_the_cursor_is(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """WHERE CURRENT OF c: the rows of the cursor decide which row is changed."""
    words = [word(tokens[-4:], n) for n in range(3)]
    held = script.context.held(tokens[-1])
    if words != ["WHERE", "CURRENT", "OF"] or held is None or not held.rows:
        return
    name, asked = has_rows(script.context, held, tokens[0].start)
    yield asked
    script.pending = [*(script.pending or ()), name]


def has_rows(context: Context, held: Variable, at: int) -> tuple[str, Statement]:
    """The condition that a cursor, or the like, has rows."""
    name = context.new_condition()
    asked = replace(whole(held.relation, at), writes=())
    return name, deciding(asked, [0], (HOLDS, Variable(name)))
