"""All columns of a project's relations, those included that are only declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.shared import shared
from lineage import Column
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enforcer.estate import Estate


@shared
def columns_by_name(estate: Estate) -> Mapping[str, Sequence[tuple[Column, int | None]]]:
    """All columns by their own names, each with the node from which its values flow.

    What is only declared has none.
    """
    found: dict[str, list[tuple[Column, int | None]]] = {}
    for name in estate.relations:
        for column, node in _columns(estate, name):
            found.setdefault(column.column, []).append((column, node))
    return found


def _columns(estate: Estate, relation: str) -> Iterator[tuple[Column, int | None]]:
    graph, names = estate.analysis.graph, set[str]()
    for node in graph.nodes_of(relation):
        column = graph.columns[node]
        if not column.path:
            names.add(column.column)
        if column.column != ROWS:
            yield column, graph.begins.get(node, node)
    for declared in estate.relations[relation].columns:
        if declared.name not in names:
            names.add(declared.name)
            column = Column(relation, declared.name)
            if graph.find(column) is None:
                yield column, None
