"""Link: objects and whatever schema is known become one graph of concrete flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.link.order import linking_order
from lineage.link.project import ProjectLinker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.analysis import Analysis
    from lineage.objects import Object
    from lineage.projects import Project


def link(project: Project, objects: Sequence[Object]) -> Analysis:
    """The analysis of a project; `objects` are those of its units, in the same order."""
    linker = ProjectLinker(project, objects)
    for unit in linking_order(project.units, objects, linker.relations.meanings):
        linker.link_unit(unit)
    linker.link_readers()
    return linker.finish()
