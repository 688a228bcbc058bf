"""SET: of variables, or of what a session or the engine does."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from lineage.compile.scripts.compound import with_plain_assignments
from lineage.compile.scripts.tokens import find_word, split_at, word
from lineage.compile.scripts.variables import (
    assign,
    declare_rows,
    into_variables,
    names_of,
    value_from,
)
from lineage.compile.scripts.xquery import as_arguments
from lineage.dialects import HIVE_AND_SPARK, LIKE_MYSQL, LIKE_TSQL
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

_AFTER_SET = frozenset({"VAR", "VARIABLE", "LOCAL", "SESSION", "GLOBAL", "PERSIST"})
_ASSIGN = frozenset({"=", ":="})
_SETS_SEVERAL = LIKE_MYSQL | HIVE_AND_SPARK  # in one SET
_SET_BY_THE_SERVER = frozenset({"ROLE", "TRANSACTION", "CONSTRAINT", "CONSTRAINTS"})


def read_set(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """SET: of variables where a value comes from a relation or variable, else of settings."""
    tokens = with_plain_assignments(tokens) if script.dialect in LIKE_TSQL else tokens
    if script.dialect == "oracle" and word(tokens, 1) not in _SET_BY_THE_SERVER:
        following = [token for token in tokens if token.line > tokens[0].line]
        if following:  # a line for SQL*Plus ends with it
            yield from script.statements(following)
        return
    if _is_of_session(script, tokens):
        return
    governed = find_word(tokens, {"FOR"}, 2) if word(tokens, 1) == "STATEMENT" else -1
    if governed > 0:  # MariaDB's settings for one statement
        yield from script.statements(tokens[governed + 1 :])
        return
    start = 1
    while word(tokens, start) in _AFTER_SET and word(tokens, start + 1) not in _ASSIGN:
        start += 1  # a variable may be called so
    assigned = find_word(tokens, _ASSIGN, start)
    if word(tokens, start) == "(":
        yield from _set_together(script, tokens, start)
        return
    if assigned < 0:
        yield from _set_plainly(script, tokens)
        return
    several = script.dialect in _SETS_SEVERAL
    items = list(split_at(tokens[start:], ",")) if several else [tokens[start:]]
    for item in items:
        equals = find_word(item, _ASSIGN)
        names = names_of(script, item[:equals]) if equals > 0 else []
        if names and equals + 1 < len(item):
            yield from _set_one(script, names[:1], item[equals + 1 :])
            yield from _set_further_out(script, item, equals)


def _set_together(script: Script, tokens: Sequence[Token], start: int) -> Iterator[Statement]:
    """SET (a, b) = (x, y)."""
    closing = find_word(tokens, _ASSIGN, start)
    if closing > 0:
        names = names_of(script, tokens[start + 1 : closing - 1])
        yield from assign(script, names, _row(tokens[closing + 1 :]))


def _set_plainly(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """SET without `=`; T-SQL's CONTEXT_INFO is kept for whoever asks for it, XML is changed."""
    if [word(tokens, n) for n in (1, 3, 4)] == ["@", ".", "MODIFY"]:
        yield from assign(script, [tokens[2]], as_arguments(tokens[5:]))
        return
    if word(tokens, 1) == "CONTEXT_INFO" and script.moves(tokens[2:]):
        message = f"what `{tokens[1].text}` does outside of the query is not followed"
        yield script.hole(GapReason.OPAQUE_CODE, message, tokens)
    yield script.plain(tokens)


def _is_of_session(script: Script, tokens: Sequence[Token]) -> bool:
    """SET TRANSACTION …, and in Hive and Spark whatever names no variable."""
    if script.dialect in LIKE_TSQL and word(tokens, len(tokens) - 1) in {"ON", "OFF"}:
        return True  # T-SQL's SET NOCOUNT, XACT_ABORT ON
    if word(tokens, 1) == "TRANSACTION" and word(tokens, 2) in {"ISOLATION", "NAME"}:
        return True
    if script.dialect not in HIVE_AND_SPARK or word(tokens, 1) in _AFTER_SET | {"("}:
        return False
    if len(tokens) == 1 or (word(tokens, 2) == "." and not _is_in_block(script, tokens)):
        return True
    if word(tokens, 2) == ".":
        return False
    return script.context.name(tokens[1]) not in script.context.variables


def _is_in_block(script: Script, tokens: Sequence[Token]) -> bool:
    """SET label.v = …; all other names with dots are those of settings."""
    context = script.context
    named = len(tokens) > 3 and context.name(tokens[3]) in context.variables  # noqa: PLR2004
    return named and context.name(tokens[1]) in context.blocks


def _set_further_out(script: Script, item: Sequence[Token], equals: int) -> Iterator[Statement]:
    for hidden in script.context.further_out(item[:equals]):
        yield into_variables(script.value(item[equals + 1 :]), [hidden])


def _set_one(script: Script, names: Sequence[Token], value: Sequence[Token]) -> Iterator[Statement]:
    if word(value, 0) == "CURSOR":
        yield from declare_rows(script, names[0], value_from(value, 0))
    else:
        yield from assign(script, names, value)


def _row(tokens: Sequence[Token]) -> Sequence[Token]:
    """`(SELECT AS STRUCT a, b)` and `(1, 2)`, without the brackets and the word STRUCT."""
    inner = (
        tokens[1:-1] if word(tokens, 0) == "(" and word(tokens, len(tokens) - 1) == ")" else tokens
    )
    return [
        t
        for before, t in pairwise([None, *inner])
        if t is not None
        and not (
            t.text.upper() in {"AS", "STRUCT"}
            and before is not None
            and before.text.upper() in {"SELECT", "AS"}
        )
    ]
