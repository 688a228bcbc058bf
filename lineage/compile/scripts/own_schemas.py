"""Procedures, views and their kin in a schema: names in them are first looked up there.

https://docs.snowflake.com/en/sql-reference/name-resolution,
https://dev.mysql.com/doc/refman/8.4/en/stored-routines-syntax.html,
https://learn.microsoft.com/sql/relational-databases/security/ownership-and-user-schema-separation
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from lineage.compile.scripts.said_paths import of_schema
from lineage.compile.scripts.tokens import IF_EXISTS, after_words, find_word, word
from lineage.compile.unparsed import name_at
from lineage.dialects import LIKE_MYSQL, LIKE_TSQL, split_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.meant import SearchPath
    from lineage.compile.scripts.script import Script

_HOLDERS = {
    "snowflake": frozenset({"PROCEDURE", "FUNCTION", "TASK", "ALERT", "VIEW"}),
    "oracle": frozenset({"PROCEDURE", "FUNCTION", "PACKAGE", "TRIGGER", "VIEW"}),
    **dict.fromkeys(LIKE_TSQL, frozenset({"PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "VIEW"})),
    **dict.fromkeys(LIKE_MYSQL, frozenset({"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT"})),
}
MAY_HOLD_NAMES = {
    dialect: tuple(kind.lower() for kind in sorted(kinds)) for dialect, kinds in _HOLDERS.items()
}
_MOST_BEFORE = 14  # words before the kind, as in DEFINER = a@b
_OF_CALLERS = frozenset({("AS", "CALLER"), ("AUTHID", "CURRENT_USER")})
_ENDS = frozenset({"TABLE", "AS", "SCHEMA", "INDEX", "SYNONYM"})


def runs_as_caller(tokens: Sequence[Token]) -> bool:
    """Whether a routine runs as whoever calls it, and so in the schema that is used there."""
    at = find_word(tokens, {"AS", "IS"}, 1)
    while at > 0 and word(tokens, at - 1) in {"EXECUTE", "EXEC"}:  # no body follows
        at = find_word(tokens, {"AS", "IS"}, at + 1)
    head = [word(tokens, n) for n in range(max(at, 0))]
    return not _OF_CALLERS.isdisjoint(pairwise(head))


def paths_of_holder(script: Script, tokens: Sequence[Token]) -> tuple[SearchPath, ...]:
    """Where the names in what is made here are looked up; none where that is nothing special."""
    kinds = _HOLDERS.get(script.dialect)
    if kinds is None or word(tokens, 0) not in {"CREATE", "ALTER"}:
        return ()
    start = next((n for n in range(1, _MOST_BEFORE) if word(tokens, n) in kinds | _ENDS), 0)
    if word(tokens, start) not in kinds:
        return ()
    start = after_words(tokens, start + 1, IF_EXISTS | {"BODY"})
    parts = split_name(name_at(tokens, start, script.context.naming, must=True))
    path = of_schema(script, ".".join(parts[:-1]))
    if path is None:
        return ()
    late = script.dialect not in LIKE_TSQL and runs_as_caller(tokens)
    return () if late else (path,)
