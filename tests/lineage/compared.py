"""Comparing analyses: everything that one says, in values that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lineage import Analysis


def whole(analysis: Analysis) -> tuple[object, ...]:
    """All that an analysis says."""
    graph = analysis.graph
    return (
        graph.columns,
        sorted(graph.inner),
        list(graph.sources),
        list(graph.targets),
        [graph.kind(edge) for edge in range(len(graph.sources))],
        [graph.site(edge) for edge in range(len(graph.sources))],
        analysis.edges,
        analysis.gaps,
        analysis.guards,
        analysis.grants,
        analysis.deletes,
        analysis.relations,
        analysis.statements,
        analysis.opaque,
        analysis.equated,
        analysis.remarks,
        analysis.stars,
        analysis.unions,
        analysis.units,
    )
