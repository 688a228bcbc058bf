"""The oracle over a built dbt project: `python -m tests.oracle.projects FOLDER [--columns N]`.

FOLDER holds its manifest and catalog, of DuckDB. What is built of nothing else gets a few made-up
rows, the models are built of them as dbt compiled them, one column is changed at a time, and
whatever comes out otherwise must be reached from it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import duckdb
import networkx as nx

from lineage import Column, analyze
from lineage.graph import ROWS
from lineage.readers import find_project

from .built import made_rows, read_built, values_of, with_other_values
from .reaching import reachable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage import Analysis

    from .built import Built, Rows
    from .reached import Without

Results = dict[Column, str]


class Found(NamedTuple):
    """What came of a run: what could be built and what not, and what changed."""

    built: int
    unbuilt: tuple[str, ...]
    columns: int
    changes: int
    excused: int
    missed: tuple[str, ...]


class Warehouse:
    """A database in memory in which the project is built of changing tables."""

    def __init__(self, built: Built) -> None:
        self._built = built
        self._database = duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})
        names = [stored.written for stored in (*built.tables.values(), *built.models.values())]
        schemas = sorted({name.rpartition(".")[0] for name in names})
        for database in sorted({schema.partition(".")[0] for schema in schemas}):
            self._database.execute(f"attach ':memory:' as {database}")
        for schema in schemas:
            self._database.execute(f"create schema if not exists {schema}")

    def fill(self, name: str, rows: Rows) -> None:
        """Put rows into a table in the place of those that are there; what has no type is NULL."""
        table = self._built.tables[name]
        columns = ", ".join(f'try_cast(v."{c}" as {t}) as "{c}"' for c, t in table.types.items())
        values = ", ".join(
            f"({', '.join('null' if v is None else _quoted(v) for v in row.values())})"
            for row in rows
        )
        heads = ", ".join(f'"{c}"' for c in table.types)
        self._database.execute(
            f"create or replace table {table.written} as "
            f"select {columns} from (values {values}) as v({heads})"
        )

    def build(self, models: Iterable[str]) -> Results:
        """What these models hold, by column; one that cannot be built is not there."""
        found: Results = {}
        for name in models:
            model = self._built.models[name]
            if model.written in model.query:  # what it adds to, it adds to nothing
                columns = ", ".join(f'"{c}" {kind}' for c, kind in model.types.items())
                self._database.execute(f"create or replace table {model.written} ({columns})")
            try:
                self._database.execute(f"create or replace table {model.written} as {model.query}")
                found |= self._contents(name, model.written)
            except duckdb.Error:
                self._database.execute(f"drop table if exists {model.written}")
        return found

    def _contents(self, name: str, written: str) -> Results:
        cursor = self._database.execute(f"select * from {written}")
        heads = [head[0].lower() for head in cursor.description]
        rows = cursor.fetchall()
        columns = zip(heads, zip(*rows, strict=True), strict=True) if rows else ()
        held = {Column(name, head): "|".join(sorted(map(repr, cells))) for head, cells in columns}
        return {Column(name, ROWS): str(len(rows)), **held}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class _Judge:
    """A project over made-up rows, and what it comes to over those."""

    def __init__(self, folder: Path, seed: int, without: Without | None) -> None:
        self.random = Random(seed)  # noqa: S311
        self.built = read_built(folder)
        self.analysis = analyze(find_project(folder), jobs=1)
        self._without = without(self.analysis.graph) if without is not None else None
        self._warehouse = Warehouse(self.built)
        self._unsure = _with_gaps(self.built, self.analysis)
        self._rows = {
            name: made_rows(self.random, table, self.built.literals)
            for name, table in self.built.tables.items()
        }
        for name, rows in self._rows.items():
            self._warehouse.fill(name, rows)
        first, again = (self._warehouse.build(self.built.models) for _ in range(2))
        # What no run makes twice says nothing.
        self.base = {column: held for column, held in first.items() if again.get(column) == held}
        self.changes, self.excused = 0, 0
        self.missed: set[str] = set()

    def change(self, source: Column, written: str) -> None:
        """Change a column of a table, in two ways; note what changes and should not."""
        below = nx.descendants(self.built.readers, source.relation)
        models = [name for name in self.built.models if name in below]
        table = self.built.tables[source.relation]
        values = values_of(written, table.types[written], self.built.literals)
        reached = reachable(self.analysis, source, self._without)
        for way in range(2):
            rows = with_other_values(self._rows[source.relation], written, values, way)
            self._warehouse.fill(source.relation, rows)
            for target, held in self._warehouse.build(models).items():
                if self.base.get(target, held) != held:
                    self._note(source, target, reached)
        self._warehouse.fill(source.relation, self._rows[source.relation])
        self._warehouse.build(models)

    def _note(self, source: Column, target: Column, reached: set[Column]) -> None:
        self.changes += 1
        if target not in reached and target.relation in self._unsure:
            self.excused += 1
        elif target not in reached:
            self.missed.add(f"{source} -> {target}")


def _with_gaps(built: Built, analysis: Analysis) -> set[str]:
    """The relations that a gap speaks of, and all that are built of them."""
    touched = {name for gap in analysis.gaps for name in gap.relations if name in built.readers}
    return touched.union(*(nx.descendants(built.readers, name) for name in touched))


def judge_project(
    folder: Path, *, columns: int = 0, seed: int = 0, without: Without | None = None
) -> Found:
    """Change columns of the project's tables one by one, all of them or so many.

    To try the judge itself, `without` says which edges of the graph are overlooked.
    """
    judge = _Judge(folder, seed, without)
    tables = judge.built.tables.items()
    tried = [(Column(name, c.lower()), c) for name, table in tables for c in table.types]
    if columns:
        tried = sorted(judge.random.sample(tried, min(columns, len(tried))))
    for source, written in tried:
        judge.change(source, written)
    held = {column.relation for column in judge.base}
    return Found(
        built=len(held),
        unbuilt=tuple(name for name in judge.built.models if name not in held),
        columns=len(tried),
        changes=judge.changes,
        excused=judge.excused,
        missed=tuple(sorted(judge.missed)),
    )


def main() -> int:
    """Print every missed flow, then the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--columns", type=int, default=0, help="columns to change; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    found = judge_project(asked.folder, columns=asked.columns, seed=asked.seed)
    for name in found.unbuilt:
        print(f"{name} could not be built")  # noqa: T201
    for miss in found.missed:
        print(miss)  # noqa: T201
    print(  # noqa: T201
        f"{found.built} models were built; {found.columns} columns were changed, "
        f"{found.changes} changes seen, {found.excused} told as gaps; "
        f"{len(found.missed)} missed flows"
    )
    return 1 if found.missed else 0


if __name__ == "__main__":
    sys.exit(main())
