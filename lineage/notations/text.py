"""Lineage as text for a terminal: trees around columns, or a project relation by relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.notations.words import how_between, is_inside, name_of
from lineage.shown import guarded, plain
from lineage.words import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lineage.subgraph import Flow, Subgraph

    # What is next to a column, and the flow that leads there.
    Neighbours = Callable[[Column], list[tuple[Column, Flow]]]


def render_text(subgraph: Subgraph) -> str:
    """What each column that was asked about is made of and goes into, hop by hop.

    Of a whole project, the columns of each relation with what each is made of.
    """
    near = _Near(subgraph)
    lines = list(_trees(subgraph, near) if subgraph.focus else _relations(subgraph, near))
    lines += [f"not analysed: {gap.message} ({gap.origin})" for gap in subgraph.gaps]
    return guarded("".join(f"{plain(line)}\n" for line in lines))


def _trees(subgraph: Subgraph, near: _Near) -> Iterator[str]:
    for column in subgraph.focus:
        yield name_of(column)
        if subgraph.upstream:
            yield "  made of:"
            yield from _tree(column, near.before)
        if subgraph.downstream:
            yield "  goes into:"
            yield from _tree(column, near.after)


def _relations(subgraph: Subgraph, near: _Near) -> Iterator[str]:
    yield (
        f"{subgraph.statements} statements, {subgraph.opaque} not analysed; "
        f"{len(subgraph.relations)} relations, {len(subgraph.flows)} flows"
    )
    for relation in subgraph.relations:
        yield f"{relation.name} ({relation.kind})"
        for declared in relation.columns:
            yield f"  {declared.name}"
            found = near.before(Column(relation.name, declared.name))
            yield from (f"    {_line(flow, there)}" for there, flow in found)


def _tree(start: Column, neighbours: Neighbours) -> Iterator[str]:
    """Depth first with a stack; a column that was shown before is named and not repeated."""
    seen = {start}
    stack = [(2, there, flow) for there, flow in reversed(neighbours(start))]
    if not stack:
        yield "    nothing"
    while stack:
        depth, there, flow = stack.pop()
        again = there in seen
        yield "  " * depth + _line(flow, there) + (" (see above)" if again else "")
        if not again:
            seen.add(there)
            stack.extend((depth + 1, t, f) for t, f in reversed(neighbours(there)))


def _line(flow: Flow, there: Column) -> str:
    """The column `there`, which may stand for its relation's rows, and how the flow got there."""
    edge = flow.edge
    how = how_between(edge.source, edge.target, edge.transform, ambiguous=edge.ambiguous)
    return f"{name_of(there)}  [{how}]  {edge.origin}"


class _Near:
    """What is next to a column, as a reader wants it.

    What decides about a relation's rows is shown at its columns, without the step between.
    """

    def __init__(self, subgraph: Subgraph) -> None:
        self._into: dict[Column, list[Flow]] = {}
        self._out_of: dict[Column, list[Flow]] = {}
        for flow in subgraph.flows:
            self._into.setdefault(flow.edge.target, []).append(flow)
            self._out_of.setdefault(flow.edge.source, []).append(flow)

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
