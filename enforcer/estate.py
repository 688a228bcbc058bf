"""What the checks look at: the analysis of a project, and what was declared about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Protocol

import msgspec

from enforcer.arrivals import Arrivals
from enforcer.labels import Label
from enforcer.protections import Effect
from enforcer.reach import Successors, direct_successors
from enforcer.rules import Place
from lineage import Column, Origin
from lineage.analysis import Analysis
from lineage.projects import Relation, RelationKind

_META = ("config.meta.fieldgate.", "meta.fieldgate.")


class Taxonomy(Protocol):
    """What the checks ask of a taxonomy of categories."""

    def covers(self, parent: str, child: str) -> bool:
        """True when `child` is `parent` or lies below it."""
        ...

    def is_enumerable(self, category: str) -> bool:
        """True when all values of the category can be tried."""
        ...

    def suggest(self, column_name: str) -> str | None:
        """The category that a column of such a name most likely has."""
        ...


class Seed(msgspec.Struct, frozen=True):
    """A file of values that the project brings along, as CSV text."""

    relation: str
    file: str
    text: str


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """What a project may set for all rules.

    group_size: the k under which an aggregate speaks of single people; functions: the
    project's own functions by name in lower case, and what they do to a value.
    """

    group_size: int = 10
    functions: tuple[tuple[str, Effect], ...] = ()


class Estate(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A project as the checks see it. `places_of` gives a relation's places by name."""

    analysis: Analysis
    labels: Mapping[Column, tuple[Label, ...]]
    taxonomy: Taxonomy
    today: date
    places: Mapping[str, Place] = {}
    places_of: Mapping[str, tuple[str, ...]] = {}
    parameters: Parameters = Parameters()
    seeds: tuple[Seed, ...] = ()

    @cached_property
    def relations(self) -> Mapping[str, Relation]:
        """All relations by name, sorted; one that only the graph knows is a table."""
        known = {relation.name: relation for relation in self.analysis.relations}
        for name in self.analysis.graph.relations():
            known.setdefault(
                name, Relation(name=name, kind=RelationKind.TABLE, origin=Origin(name, 1, 1))
            )
        return dict(sorted(known.items()))

    @cached_property
    def arrivals(self) -> Arrivals:
        """Where values arrive; shared by all rules."""
        return Arrivals(
            self.analysis.graph, self.parameters.functions, frozenset(self._subject_nodes())
        )

    @cached_property
    def direct_successors(self) -> Successors:
        """For each node of the graph the nodes that its value flows into directly."""
        return direct_successors(self.analysis.graph)

    @cached_property
    def declares(self) -> bool:
        """True when the project has begun to state facts, or places, in Fieldgate's words.

        Rules that ask for statements are silent before that: a first run should show what
        the SQL does, not a list of all the forms that nobody has heard of yet.
        """
        return bool(self.places) or any(
            fact.key.startswith(_META)
            for relation in self.analysis.relations
            for fact in relation.facts
        )

    def facts(self, relation: str, key: str) -> tuple[str, ...]:
        """What is declared about a relation; its configuration outweighs its meta."""
        found = self.relations.get(relation)
        return facts(found, key) if found is not None else ()

    def places_named(self, relation: str) -> tuple[tuple[str, Place], ...]:
        """The places that a relation lies in, by name."""
        names = self.places_of.get(relation, ())
        return tuple((name, self.places[name]) for name in sorted(names) if name in self.places)

    def subject_keys(self) -> frozenset[Column]:
        """The columns that relations declare to be the key of a subject.

        People write them as they please, so the dialect's letter case does not matter.
        """
        graph = self.analysis.graph
        keys: set[Column] = set()
        for name in self.relations:
            for written in self.facts(name, "subject_key"):
                known = [graph.columns[node] for node in graph.nodes_of(name)]
                alike = [c for c in known if c.column.lower() == written.lower()]
                keys.update(alike or (Column(name, written),))
        return frozenset(keys)

    def _subject_nodes(self) -> set[int]:
        found = map(self.analysis.graph.find, self.subject_keys())
        return {node for node in found if node is not None}


def facts(relation: Relation, key: str) -> tuple[str, ...]:
    """The values of `fieldgate.<key>` that a relation declares, in the order they are written."""
    for prefix in _META:
        values = tuple(fact.value for fact in relation.facts if fact.key == f"{prefix}{key}")
        if values:
            return values
    return ()


def is_stated(relation: Relation, key: str) -> bool:
    """True when `fieldgate.<key>` is declared, as one value or as a block of them."""
    return any(
        fact.key == f"{prefix}{key}" or fact.key.startswith(f"{prefix}{key}.")
        for prefix in _META
        for fact in relation.facts
    )


def setting(relation: Relation, key: str) -> str:
    """The value of `config.<key>` that a tool keeps about a relation, empty when there is none."""
    return next((fact.value for fact in relation.facts if fact.key == f"config.{key}"), "")
