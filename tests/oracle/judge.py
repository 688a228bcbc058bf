"""The judge: DuckDB shows which outputs a source column decides, the graph must know them all.

A column that flows nowhere, says the graph, may be changed at will. So for each output all
columns from which nothing is said to reach it are changed together; if it changes, a flow
was missed. How much of what is said shows is asked of each column alone.
"""

from __future__ import annotations

from collections import deque
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from lineage import Column, GapReason, analyze_sql
from lineage.graph import ROWS

from .engine import Engine
from .scripts import Scripts
from .worlds import TYPES, Table, make_world, renewed, with_changed, with_other_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage import Analysis

    from .engine import Results

Flow = tuple[Column, Column]
# Columns whose names the data or a type decides, as the fields of a struct that is spread.
_UNNAMED = ("_col_", "_pivoted")
_ENGINE = Engine()


class Case(NamedTuple):
    """One random script over one random world, and the columns of what it makes."""

    world: list[Table]
    statements: list[str]
    targets: dict[str, tuple[str, ...]]

    @property
    def sql(self) -> str:
        return ";\n".join(self.statements)

    @property
    def used(self) -> list[Table]:
        return [t for t in self.world if t.name in self.sql.lower()]


class Verdict(msgspec.Struct):
    """What became of one script."""

    ran: bool = False
    shown: int = 0
    reported: int = 0
    excused: int = 0
    missed: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


class Reached:
    """What an analysis says: from which sources each output can be reached."""

    def __init__(self, case: Case, *, with_schema: bool) -> None:
        self.name = "with schema" if with_schema else "without schema"
        schema = {t.name: {c: TYPES[c] for c in t.columns} for t in case.world}
        self.analysis = analyze_sql(
            case.sql, dialect="duckdb", schema=schema if with_schema else None
        )
        self.targets_of = {s: self._reached_from(s) for s in sources_of(case)}
        self._excused: dict[str, bool] = {}

    def _reached_from(self, source: Column) -> set[Column]:
        """Who knows of no table does not know that of its schema to be the same."""
        qualified = Column(f"main.{source.relation}", source.column)
        return reachable(self.analysis, source) | reachable(self.analysis, qualified)

    def sources_of(self, target: Column) -> frozenset[Column]:
        """The sources that reach a column, or what stands for it where no text names it."""
        meant = self._standing_for(target)
        return frozenset(s for s, found in self.targets_of.items() if meant & found)

    def _standing_for(self, target: Column) -> set[Column]:
        graph = self.analysis.graph
        if graph.find(target) is not None:
            return {target}
        columns = {graph.columns[node] for node in graph.nodes_of(target.relation)}
        return {c for c in columns if c.column.startswith(_UNNAMED)}

    def is_excused(self, target: Column) -> bool:
        """A gap speaks of the target, or of something that flows into it."""
        relation = target.relation
        if relation not in self._excused:
            touched = {r for gap in self.analysis.gaps for r in gap.relations}
            graph = self.analysis.graph
            self._excused[relation] = relation in touched or any(
                c.relation == relation
                for name in touched
                for node in graph.nodes_of(name)
                for c in reachable(self.analysis, graph.columns[node])
            )
        return self._excused[relation]


def make_case(seed: int) -> Case:
    random = Random(seed)  # noqa: S311 - a seeded generator of tests
    world = make_world(random)
    scripts = Scripts(random, world)
    return Case(world, scripts.make(), scripts.made)


def sources_of(case: Case) -> list[Column]:
    """Every column that may be changed, and the rows of every table."""
    return [Column(t.name, c) for t in case.used for c in (*t.columns, ROWS)]


def judge(case: Case, seed: int, *, tries: int = 2, show: int = 0) -> Verdict:
    """Compare what the graph says with and without schema with what runs show.

    `tries` is how often each set of columns is changed, `show` how often a column is
    changed of which it has not been seen yet that it flows where it is said to.
    """
    random = Random(seed)  # noqa: S311
    base = _run(case, case.world)
    if base is None:
        return Verdict()
    knowing = [Reached(case, with_schema=known) for known in (True, False)]
    trial = _Trial(case, random, knowing, base)
    trial.refute(tries)
    shown = trial.confirm(show) if show else frozenset[Flow]()
    reported = trial.reported
    return Verdict(
        ran=True,
        shown=len(shown),
        reported=len(reported),
        excused=len(trial.excused),
        missed=tuple(sorted(trial.missed)),
        gaps=tuple(
            f"{g.reason} {g.message}"
            for g in knowing[0].analysis.gaps
            if g.reason is not GapReason.OPAQUE_CODE
        ),
        unseen=tuple(f"{s} -> {t}" for s, t in sorted(reported - shown)) if show else (),
    )


class _Trial:
    """One script being run with changed tables."""

    def __init__(self, case: Case, random: Random, knowing: list[Reached], base: Results) -> None:
        self.case, self.random, self.knowing, self.base = case, random, knowing, base
        self.missed: set[str] = set()
        self.excused: set[str] = set()
        made = [Column(r, c) for r, columns in case.targets.items() for c in columns]
        self.targets = [*made, *(Column(r, ROWS) for r in case.targets)]
        self.reported = {(s, t) for t in made for s in knowing[0].sources_of(t)}

    def refute(self, tries: int) -> None:
        """Change together what is said not to reach an output, and see whether it stays."""
        everything = frozenset(sources_of(self.case))
        groups = {everything - k.sources_of(t) for k in self.knowing for t in self.targets}
        for group in sorted(groups, key=sorted):
            for way in range(tries if group else 0):
                self._try(group, self.case.world, self.base, way)

    def _try(
        self, sources: frozenset[Column], world: list[Table], base: Results, way: int
    ) -> list[Column]:
        """The outputs that changed with these sources; what could not be foreseen is noted."""
        after = _run(self.case, _changed(self.random, world, sources, way))
        if after is None:
            return []
        changed = [t for t in self.targets if after.get(t) != base.get(t)]
        for known in self.knowing:
            for target in changed:
                if known.sources_of(target) & sources:
                    continue
                if known.is_excused(target):
                    self.excused.add(f"{target} {known.name}")
                    continue
                names = ", ".join(map(str, self._guilty(sources, world, base, target)))
                self.missed.add(f"{names} -> {target} {known.name}")
        return changed

    def _guilty(
        self, sources: frozenset[Column], world: list[Table], base: Results, target: Column
    ) -> Iterable[Column]:
        """The sources of a group that change the target alone; all where none does."""
        guilty = []
        for source in sorted(sources):
            for way in range(9):
                changed = _changed(self.random, world, frozenset({source}), way)
                after = _run(self.case, changed)
                if after is not None and after.get(target) != base.get(target):
                    guilty.append(source)
                    break
        return guilty or sorted(sources)

    def confirm(self, show: int) -> frozenset[Flow]:
        """The reported flows that were seen, each source looked at in new worlds as well."""
        shown: set[Flow] = set()
        for source in sources_of(self.case):
            left = {f for f in self.reported if f[0] == source}
            world, base = self.case.world, self.base
            for way in range(show):
                if not left:
                    break
                if way % 3 == 2:
                    world = [renewed(self.random, t) for t in self.case.world]
                    base = _run(self.case, world) or {}
                found = {(source, t) for t in self._try(frozenset({source}), world, base, way)}
                shown |= found & left
                left -= found
        return frozenset(shown)


def _changed(
    random: Random, world: list[Table], sources: frozenset[Column], way: int
) -> list[Table]:
    changed = []
    for table in world:
        columns = sorted(s.column for s in sources if s.relation == table.name)
        other = with_changed(random, table, [c for c in columns if c != ROWS], way)
        changed.append(with_other_rows(random, other) if ROWS in columns else other)
    return changed


def _run(case: Case, world: list[Table]) -> Results | None:
    names = {t.name for t in case.used}
    used = [t for t in world if t.name in names]
    return _ENGINE.run(used, case.statements, case.targets)


def reachable(analysis: Analysis, source: Column) -> set[Column]:
    """Every column of a relation that a source flows into, by whatever way."""
    graph = analysis.graph
    start = graph.find(source)
    if start is None:
        return set()
    seen, waiting = {start}, deque([start])
    while waiting:
        for edge in graph.outgoing(waiting.popleft()):
            target = graph.targets[edge]
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return {graph.columns[n] for n in seen if n not in graph.inner}
