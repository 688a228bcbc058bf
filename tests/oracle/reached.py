"""What one analysis of a script says: from which sources each output can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage import Column, analyze_sql

from .cases import sources_of
from .in_files import without_file
from .reaching import reachable
from .worlds import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage import Analysis
    from lineage.graph import Graph

    from .cases import Case

    # Which edges of a graph are not gone along.
    Without = Callable[[Graph], Callable[[int], bool]]

# Columns whose names the data or a type decides, as the fields of a struct that is spread.
_UNNAMED = ("_col_", "_pivoted")
# What the script may call a table with, and what is the same table to the engine.
_SCHEMA = "main."


def analysis_of(case: Case, sql: str, *, with_schema: bool = True) -> Analysis:
    """What is said of a text over the tables of a case."""
    schema = {t.name: {c: TYPES[c] for c in t.columns} for t in case.world}
    return analyze_sql(sql, dialect="duckdb", schema=schema if with_schema else None)


class Reached:
    """An analysis of a case with or without its tables' columns being known.

    To try the oracle itself, `analysis` may be one of another text, and `without` says which edges
    of the graph are overlooked.
    """

    def __init__(
        self,
        case: Case,
        name: str = "with schema",
        *,
        with_schema: bool = True,
        analysis: Analysis | None = None,
        without: Without | None = None,
    ) -> None:
        self.name = name
        self.analysis = analysis or analysis_of(case, case.sql, with_schema=with_schema)
        self._without = without(self.analysis.graph) if without is not None else None
        self.targets_of = {s: self._reached_from(s) for s in sources_of(case)}
        self._excused: dict[str, bool] = {}

    def _reached_from(self, source: Column) -> set[Column]:
        found = (reachable(self.analysis, c, self._without) for c in _names_of(source))
        return {plain(c) for f in found for c in f}

    def sources_of(self, target: Column) -> frozenset[Column]:
        """The sources that reach a column, or what stands for it where no text names it."""
        meant = self._standing_for(target)
        return frozenset(s for s, found in self.targets_of.items() if meant & found)

    def _standing_for(self, target: Column) -> set[Column]:
        graph = self.analysis.graph
        if any(graph.find(c) is not None for c in _names_of(target)):
            return {target}
        names = {c.relation for c in _names_of(target)}
        columns = {graph.columns[node].column for name in names for node in graph.nodes_of(name)}
        return {Column(target.relation, c) for c in columns if c.startswith(_UNNAMED)}

    def is_excused(self, target: Column) -> bool:
        """A gap speaks of the target, or of something that flows into it."""
        relation = target.relation
        if relation not in self._excused:
            touched = {r for gap in self.analysis.gaps for r in gap.relations}
            graph = self.analysis.graph
            names = set(names_of(relation))
            self._excused[relation] = not names.isdisjoint(touched) or any(
                c.relation in names
                for name in touched
                for node in graph.nodes_of(name)
                for c in reachable(self.analysis, graph.columns[node])
            )
        return self._excused[relation]


def plain(column: Column) -> Column:
    """A column without the schema that names may leave out."""
    return Column(without_file(column.relation).removeprefix(_SCHEMA), column.column)


def _names_of(column: Column) -> list[Column]:
    """A column, the same one in a schema or in a file's session."""
    return [Column(name, column.column) for name in names_of(column.relation)]


def names_of(relation: str) -> tuple[str, ...]:
    """A relation, for who does not know which schema is meant by none, and of either file."""
    return relation, f"{_SCHEMA}{relation}", f"{relation}@0.sql", f"{relation}@1.sql"
