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
    if subgraph.focus:
        lines = list(map(_shown, _trees(subgraph, near)))
    else:
        lines = list(_relations(subgraph, near))
    lines += [_shown(f"not analysed: {gap.message} ({gap.origin})") for gap in subgraph.gaps]
    return "".join(lines)


def _shown(line: str) -> str:
    return guarded(f"{plain(line)}\n")


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
    """Lines that are encoded already: each flow once, however many columns it is shown at."""
    yield _shown(
        f"{subgraph.statements} statements, {subgraph.opaque} not analysed; "
        f"{len(subgraph.relations)} relations, {len(subgraph.flows)} flows"
    )
    flows = [_shown(f"    {_line(flow, flow.edge.source)}") for flow in subgraph.flows]
    for relation in subgraph.relations:
        yield _shown(f"{relation.name} ({relation.kind})")
        for declared in relation.columns:
            yield _shown(f"  {declared.name}")
            column = near.named(relation.name, declared.name)
            yield from map(flows.__getitem__, near.positions_before(column))


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
