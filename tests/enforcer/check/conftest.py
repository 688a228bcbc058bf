"""Small worlds made by hand: a few edges, a few labels, and what is declared about them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from enforcer.estate import Estate, Parameters, Seed
from enforcer.labels import Label
from enforcer.rules import Choice, Deny, Notice, Require, Rule, Sample
from enforcer.taxonomy import Form
from enforcer.words import Phase, PolicyError
from lineage import Column, Delete, Gap, Grant, Origin, Transform, TransformSubtype
from lineage.analysis import Analysis
from lineage.graph import EdgeKind, EdgeSite, GraphBuilder, GuardRef
from lineage.projects import DeclaredColumn, Fact, Relation, RelationKind, Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.rules import Excuse, Place

    RuleMaker = Callable[..., Rule]

HERE = Origin("models/a.sql", 1, 1)


class SmallTaxonomy:
    """Dots are parents, phone numbers can be tried, and two names suggest something."""

    def covers(self, parent: str, child: str) -> bool:
        return child == parent or child.startswith(f"{parent}.")

    def chooses(self, data: Choice, category: str) -> bool:
        def named(patterns: tuple[str, ...]) -> bool:
            return any(self.covers(pattern, category) for pattern in patterns)

        return not named(data.none_of) and (not data.any_of or named(data.any_of))

    def check_pattern(self, pattern: str, origin: Origin) -> None:
        if not pattern.startswith("user"):
            raise PolicyError(origin, f"unknown category `{pattern}`", "mend it")

    def is_enumerable(self, category: str) -> bool:
        return category.startswith(("user.contact.phone_number", "user.financial.credit_card"))

    def form_of(self, category: str) -> Form:
        return Form(head=8) if category.startswith("user.financial.credit_card") else Form()

    def suggest(self, column_name: str) -> str | None:
        return {"email": "user.contact.email", "birth_date": "user.demographic.date_of_birth"}.get(
            column_name
        )


class World:
    """Collects edges and declarations; `estate()` is the world as the checks see it."""

    def __init__(self) -> None:
        self.builder = GraphBuilder()
        self.labels: dict[Column, tuple[Label, ...]] = {}
        self.relations: dict[str, Relation] = {}
        self.places: dict[str, tuple[Place, tuple[str, ...]]] = {}
        self.grants: list[Grant] = []
        self.deletes: list[Delete] = []
        self.gaps: list[Gap] = []
        self.equated: set[tuple[int, int]] = set()
        self.units: list[Unit] = [Unit(file="models/a.sql", text="select 1", dialect="duckdb")]
        self.seeds: list[Seed] = []
        self.notices: list[Notice] = []
        self.parameters = Parameters()

    def node(self, dotted: str) -> int:
        """`raw.users.email` is a column; `~cte.email` one of a CTE."""
        relation, _, column = dotted.rpartition(".")
        if relation.startswith("~"):
            known = getattr(self, "_inner", {})
            self._inner = known
            if dotted not in known:
                known[dotted] = self.builder.inner_node(relation[1:], column)
            return known[dotted]
        return self.builder.node(relation, column)

    def flow(
        self,
        source: str,
        target: str,
        functions: str = "",
        subtype: TransformSubtype | None = None,
        guard: tuple[str, ...] = (),
    ) -> World:
        """An edge; `guard` is (column, operator, value) and a function if need be."""
        names = tuple(functions.split())
        kind = subtype or (TransformSubtype.TRANSFORMATION if names else TransformSubtype.IDENTITY)
        guards = (GuardRef(self.node(guard[0]), *guard[1:]),) if guard else ()
        number = self.builder.kind(EdgeKind(Transform(kind, names), guards))
        self.builder.edge(self.node(source), self.node(target), number, EdgeSite(0, 0))
        return self

    def label(self, column: str, category: str, by: str = "meta") -> World:
        relation, _, name = column.rpartition(".")
        key = Column(relation, name)
        self.labels[key] = (*self.labels.get(key, ()), Label(category, by, HERE))
        return self

    def relation(self, name: str, kind: str = "model", **facts: str) -> World:
        """Facts are of `meta.fieldgate`; one that begins with `config_` is of `config`."""
        declared = tuple(
            Fact(
                key.replace("config_", "config.", 1)
                if key.startswith("config_")
                else f"meta.fieldgate.{key}",
                value,
            )
            for key, value in facts.items()
        )
        self.relations[name] = Relation(
            name=name, kind=RelationKind(kind), origin=HERE, facts=declared
        )
        return self

    def encrypted(self, name: str, column: str) -> World:
        """A contract says that the values of a relation's column come encrypted."""
        declared = DeclaredColumn(column, facts=(Fact("contract.encrypted", "true"),))
        self.relations[name] = Relation(
            name=name, kind=RelationKind.SOURCE, origin=HERE, columns=(declared,)
        )
        return self

    def place(self, name: str, place: Place, *relations: str) -> World:
        self.places[name] = (place, relations)
        return self

    def estate(self) -> Estate:
        places_of: dict[str, tuple[str, ...]] = {}
        for name, (_, relations) in self.places.items():
            for relation in relations:
                places_of[relation] = (*places_of.get(relation, ()), name)
        return Estate(
            analysis=Analysis(
                graph=self.builder.freeze(),
                units=tuple(self.units),
                relations=tuple(self.relations.values()),
                grants=tuple(self.grants),
                deletes=tuple(self.deletes),
                guarded=(),
                gaps=tuple(self.gaps),
                statements=1,
                opaque=0,
                equated=frozenset(self.equated),
            ),
            labels=self.labels,
            taxonomy=SmallTaxonomy(),
            today=date(2026, 11, 23),
            places={name: place for name, (place, _) in self.places.items()},
            places_of=places_of,
            parameters=self.parameters,
            seeds=tuple(self.seeds),
            notices=tuple(self.notices),
        )


def make_rule(
    *, deny: Deny | None = None, require: Require | None = None, unless: tuple[Excuse, ...] = ()
) -> Rule:
    return Rule(
        id="rule",
        title="A rule",
        phase=Phase.USE,
        deny=deny,
        require=require,
        unless=unless,
        why="",
        fix="",
        avoid=Sample(),
        prefer=Sample(),
    )


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def rule_of() -> RuleMaker:
    return make_rule
