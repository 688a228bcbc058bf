"""Proposing labels: for each column that needs one, where data comes in.

Labels move along flows, so a column that is made of a labelled one, or of one for which the
same is proposed, needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.classify.cells import cells_by_column
from enforcer.classify.proposal import Proposal
from enforcer.classify.weighing import doubted, weigh
from enforcer.labels import NAME
from enforcer.protection.reach import first_of
from enforcer.taxonomy import NONE
from enforcer.words import say
from lineage import Column
from lineage.dialects import last_part
from lineage.graph import ROWS
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enforcer.estate import Estate
    from enforcer.taxonomy import Taxonomy

_NO_HOMES: Final = frozenset({RelationKind.EXTERNAL, RelationKind.EXPOSURE, RelationKind.RESULT})


def propose(estate: Estate, taxonomy: Taxonomy) -> tuple[Proposal, ...]:
    """The proposals for a project, sorted by column."""
    written = {
        column: frozenset(label.category for label in labels if label.by != NAME)
        for column, labels in estate.labels.items()
    }
    written = {column: categories for column, categories in written.items() if categories}
    found = {p.column: p for p in _suspected(estate, taxonomy) if p.column not in written}
    return tuple(found[column] for column in sorted(_first(estate, found, written, taxonomy)))


def _suspected(estate: Estate, taxonomy: Taxonomy) -> Iterator[Proposal]:
    """What every column suggests by itself, labelled or not."""
    values = {seed.relation: cells_by_column(seed, estate.today.year) for seed in estate.seeds}
    for name, columns in _columns(estate).items():
        relation = estate.relations[name]
        types = {column.name: column.type for column in relation.columns}
        cells = {key.lower(): found for key, found in values.get(name, {}).items()}
        codes = taxonomy.is_of_codes(name)
        for column in columns:
            hinted = taxonomy.hinted(column, last_part(name))
            weighed = weigh(hinted, types.get(column, ""), cells.get(column.lower()), taxonomy)
            if weighed is not None:
                weighed = doubted(weighed, say("proposed-codes")) if codes else weighed
                yield Proposal(
                    Column(name, column),
                    weighed.categories,
                    weighed.confidence,
                    weighed.reasons,
                    relation.origin,
                )


def _columns(estate: Estate) -> Mapping[str, list[str]]:
    """The columns of the relations that can be labelled: no files, and no results of queries."""
    graph = estate.analysis.graph
    found = {}
    for name, relation in estate.relations.items():
        if relation.kind not in _NO_HOMES:
            nodes = graph.nodes_of(name)
            mentioned = {graph.columns[node].column for node in nodes} - {ROWS}
            found[name] = sorted(mentioned | {column.name for column in relation.columns})
    return found


def _first(
    estate: Estate,
    found: Mapping[Column, Proposal],
    written: Mapping[Column, frozenset[str]],
    taxonomy: Taxonomy,
) -> Iterator[Column]:
    """The columns that get their data from none which is labelled, or to be, with the like."""
    find, columns = estate.analysis.graph.find, estate.analysis.graph.columns
    nodes = {column: node for column in found if (node := find(column)) is not None}
    yield from (column for column in found if column not in nodes)
    for category in {proposal.categories[0] for proposal in found.values()}:
        alike = [c for c in nodes if _like(category, found[c].categories[:1], taxonomy)]
        labelled = [
            node
            for column, categories in written.items()
            if _like(category, categories, taxonomy) and (node := find(column)) is not None
        ]
        first = first_of(estate.direct_successors, [*labelled, *(nodes[c] for c in alike)])
        proposed = (columns[node] for node in first if columns[node] in found)
        yield from (column for column in proposed if found[column].categories[0] == category)


def _like(category: str, others: Iterable[str], taxonomy: Taxonomy) -> bool:
    """Whether labels say, or deny, as much: a wider or narrower one, or `none`."""
    return any(
        other == NONE or taxonomy.covers(other, category) or taxonomy.covers(category, other)
        for other in others
    )
