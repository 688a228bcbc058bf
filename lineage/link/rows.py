"""Whole rows that stand where a column could: `to_json(t)`, or an argument of a function.

Much may be made of a row. So all its columns flow into one node, and that into what is made of
it; else there would be an edge from each of the one to each of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.link.segments import ANY
from lineage.objects import STAR

if TYPE_CHECKING:
    from lineage.link.holders import View
    from lineage.link.linking import Linking, Meaning
    from lineage.objects import Dep


class Rows:
    """The whole rows that one statement speaks of."""

    def __init__(self, linker: Linking) -> None:
        self._linker = linker
        self._meant: set[tuple[int, str]] = set()  # the names of such, by scope
        self._nodes: dict[tuple[object, ...], int] = {}  # by place and columns

    def mean(self, dep: Dep) -> None:
        """A name is that of a whole row."""
        self._meant.add((dep.scope, dep.column))

    def has(self, dep: Dep) -> bool:
        """Whether what is referred to is a whole row."""
        return dep.column == STAR or bool(self._meant and (dep.scope, dep.column) in self._meant)

    def gathered(self, dep: Dep, columns: list[Meaning], target: int) -> list[Meaning]:
        """The columns of a row that is put into a target as one node for each source.

        Columns that nobody has named go on by their names where the target may have them all.
        """
        builder = self._linker.builder
        builder.parts.rows.add(target)
        if builder.nodes[target][1] == ANY:
            return columns
        by_view: dict[View | None, list[tuple[int, bool]]] = {}
        for node, view, ambiguous in columns:
            by_view.setdefault(view, []).append((node, ambiguous))
        return [(self._node(dep, several), view, False) for view, several in by_view.items()]

    def _node(self, dep: Dep, columns: list[tuple[int, bool]]) -> int:
        """The node of a row, each of whose columns may be one that it does not have."""
        linker = self._linker
        key = (dep.offset, *columns)
        row = self._nodes.get(key)
        if row is None:
            row = self._nodes[key] = linker.builder.inner_node(dep.column.strip(STAR), "")
            for node, ambiguous in columns:
                linker.edge(node, row, linker.plain, dep.offset, ambiguous=ambiguous)
        return row
