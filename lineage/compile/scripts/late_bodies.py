"""What is looked up when it is called: bodies of routines, and prepared statements.

A search path that is set behind one is in force where it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.meant import as_meant
from lineage.compile.scripts.own_schemas import runs_as_caller
from lineage.compile.scripts.tokens import after_words, word
from lineage.compile.unparsed import name_at
from lineage.dialects import LIKE_POSTGRES, last_part, lower

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.meant import SearchPath
    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement

_LOOK_UP_LATE = LIKE_POSTGRES | {"duckdb"}
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE", "MACRO"})
_MOST_BEFORE = 6  # words before the kind of what is made


class LateBodies:
    """The statements of bodies as they are written, by the last parts of their names."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Statement]] = {}
        self._read: set[tuple[str, tuple[SearchPath, ...]]] = set()
        self._of = ""  # the name of the body that is being read

    def noted(
        self, script: Script, tokens: Sequence[Token], read: Iterator[Statement]
    ) -> Iterator[Statement]:
        """The statements that tokens are `read` as, kept where they are those of a body."""
        around, at = self._of, _name_of_body(script, tokens)
        if at > 0:
            named = name_at(tokens, after_words(tokens, at), script.context.naming, must=True)
            self._of = lower(last_part(named))
            self._read.add((self._of, script.context.paths))
        for statement in read:
            if self._of:
                self._kept.setdefault(self._of, []).append(statement)
            yield statement
        self._of = around

    def called(self, script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
        """What the bodies that a statement names write and read under the paths in force."""
        if self._of or not self._kept:
            return
        paths = script.context.paths
        for name in sorted({lower(token.text) for token in tokens} & self._kept.keys()):
            if (name, paths) not in self._read:
                self._read.add((name, paths))
                for statement in self._kept[name]:
                    meant = as_meant(statement, paths, script.context.databases, script.dialect)
                    if any(known.if_there for known in meant.behind):
                        yield meant


def _name_of_body(script: Script, tokens: Sequence[Token]) -> int:
    """Where the name stands of what is made here and looked up late; -1 where nothing is."""
    if word(tokens, 0) == "PREPARE":
        return 1
    if word(tokens, 0) != "CREATE":
        return -1
    if script.dialect not in _LOOK_UP_LATE and not runs_as_caller(tokens):
        return -1
    return next((n for n in range(1, _MOST_BEFORE) if word(tokens, n) in _ROUTINES), -2) + 1
