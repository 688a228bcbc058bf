"""The graph of a whole project, made of the segments of its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.link.joining import Joiner
from lineage.link.staged import join_stages
from lineage.link.wildcards import open_wildcards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.graph import Graph
    from lineage.guarded import Guarded
    from lineage.link.relations import Relations
    from lineage.link.segments import Segment
    from lineage.projects import Project


def join(
    project: Project, relations: Relations, segments: Sequence[Segment]
) -> tuple[Graph, tuple[Guarded, ...], frozenset[tuple[int, int]]]:
    """The graph of a project, the writes in it, and which of its nodes some query finds equal.

    `segments` are those of the project's units, in order.
    """
    joiner = Joiner()
    results = 0
    for unit, segment in enumerate(segments):
        joiner.add(segment, unit, results)
        results += segment.results
    for name, interface in relations.interfaces.items():
        for column in interface.columns:
            joiner.node(name, column)
    join_stages(joiner, segments)
    open_wildcards(joiner)
    for unit, segment in enumerate(segments):
        for removed in segment.removed:
            if removed.shapes:
                _shape(joiner, removed.relation, unit, removed.offset)
    joiner.link_readers(project.relations)
    return joiner.freeze(), tuple(joiner.guarded), frozenset(joiner.equated)


def _shape(joiner: Joiner, relation: str, unit: int, offset: int) -> None:
    """What a DELETE tests decides about every column of the rows that are left."""
    columns = joiner.nodes_of.get(relation, {})
    rows = columns.get(ROWS)
    for column, node in columns.items():
        if rows is not None and column != ROWS:
            joiner.edge((rows, node), joiner.plain, unit, offset)
