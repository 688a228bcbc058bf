"""What is next to a column, as a person who reads a tree wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.fields import as_field, is_within
from lineage.graph import ROWS
from lineage.notations.words import is_inside
from lineage.words import Column

if TYPE_CHECKING:
    from lineage.flows import Flow
    from lineage.subgraph import Subgraph


class Near:
    """What is next to a column, as a reader wants it.

    What decides about a relation's rows is shown at its columns, without the step between.
    """

    def __init__(self, subgraph: Subgraph) -> None:
        self._into: dict[Column, list[Flow]] = {}
        self._out_of: dict[Column, list[Flow]] = {}
        for flow in subgraph.flows:
            self._into.setdefault(flow.edge.target, []).append(flow)
            self._out_of.setdefault(flow.edge.source, []).append(flow)

    def read_with(self, column: Column) -> list[Column]:
        """What is read of a column besides itself: its fields, and what it is a field of."""
        beside = (c for c in self._out_of if is_within(c, column) or is_within(column, c))
        return sorted(beside)

    def named(self, relation: str, name: str) -> Column:
        """The column that a name in a relation stands for, or the field where it is one's."""
        column = Column(relation, name)
        field = as_field(column)
        return field if column not in self._into and field in self._into else column

    def before(self, column: Column) -> list[tuple[Column, Flow]]:
        """What flows into a column or decides about its rows.

        That rows come from other rows is said only of relations none of whose columns flow
        here, as with `count(*)`: the others' rows are behind their columns.
        """
        found = self._into.get(column, [])
        rows = Column(column.relation, ROWS)
        if any(is_inside(f.edge.source, f.edge.target) for f in found):
            found = [f for f in found if f.edge.source != rows] + self._into.get(rows, [])
        told = {f.edge.source.relation for f in found if f.edge.source.column != ROWS}
        kept = (
            (f.edge.source, f)
            for f in found
            if f.edge.source.column != ROWS or f.edge.source.relation not in told
        )
        return sorted(set(kept))

    def after(self, column: Column) -> list[tuple[Column, Flow]]:
        """What a column flows into; where that is rows, each column that they decide about.

        Rows that come from rows are named alone, with the columns that nothing else feeds.
        """
        found: set[tuple[Column, Flow]] = set()
        for flow in self._out_of.get(column, []):
            target = flow.edge.target
            if is_inside(flow.edge.source, target):
                if len(self._into[target]) == 1:
                    found.add((target, flow))
                continue
            onward = self._out_of.get(target, []) if target.column == ROWS else []
            inside = [f for f in onward if is_inside(f.edge.source, f.edge.target)]
            if column.column != ROWS:
                found.update((f.edge.target, flow) for f in inside)
            if column.column == ROWS or len(inside) < len(onward) or not inside:
                found.add((target, flow))
        return sorted(found)
