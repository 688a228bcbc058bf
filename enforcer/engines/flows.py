"""The parts of the input document that say where labelled data goes.

Sources are numbered, and what arrives somewhere names its sources by number: there is an
entry for each relation, category, flow and protection, however many columns it comes from.
So the document grows with the relations and the categories, not with pairs of columns.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from enforcer.check.labelled_column import Source as Labelled
from enforcer.check.selectors import NOTHING
from enforcer.check.spread import masks_by_relation, way_of
from enforcer.engines.guards import Guards
from enforcer.engines.input import Column, Content, Flow, Holding, Source, Unlabelled
from enforcer.protection.reach import first_of
from enforcer.protection.states import DIRECT, FLOWS, mask_of_flow, protections_in
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enforcer.engines.guards import GuardsOf
    from enforcer.engines.input import FlowKind, Guard
    from enforcer.estate import Estate
    from enforcer.protection.arrivals import Way
    from enforcer.words import Protection
    from lineage import Column as Name


class Flows:
    """The sources of an estate, and where their data arrives."""

    def __init__(self, estate: Estate, *, guards: bool) -> None:
        self._estate = estate
        self._guards = Guards(estate) if guards else None

    @cached_property
    def labelled(self) -> tuple[Labelled, ...]:
        """The labelled columns that are no copies of one another, an entry for each category.

        A copy's own label says nothing that lineage has not said already.
        """
        every: dict[str, list[Labelled]] = {}
        for column, labels in sorted(self._estate.labels.items()):
            for category in {label.category for label in labels} - {NOTHING}:
                origin = next(label.origin for label in labels if label.category == category)
                tried = self._estate.taxonomy.is_enumerable(category)
                every.setdefault(category, []).append(Labelled(column, category, origin, tried))
        kept = (source for category in every for source in self._followed(category, every))
        return tuple(sorted(kept))

    def _followed(
        self, category: str, every: Mapping[str, Sequence[Labelled]]
    ) -> Iterator[Labelled]:
        find = self._estate.analysis.graph.find
        rivals = [
            node
            for other, sources in every.items()
            if self._estate.taxonomy.covers(other, category)
            for source in sources
            if (node := find(source.column)) is not None
        ]
        first = first_of(self._estate.direct_successors, rivals) | self._estate.fed_by_unlabelled
        for source in every[category]:
            node = find(source.column)
            if node is None or node in first:
                yield source

    @cached_property
    def by_column(self) -> Mapping[Name, Sequence[Labelled]]:
        """The sources by their column."""
        found: dict[Name, list[Labelled]] = {}
        for source in self.labelled:
            found.setdefault(source.column, []).append(source)
        return found

    def sources(self) -> tuple[Source, ...]:
        """The sources, in the order of their numbers."""
        return tuple(
            Source(
                relation=source.column.relation,
                column=source.column.column,
                category=source.category,
                enumerable=source.enumerable,
            )
            for source in self.labelled
        )

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """Where data arrives by direct flow."""
        return self._into((DIRECT,))

    def influences(self) -> tuple[Flow, ...]:
        """Where data arrives by indirect flow."""
        return self._into(tuple(flow for flow in FLOWS if flow != DIRECT))

    def _into(self, kinds: tuple[str, ...]) -> tuple[Flow, ...]:
        found: dict[tuple[str, str, str, Protection, tuple[Guard, ...]], list[int]] = {}
        for number, source in enumerate(self.labelled):
            guards = self._guards_of(source, kinds)
            for relation, flow, protection in self._arrivals(source, kinds):
                tests = guards.get((relation, flow, protection), ())
                key = (relation, source.category, flow, protection, tests)
                found.setdefault(key, []).append(number)
        return tuple(
            sorted(
                Flow(
                    relation=relation,
                    category=category,
                    flow=cast("FlowKind", flow),
                    protection=protection,
                    guards=tests,
                    sources=tuple(sources),
                )
                for (relation, category, flow, protection, tests), sources in found.items()
            )
        )

    def _guards_of(self, source: Labelled, kinds: tuple[str, ...]) -> GuardsOf:
        node = self._estate.analysis.graph.find(source.column)
        if self._guards is None or node is None:
            return {}
        return self._guards.by_relation(node, self._way(source, kinds))

    def _way(self, source: Labelled, kinds: tuple[str, ...]) -> Way:
        return way_of(self._estate, source, kinds if kinds == (DIRECT,) else FLOWS)

    def _arrivals(
        self, source: Labelled, kinds: tuple[str, ...]
    ) -> Iterator[tuple[str, str, Protection]]:
        masks = masks_by_relation(self._estate, source, self._way(source, kinds))
        for relation, mask in masks.items():
            for flow in kinds:
                for protection in protections_in(mask & mask_of_flow(flow)):
                    yield relation, flow, protection

    def holdings(self) -> Mapping[str, tuple[Holding, ...]]:
        """By relation, the categories that have arrived there, by direct flow."""
        found: dict[str, set[Holding]] = {}
        for flow in self.flows:
            held = Holding(flow.category, flow.protection)
            found.setdefault(flow.relation, set()).add(held)
        return {relation: tuple(sorted(held)) for relation, held in found.items()}

    @cached_property
    def _contents(self) -> Mapping[int, Mapping[tuple[str, Protection], list[int]]]:
        """By node, from which sources it holds which category under which protection."""
        graph = self._estate.analysis.graph
        found: dict[int, dict[tuple[str, Protection], list[int]]] = {}
        for number, source in enumerate(self.labelled):
            start = graph.find(source.column)
            if start is None:
                continue
            for node, mask in self._estate.arrivals.of(start, way_of(self._estate, source)).items():
                if node not in graph.inner and graph.columns[node].column != ROWS:
                    for protection in protections_in(mask & mask_of_flow(DIRECT)):
                        held = found.setdefault(node, {})
                        held.setdefault((source.category, protection), []).append(number)
        return found

    def columns(self) -> tuple[Column, ...]:
        """The columns that carry a label or hold labelled data."""
        graph, labels = self._estate.analysis.graph, self._estate.labels
        types = {
            (relation.name, column.name): column.type
            for relation in self._estate.relations.values()
            for column in relation.columns
        }
        wanted = {graph.columns[node]: node for node in self._contents}
        wanted |= {column: -1 for column in labels if column not in wanted}
        return tuple(
            Column(
                relation=column.relation,
                column=column.column,
                type=types.get((column.relation, column.column), ""),
                labels=tuple(sorted({label.category for label in labels.get(column, ())})),
                holds=tuple(
                    Content(category, protection, tuple(sources))
                    for (category, protection), sources in sorted(
                        self._contents.get(node, {}).items()
                    )
                ),
            )
            for column, node in sorted(wanted.items())
        )

    def unlabelled(self) -> tuple[Unlabelled, ...]:
        """All other columns."""
        graph = self._estate.analysis.graph
        held: dict[str, set[str]] = {}
        for column in {graph.columns[node] for node in self._contents} | set(self._estate.labels):
            held.setdefault(column.relation, set()).add(column.column)
        found = []
        for name, relation in self._estate.relations.items():
            names = {column.name for column in relation.columns}
            names |= {graph.columns[node].column for node in graph.nodes_of(name)}
            others = names - {ROWS} - held.get(name, set())
            if others:
                found.append(Unlabelled(relation=name, columns=tuple(sorted(others))))
        return tuple(found)
