"""Grades: relations that state how much their data matters to the state, as China's law asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.check.spread import alike, names_of
from enforcer.shared import shared
from lineage import Column
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.estate import Estate

_CATEGORY: Final = {
    "important": "business.important_data",
    "core": "business.core_data",
}


@shared
def graded_columns(estate: Estate) -> Mapping[Column, str]:
    """The category of every column of a relation whose `grade` is `important` or `core`."""
    return {
        column: _CATEGORY[grade]
        for like, relations in alike(estate).items()
        for grade in estate.facts(like, "grade")
        if grade in _CATEGORY
        for name in names_of(estate, relations)
        for column in _columns(estate, name)
    }


def _columns(estate: Estate, name: str) -> set[Column]:
    graph = estate.analysis.graph
    known = {graph.columns[node] for node in graph.nodes_of(name)}
    declared = {Column(name, column.name) for column in estate.relations[name].columns}
    return {column for column in known | declared if column.column != ROWS}
