"""Tables of the session: which name is surely theirs, at each place where it stands.

Before one is made, behind what drops it, and beside the branch or body that makes it, its name is
that of whatever else is called so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.dialects import last_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.compile.scripts.context import Context
    from lineage.objects import Statement

    Blocks = tuple[int, ...]

_LEAVES = frozenset("RETURN RAISE RAISERROR THROW EXIT LEAVE SIGNAL BREAK CONTINUE".split())
_ENDS = frozenset({"ROLLBACK", "ABORT", "DISCARD", "UNCACHE", "CLEAR"})  # may end several
_NOBODY_ELSES = frozenset({"#", "@"})  # begin names that nothing else has
_MADE = frozenset({"table", "view"})


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
            if here is None or blocks[: len(here)] != here:
                self._used_before.add(name)
                if name in self._ever:
                    self.doubted[name] = None

    def end(self, first: str, context: Context, body: object) -> None:
        """Note what a statement with this `first` word ends, or that it leaves its block.

        What was dropped in a block that is left is there for whoever did not come by.
        """
        if first in _ENDS:
            self._made.clear()
        elif first in _LEAVES:
            here = self._blocks(context, body)
            left = {n: made for n, made, at in self._dropped if at == here and made != here}
            self._made = left | self._made

    def note(self, statement: Statement, first: str, context: Context, body: object) -> None:
        """Note what a statement with this `first` word uses, drops and makes."""
        self.use(statement, context, body)
        gone = {d.relation for d in statement.declarations if d.kind == "gone"}
        for name in gone.union(_used(statement) if first == "ALTER" else ()):
            made = self._made.pop(name, None)
            if made is not None:
                self._dropped.append((name, made, self._blocks(context, body)))
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
        if temporary and kind in _MADE and last_part(name)[:1] not in _NOBODY_ELSES:
            yield name
