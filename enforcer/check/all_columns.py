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
def columns_by_name(estate: Estate) -> Mapping[str, Sequence[Column]]:
    """All columns that are mentioned, and those that are only declared, by their own names."""
    found: dict[str, list[Column]] = {}
    for name in estate.relations:
        for column in _columns(estate, name):
            found.setdefault(column.column, []).append(column)
    return found


def _columns(estate: Estate, relation: str) -> Iterator[Column]:
    graph, names = estate.analysis.graph, set()
    for node in graph.nodes_of(relation):
        column = graph.columns[node]
        if not column.path:
            names.add(column.column)
        if column.column != ROWS:
            yield column
    for name in {column.name for column in estate.relations[relation].columns} - names:
        column = Column(relation, name)
        if graph.find(column) is None:
            yield column
