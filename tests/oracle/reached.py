"""What one analysis of a script says: from which sources each output can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage import Column, analyze_sql

from .cases import sources_of
from .reaching import reachable
from .worlds import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.graph import Graph

    from .cases import Case

    # Which edges of a graph are not gone along.
    Without = Callable[[Graph], Callable[[int], bool]]

# Columns whose names the data or a type decides, as the fields of a struct that is spread.
_UNNAMED = ("_col_", "_pivoted")


class Reached:
    """An analysis of a case with or without its tables' columns being known.

    To try the oracle itself, `sql` is another text for the analysis to read, and `without` says
    which edges of the graph are overlooked.
    """

    def __init__(
        self,
        case: Case,
        name: str = "with schema",
        *,
        with_schema: bool = True,
        sql: str = "",
        without: Without | None = None,
    ) -> None:
        self.name = name
        schema = {t.name: {c: TYPES[c] for c in t.columns} for t in case.world}
        self.analysis = analyze_sql(
            sql or case.sql, dialect="duckdb", schema=schema if with_schema else None
        )
        self._without = without(self.analysis.graph) if without is not None else None
        self.targets_of = {s: self._reached_from(s) for s in sources_of(case)}
        self._excused: dict[str, bool] = {}

    def _reached_from(self, source: Column) -> set[Column]:
        """Who knows of no table does not know that of its schema to be the same."""
        qualified = Column(f"main.{source.relation}", source.column)
        plain = reachable(self.analysis, source, self._without)
        return plain | reachable(self.analysis, qualified, self._without)

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
