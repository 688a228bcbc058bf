"""The judge: DuckDB shows which outputs a source column decides, the graph must know them all.

A column that flows nowhere, says the graph, may be changed at will. So for each output all
columns from which nothing is said to reach it are changed together; if it changes, a flow
was missed. How much of what is said shows is asked of each column alone.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from random import Random
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from lineage import Column, GapReason
from lineage.graph import ROWS

from .cases import sources_of
from .engine import ENGINE, StoppedError, pair
from .guarded import Guards
from .in_files import analysis_in_files
from .reached import Reached
from .reaching import kinds_of_flow
from .worlds import renewed, with_changed, with_other_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .cases import Case
    from .engine import Results
    from .worlds import Table

Flow = tuple[Column, Column]
_NAMING = 20.0  # seconds, for all that a script shows
_FEW = 3  # rows of a table, for a script whose joins of joins come to too much
# How many columns a struct becomes its type says, which lineage does not look at, and which
# table a macro reads is known to who calls it.
_SPREADS = re.compile(
    r"\b(who|p)\.\*|unnest\(\[?[\w.]*\b(who|p)\b|, (recursive|max_depth) := |\ball_of\(",
    re.IGNORECASE,
)


class Verdict(msgspec.Struct):
    """What became of one script; `reported` gives each reported flow its kind.

    One that the engine refused has not run, and one of whose runs a limit stopped counts as
    one that has not: nobody knows what the rest of it would have shown.
    """

    ran: bool = False
    stopped: bool = False
    refusal: str = ""
    shown: frozenset[Flow] = frozenset()
    reported: dict[Flow, str] = {}
    excused: int = 0
    missed: tuple[str, ...] = ()
    mistaken: frozenset[str] = frozenset()
    gaps: tuple[str, ...] = ()
    guards: int = 0
    broken: tuple[str, ...] = ()


def judge(
    case: Case,
    seed: int,
    *,
    tries: int = 2,
    show: int = 0,
    knowing: Sequence[Reached] = (),
    explain: bool = True,
) -> Verdict:
    """Compare what the graph says with and without schema, and in files, with what runs show.

    A script that a limit stops is judged once more, over tables with a few rows each.
    `tries` is how often each set of columns is changed, `show` how often a column is
    changed of which it has not been seen yet that it flows where it is said to. `knowing` is
    what is said, where that is not what an analysis of the case says; without `explain`
    only those are named who say nothing of a flow that was seen.
    """
    random = Random(seed)  # noqa: S311
    smaller = case._replace(world=[t._replace(rows=t.rows[:_FEW]) for t in case.world])
    missed: set[str] = set()
    for tried in (case, smaller) if smaller != case else (case,):
        trial = None
        try:
            base = ENGINE.results(tried, tried.world)
            if base is None:
                return Verdict(refusal=ENGINE.refusal, missed=tuple(sorted(missed)))
            trial = _Trial(tried, random, knowing or _readings(tried), base)
            trial.explains = explain
            trial.refute(tries)
            if not explain:
                return Verdict(ran=True, mistaken=frozenset(trial.mistaken))
            return trial.verdict(tries, show, missed)
        except StoppedError:
            missed |= trial.missed if trial is not None else set()
    return Verdict(stopped=True, missed=tuple(sorted(missed)))


def _readings(case: Case) -> list[Reached]:
    """What is said of a case, by who knows the columns of its tables, or not, or sees files."""
    return [
        Reached(case, "with schema"),
        Reached(case, "without schema", with_schema=False),
        Reached(case, "in files", analysis=analysis_in_files(case)),
    ]


class _Trial:
    """One script being run with changed tables."""

    def __init__(
        self, case: Case, random: Random, knowing: Sequence[Reached], base: Results
    ) -> None:
        self.case, self.random, self.knowing, self.base = case, random, knowing, base
        self.missed: set[str] = set()
        self.excused: set[str] = set()
        self.mistaken: set[str] = set()
        self.explains = True
        self._naming = _NAMING
        made = [Column(r, c) for r, columns in case.targets.items() for c in columns]
        self.targets = [*made, *(Column(r, ROWS) for r in case.targets)]
        self._made = frozenset(made)
        # what two columns hold in one row is of what flows into either of them
        self._pairs = {
            pair(one, two): (one, two)
            for columns in ([c for c in made if c.relation == r] for r in case.targets)
            for one, two in pairwise(columns)
        }

    def _without_gaps(self) -> list[Column]:
        """The targets of which all that flows into them is said to be known."""
        return [t for t in self.targets if not self.knowing[0].is_excused(t)]

    def verdict(self, tries: int, show: int, missed: set[str]) -> Verdict:
        """What became of the script, once there was an attempt to refute what is said of it.

        `missed` are flows that were seen before.
        """
        analysis = self.knowing[0].analysis
        guards = Guards(self.case, self.random, analysis)
        return Verdict(
            ran=True,
            shown=self.confirm(show) if show else frozenset(),
            reported=self.reported if show else {},
            excused=len(self.excused),
            missed=tuple(sorted(self.missed | missed)),
            gaps=tuple(
                f"{g.reason} {g.message}"
                for g in analysis.gaps
                if g.reason is not GapReason.OPAQUE_CODE and not _SPREADS.search(self.case.sql)
            ),
            broken=tuple(guards.broken(self._without_gaps(), tries)),
            guards=guards.tried,
        )

    @property
    def reported(self) -> dict[Flow, str]:
        """Every flow that is reported into something that has rows, with its kind."""
        first = self.knowing[0]
        empty = Counter(["0"])
        filled = {t for t in self._made if self.base.get(Column(t.relation, ROWS)) != empty}
        return {
            (source, target): kind
            for source in first.targets_of
            for target, kind in kinds_of_flow(first.analysis, source).items()
            if target in filled
        }

    def refute(self, tries: int) -> None:
        """Change together what is said not to reach an output, and see whether it stays."""
        everything = frozenset(sources_of(self.case))
        groups = set()
        for target in self.targets:
            own = {everything - k.sources_of(target) for k in self.knowing}
            # who changes more sees what who changes less would have seen
            groups |= {group for group in own if not any(group < other for other in own)}
        for group in sorted(groups, key=sorted):
            for way in range(tries if group else 0):
                self._try(group, self.case.world, self.base, way)

    def _try(
        self, sources: frozenset[Column], world: list[Table], base: Results, way: int
    ) -> list[Column]:
        """The outputs that changed with these sources; what could not be foreseen is noted."""
        after = ENGINE.results(self.case, _changed(self.random, world, sources, way))
        if after is None:
            return []
        changed = [t for t in self.targets if after.get(t) != base.get(t)]
        together = [p for p in self._pairs if after.get(p) != base.get(p)]
        for known in self.knowing:
            for target in (*changed, *together):
                if self._sources_of(known, target) & sources:
                    continue
                if known.is_excused(target):
                    self.excused.add(f"{target} {known.name}")
                    continue
                self.mistaken.add(known.name)
                if not self.explains:
                    continue
                names = ", ".join(map(str, self._guilty(sources, world, base, target)))
                self.missed.add(f"{names} -> {target} {known.name}")
        return changed

    def _sources_of(self, known: Reached, target: Column) -> frozenset[Column]:
        """What reaches a column, or one of two."""
        columns = self._pairs.get(target, (target,))
        return frozenset().union(*(known.sources_of(c) for c in columns))

    def _guilty(
        self, sources: frozenset[Column], world: list[Table], base: Results, target: Column
    ) -> Iterable[Column]:
        """The sources of a group that change the target alone; all where none does.

        That is a help to who reads of it, and must not cost the miss itself.
        """
        begin = monotonic()
        guilty = [
            s
            for s in sorted(sources)
            if monotonic() < begin + self._naming and self._is_guilty(s, world, base, target)
        ]
        self._naming -= monotonic() - begin
        return guilty or sorted(sources)

    def _is_guilty(self, source: Column, world: list[Table], base: Results, target: Column) -> bool:
        for way in range(9):
            changed = _changed(self.random, world, frozenset({source}), way)
            try:
                after = ENGINE.results(self.case, changed)
            except StoppedError:
                return False
            if after is not None and after.get(target) != base.get(target):
                return True
        return False

    def confirm(self, show: int) -> frozenset[Flow]:
        """The reported flows that were seen, each source looked at in new worlds as well."""
        shown: set[Flow] = set()
        reported = self.reported
        for source in sources_of(self.case):
            left = {f for f in reported if f[0] == source}
            world, base = self.case.world, self.base
            for way in range(show):
                if not left:
                    break
                if way % 3 == 2:
                    world = [renewed(self.random, t) for t in self.case.world]
                    base = ENGINE.results(self.case, world) or {}
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
