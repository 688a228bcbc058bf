"""The judge: DuckDB shows which outputs a source column decides, the graph must know them all."""

from __future__ import annotations

from collections import Counter, deque
from functools import cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import duckdb
import msgspec

from lineage import Column, GapReason, analyze_sql
from lineage.graph import ROWS

from .scripts import Scripts
from .worlds import TYPES, Table, make_world, mutations

if TYPE_CHECKING:
    from lineage import Analysis

Flow = tuple[Column, Column]


class Case(NamedTuple):
    """One random script over one random world."""

    world: list[Table]
    statements: list[str]
    targets: dict[str, tuple[str, ...]]

    @property
    def sql(self) -> str:
        return ";\n".join(self.statements)


class Verdict(msgspec.Struct):
    """What became of one script."""

    ran: bool = False
    shown: int = 0
    reported: int = 0
    missed: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


def make_case(seed: int) -> Case:
    random = Random(seed)  # noqa: S311 - a seeded generator of tests
    world = make_world(random)
    scripts = Scripts(random, world)
    return Case(world, scripts.make(), scripts.made)


def judge(case: Case, seed: int, *, tries: int = 2, with_schema: bool = True) -> Verdict:
    """Run the script with each source column changed, and compare with the graph."""
    shown = observe(case, Random(seed), tries)  # noqa: S311
    if shown is None:
        return Verdict()
    schema = {t.name: {c: TYPES[c] for c in t.columns} for t in case.world}
    analysis = analyze_sql(case.sql, dialect="duckdb", schema=schema if with_schema else None)
    reached = {s: _reachable(analysis, s) for s in _sources(case)}
    missed = [
        f"{source} -> {target}"
        for source, target in sorted(shown)
        if target not in reached[source] and not _is_excused(analysis, target)
    ]
    outputs = {Column(r, c) for r, columns in case.targets.items() for c in columns}
    reported = sum(len(found & outputs) for found in reached.values())
    seen = sum(target in outputs and target in reached[source] for source, target in shown)
    gaps = tuple(
        f"{g.reason} {g.message}" for g in analysis.gaps if g.reason is not GapReason.OPAQUE_CODE
    )
    return Verdict(
        ran=True,
        shown=seen,
        reported=reported,
        missed=tuple(missed),
        gaps=gaps if with_schema else (),
    )


def _sources(case: Case) -> list[Column]:
    return [Column(t.name, c) for t in case.world for c in t.columns]


def _reachable(analysis: Analysis, source: Column) -> set[Column]:
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


def _is_excused(analysis: Analysis, target: Column) -> bool:
    """A gap speaks of the target, or of something that flows into it."""
    touched = {r for gap in analysis.gaps for r in gap.relations}
    if target.relation in touched:
        return True
    graph = analysis.graph
    for relation in touched:
        for node in graph.nodes_of(relation):
            if any(
                c.relation == target.relation for c in _reachable(analysis, graph.columns[node])
            ):
                return True
    return False


# -- running ----------------------------------------------------------------------------------

Results = dict[Column, Counter[str]]


def observe(case: Case, random: Random, tries: int) -> set[Flow] | None:
    """Every (source, target) where changing the source changed the target; None for bad SQL."""
    connection = _connection()
    base = _run(connection, case, None)
    if base is None:
        return None
    shown: set[Flow] = set()
    for table in case.world:
        if table.name not in case.sql:
            continue
        for column in table.columns:
            source = Column(table.name, column)
            for changed in mutations(random, table, column, tries):
                after = _run(connection, case, changed)
                shown.update((source, t) for t in after or () if after[t] != base[t])
    return shown


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def _run(
    connection: duckdb.DuckDBPyConnection, case: Case, changed: Table | None
) -> Results | None:
    connection.execute("begin")
    try:
        for table in case.world:
            if table.name in case.sql:
                same = changed is None or changed.name != table.name
                _fill(connection, table if same else changed)
        for statement in case.statements:
            connection.execute(statement)
        return {k: v for name in case.targets for k, v in _read(connection, name).items()}
    except duckdb.Error:
        return None
    finally:
        connection.execute("rollback")


def _fill(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(f"{c} {TYPES[c]}" for c in table.columns)
    connection.execute(f"create table {table.name} ({columns})")
    rows = ", ".join(f"({', '.join(_literal(v) for v in row)})" for row in table.rows)
    connection.execute(f"insert into {table.name} values {rows}")  # noqa: S608 - our own values


def _literal(value: object) -> str:
    if value is None:
        return "null"
    return f"'{value}'" if isinstance(value, str) else str(value).lower()


def _read(connection: duckdb.DuckDBPyConnection, name: str) -> Results:
    cursor = connection.execute(f"select * from {name}")  # noqa: S608 - our own names
    names = [d[0] for d in cursor.description]
    rows = cursor.fetchall()
    found = {Column(name, ROWS): Counter([str(len(rows))])}
    for place, column in enumerate(names):
        found[Column(name, column)] = Counter(repr(row[place]) for row in rows)
    return found
