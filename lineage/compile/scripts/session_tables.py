"""Tables of the session: which name is surely theirs, at each place where it stands.

Before one is made, behind what drops it, and beside the branch or body that makes it, its name is
that of whatever else is called so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import spelt, word
from lineage.dialects import SESSIONS_IN_SCHEMAS, last_part, may_mean
from lineage.objects import MADE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.context import Context
    from lineage.objects import Statement

    Blocks = tuple[int, ...]

_LEAVES = frozenset("RETURN RAISE RAISERROR THROW EXIT LEAVE SIGNAL BREAK CONTINUE".split())
# May end several.
_ENDS = frozenset({"ROLLBACK", "ABORT", "DISCARD", "UNCACHE", "CLEAR", "DETACH"})
_HOLD_TABLES = frozenset({"SCHEMA", "DATABASE", "OWNED"})  # and are dropped with them
_NOBODY_ELSES = frozenset({"#", "@"})  # begin names that nothing else has


def may_make_session_tables(low: str) -> bool:
    """Whether a text, in small letters, may make tables for its session."""
    return "temp" in low or "cache" in low


class SessionTables:
    """The tables that a text makes for its session, as far as it has been read.

    `doubted` are names that are used where they may not be those of such tables.
    """

    def __init__(self) -> None:
        self.doubted: dict[str, None] = {}
        self._made: dict[str, Blocks] = {}  # those that are there, with the blocks that made them
        self._ever: set[str] = set()
        self._dropped: list[tuple[str, Blocks, Blocks]] = []  # with the blocks that made and did so
        self._used_before: set[str] = set()
        self._kept: list[object] = []  # blocks, so that none has the number of another one

    def use(self, statement: Statement, context: Context, body: object) -> None:
        """Note what a statement uses, that stands in the `body` of a routine or in none."""
        blocks = self._blocks(context, body)
        for name in _used(statement):
            here = self._made.get(name)
            # a routine runs later, and whenever it is called
            in_other = body is not None and (here is None or here[:1] != blocks[:1])
            if here is None or in_other or blocks[: len(here)] != here:
                self._used_before.add(name)
                if name in self._ever:
                    self.doubted[name] = None

    def look_elsewhere(self, tokens: Sequence[Token], dialect: str) -> None:
        """Note that names are looked up in another schema from here on, as tokens say."""
        named = any("PG_TEMP" in spelt(tokens, n) for n in range(1, len(tokens)))
        if dialect in SESSIONS_IN_SCHEMAS or named:
            self._made.clear()

    def end(self, tokens: Sequence[Token], context: Context, body: object) -> None:
        """Note what a statement ends, or that it leaves its block.

        What was dropped in a block that is left is there for whoever did not come by.
        """
        first = word(tokens, 0)
        if first in _ENDS or (first == "DROP" and word(tokens, 1) in _HOLD_TABLES):
            self._made.clear()
        elif first in _LEAVES:
            here = self._blocks(context, body)
            left = {n: made for n, made, at in self._dropped if at == here and made != here}
            self._made = left | self._made

    def note(self, statement: Statement, first: str, context: Context, body: object) -> None:
        """Note what a statement with this `first` word uses, drops and makes."""
        self.use(statement, context, body)
        gone = {d.relation for d in statement.declarations if d.kind == "gone"}
        gone.update(_used(statement) if first == "ALTER" else ())
        for name in [made for made in self._made if any(may_mean(made, one) for one in gone)]:
            made_in = self._made.pop(name)
            self._dropped.append((name, made_in, self._blocks(context, body)))
        for name in _made_for_session(statement):
            self._made[name] = self._blocks(context, body)
            self._ever.add(name)
            if name in self._used_before:
                self.doubted[name] = None

    def _blocks(self, context: Context, body: object) -> Blocks:
        around = [*((body,) if body is not None else ()), *context.conditions]
        self._kept += around
        return tuple(map(id, around))


def _used(statement: Statement) -> Iterator[str]:
    """The names that a statement uses, but for those of what it makes for its session."""
    for scope in statement.scopes:
        yield from (source.relation for source in scope.sources if source.relation)
    yield from (w.relation for w in statement.writes if w.relation and not w.temporary)
    yield from (removal.relation for removal in statement.removals)
    for hole in statement.holes:
        yield from hole.relations


def _made_for_session(statement: Statement) -> Iterator[str]:
    made: Sequence[tuple[str, str, bool]] = [
        *((w.relation, w.kind, w.temporary) for w in statement.writes),
        *((d.relation, d.kind, d.temporary) for d in statement.declarations),
    ]
    for name, kind, temporary in made:
        if temporary and kind in MADE and last_part(name)[:1] not in _NOBODY_ELSES:
            yield name
