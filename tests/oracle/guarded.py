"""Guards are put to the test: what a guard excuses must never come of a row that fails it.

Nothing may come of a table none of whose rows passes. And where a script names a table once,
so that a row of it is never joined to another one, nothing may come of the rows that fail.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage import Column
from lineage.graph import ROWS
from lineage.guarded import identities

from .cases import sources_of
from .engine import ENGINE
from .reached import plain
from .reaching import passed_without, reachable
from .worlds import TYPES, make_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from lineage import Analysis
    from lineage.graph import GuardRef

    from .cases import Case
    from .worlds import Table

_HOLDS = {
    "=": lambda one, other: one == other,
    "<>": lambda one, other: one != other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
}


class Guards:
    """The guards of one analysis of a case; `tried` counts those that could be tried."""

    def __init__(self, case: Case, random: Random, analysis: Analysis) -> None:
        self._case, self._random, self._analysis = case, random, analysis
        self.tried = 0

    def broken(self, targets: Sequence[Column], tries: int) -> Iterator[str]:
        """What came out although the guard on its way did not hold, in words."""
        guards = {g for kind in self._analysis.graph.kinds for g in kind.guards if not g.function}
        for guard in sorted(guards):
            tested = self._tested(guard)
            if tested is None:
                continue
            self.tried += 1
            for _ in range(tries):
                yield from self._try(guard, tested, targets, nowhere=True)
                if self._is_named_once(tested.relation):
                    yield from self._try(guard, tested, targets, nowhere=False)

    def _tested(self, guard: GuardRef) -> Column | None:
        """The one column of a base table that a guard tests."""
        found = [
            self._analysis.graph.columns[n] for n in identities(self._analysis.graph, guard.node)
        ]
        known = {Column(t.name, c) for t in self._case.used for c in t.columns}
        known = {c for c in known if not self._is_hidden(c.relation)}
        plain = len(found) == 1 and found[0] in known
        return found[0] if plain and guard.operator in _HOLDS else None

    def _is_hidden(self, table: str) -> bool:
        """Whether the script makes something else by the table's name."""
        made = rf"create [\w ]*(table|view) (temp\.)?\"?{table}\b"
        return re.search(made, self._case.sql.lower()) is not None

    def _is_named_once(self, table: str) -> bool:
        return (
            len(re.findall(rf"(?<![\w.\"])\"?{table}\"?(?!\w|\"?\.)", self._case.sql.lower())) == 1
        )

    def _try(
        self, guard: GuardRef, tested: Column, targets: Sequence[Column], *, nowhere: bool
    ) -> Iterator[str]:
        """Change what the guard says does not count, and see whether it does."""
        world = self._case.world
        if nowhere:
            world = [self._failing(t, guard, tested) for t in world]
        test = f"{tested} {guard.operator} {guard.value}"
        excused = self._excused(guard, tested, targets, nowhere=nowhere)
        base = ENGINE.results(self._case, world) if excused else None
        for wanted, sources in excused.items() if base is not None else ():
            changed = [self._changed(t, sources, guard, tested, nowhere=nowhere) for t in world]
            after = ENGINE.results(self._case, changed)
            for target in wanted if after is not None else ():
                if base is not None and after is not None and after.get(target) != base.get(target):
                    names = ", ".join(map(str, sources))
                    yield f"{names} -> {target} although not {test}"

    def _excused(
        self, guard: GuardRef, tested: Column, targets: Sequence[Column], *, nowhere: bool
    ) -> dict[tuple[Column, ...], list[Column]]:
        """For each list of targets, the sources that reach them through the guard only."""
        found: dict[tuple[Column, ...], list[Column]] = {}
        for source in sources_of(self._case):
            own = source.relation == tested.relation
            if source.column == ROWS or source == tested or not (nowhere or own):
                continue
            reached = set(map(plain, reachable(self._analysis, source)))
            left = reached - set(map(plain, passed_without(self._analysis, source, guard)))
            wanted = tuple(t for t in targets if t in left)
            if wanted:
                found.setdefault(wanted, []).append(source)
        return found

    def _failing(self, table: Table, guard: GuardRef, tested: Column) -> Table:
        """The table without any row that passes, if it is the tested one."""
        if table.name != tested.relation:
            return table
        place = table.columns.index(tested.column)
        rows = [list(row) for row in table.rows]
        for row in rows:
            for _ in range(20):
                if not _passes(row[place], guard, tested):
                    break
                row[place] = make_value(self._random, tested.column)
        return table._replace(rows=[r for r in rows if not _passes(r[place], guard, tested)])

    def _changed(
        self, table: Table, sources: list[Column], guard: GuardRef, tested: Column, *, nowhere: bool
    ) -> Table:
        """The table with other values in rows that fail; where none passes, in all."""
        rows = [list(row) for row in table.rows]
        for source in sources:
            if source.relation != table.name:
                continue
            for row in rows:
                if nowhere or not _passes(row[table.columns.index(tested.column)], guard, tested):
                    row[table.columns.index(source.column)] = make_value(
                        self._random, source.column
                    )
        return table._replace(rows=rows)


def _passes(value: object, guard: GuardRef, tested: Column) -> bool:
    """Whether a value passes a guard, as SQL compares; what cannot be told passes."""
    if guard.value == "null":
        return value is None
    if value is None:
        return False
    kind = TYPES[tested.column]
    try:
        other = {
            "INTEGER": lambda: int(guard.value),
            "VARCHAR": lambda: guard.value,
            "BOOLEAN": lambda: {"true": True, "false": False}[guard.value],
        }[kind]()
        return bool(_HOLDS[guard.operator](value, other))
    except (KeyError, ValueError, TypeError):
        return True
