"""The labelled columns that data is followed from.

One leak is one finding. Where a labelled column is fed directly by another labelled
column that the rule speaks of as well, and whose category covers its own, its data is
followed from the upstream one only: a copy's own label says nothing that lineage has not
said already, and less about how the value was protected on the way. It says more where
something that nobody labelled comes into it in the clear as well, as by a union.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.grades import graded_columns
from enforcer.check.selectors import Part, select_sources
from enforcer.protection.reach import first_of, reached_from
from enforcer.shared import shared

if TYPE_CHECKING:
    from enforcer.check.labelled_column import Source
    from enforcer.estate import Estate
    from enforcer.rules import Choice, Where
    from lineage import Column


def followed_sources(
    estate: Estate, data: Choice, where: Where | None = None
) -> tuple[Source, ...]:
    """The labelled columns of these categories that are not copies of one another, sorted.

    Found out once for each choice of data: many rules ask about the same.
    """
    return _followed(estate, data, Part(where) if where is not None else None)


@shared
def _followed(estate: Estate, data: Choice, part: Part | None) -> tuple[Source, ...]:
    sources = select_sources(estate, data, part.where if part is not None else None)
    fed = _fed_by_labelled(estate)
    if not fed or fed.isdisjoint(source.column for source in sources):
        return sources
    nodes = {source.column: estate.analysis.graph.find(source.column) for source in sources}
    kept: list[Source] = [source for source in sources if nodes[source.column] is None]
    for category in {source.category for source in sources}:
        rivals = [
            node
            for source in sources
            if estate.taxonomy.covers(source.category, category)
            and (node := nodes[source.column]) is not None
        ]
        first = first_of(estate.direct_successors, rivals) | estate.fed_by_unlabelled
        kept += [s for s in sources if s.category == category and nodes[s.column] in first]
    return tuple(sorted(kept))


@shared
def _fed_by_labelled(estate: Estate) -> frozenset[Column]:
    """The labelled or graded columns that data of some of them flows into directly."""
    columns = (*estate.labels, *graded_columns(estate))
    nodes = {column: estate.analysis.graph.find(column) for column in columns}
    starts = [node for node in nodes.values() if node is not None]
    fed = fed_directly(estate, frozenset(starts))
    return frozenset(column for column, node in nodes.items() if node in fed)


@shared
def fed_directly(estate: Estate, starts: frozenset[int]) -> frozenset[int]:
    """The nodes that data of some nodes flows into directly."""
    return frozenset(reached_from(estate.direct_successors, starts))
