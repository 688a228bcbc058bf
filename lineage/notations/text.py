"""Lineage as text for a terminal: trees around columns, or a project relation by relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.notations.near import Near
from lineage.notations.words import how_between, name_of
from lineage.shown import guarded, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lineage.flows import Flow
    from lineage.subgraph import Subgraph
    from lineage.words import Column

    # What is next to a column, and the flow that leads there.
    Neighbours = Callable[[Column], list[tuple[Column, Flow]]]


def render_text(subgraph: Subgraph) -> str:
    """What each column that was asked about is made of and goes into, hop by hop.

    Of a whole project, the columns of each relation with what each is made of.
    """
    near = Near(subgraph)
    lines = list(_trees(subgraph, near) if subgraph.focus else _relations(subgraph, near))
    lines += [f"not analysed: {gap.message} ({gap.origin})" for gap in subgraph.gaps]
    return guarded("".join(f"{plain(line)}\n" for line in lines))


def _trees(subgraph: Subgraph, near: Near) -> Iterator[str]:
    for column in subgraph.focus:
        yield name_of(column)
        if subgraph.upstream:
            yield "  made of:"
            yield from _tree([column], near.before)
        if subgraph.downstream:
            yield "  goes into:"
            yield from _tree([column, *near.read_with(column)], near.after)


def _relations(subgraph: Subgraph, near: Near) -> Iterator[str]:
    yield (
        f"{subgraph.statements} statements, {subgraph.opaque} not analysed; "
        f"{len(subgraph.relations)} relations, {len(subgraph.flows)} flows"
    )
    for relation in subgraph.relations:
        yield f"{relation.name} ({relation.kind})"
        for declared in relation.columns:
            yield f"  {declared.name}"
            found = near.before(near.named(relation.name, declared.name))
            yield from (f"    {_line(flow, there)}" for there, flow in found)


def _tree(starts: Sequence[Column], neighbours: Neighbours) -> Iterator[str]:
    """Depth first with a stack; a column that was shown before is named and not repeated."""
    seen = set(starts)
    found = [near for start in starts for near in neighbours(start)]
    stack = [(2, there, flow) for there, flow in reversed(found)]
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
