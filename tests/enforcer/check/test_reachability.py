"""Whether joins lead from where data lies to whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from enforcer.check import check
from enforcer.rules import Choice, Require
from lineage import TransformSubtype
from lineage.projects import DeclaredColumn, Fact

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

REACHABLE = Require(data=Choice(any_of=("user",)), reachable=True)
JOIN = TransformSubtype.JOIN


def unreached(world: World, rule_of: RuleMaker) -> list[str]:
    found = check(rule_of(require=REACHABLE), world.estate()).findings
    return [finding.field.relation for finding in found]


def names(world: World, **facts: str) -> World:
    """Names in a table of their own, and people whose key is declared."""
    world.relation("app.names", "source", **facts).label("app.names.name", "user.name")
    world.relation("crm.people", "source", subject_key="person_id", subject="customer")
    world.node("crm.people.person_id")
    return world


def joined(world: World, one: str, other: str) -> World:
    world.equated.add((world.node(one), world.node(other)))
    return compared(world, one, other)


def compared(world: World, one: str, other: str) -> World:
    """Two columns decide about rows together, in whatever way."""
    scope = f"~{one}-{other}.*"
    return world.flow(one, scope, "", JOIN).flow(other, scope, "", JOIN)


def test_a_table_that_nothing_joins_is_out_of_reach(world: World, rule_of: RuleMaker) -> None:
    """A name alone does not say whose it is."""
    assert unreached(names(world), rule_of) == ["app.names"]


def test_a_join_to_the_key_is_a_way(world: World, rule_of: RuleMaker) -> None:
    """What some query joins, a request can join."""
    joined(names(world), "app.names.ticket", "crm.people.ticket")
    assert unreached(world, rule_of) == []


def test_a_join_that_asks_nothing_to_be_equal_is_no_way(world: World, rule_of: RuleMaker) -> None:
    """Rows of a later day, or of another town, are not rows of the same person."""
    compared(names(world), "app.names.ticket", "crm.people.ticket")
    assert unreached(world, rule_of) == ["app.names"]


def test_joins_make_a_chain(world: World, rule_of: RuleMaker) -> None:
    """A table between two others leads from one to the other, through CTEs as well."""
    names(world).flow("app.names.ticket", "~cte.ticket", "lower")
    joined(world, "~cte.ticket", "app.tickets.ticket")
    assert unreached(world, rule_of) == ["app.names"]
    joined(world, "app.tickets.person", "crm.people.person_id")
    assert unreached(world, rule_of) == []


def test_a_join_to_nothing_of_the_subject_is_no_way(world: World, rule_of: RuleMaker) -> None:
    """A calendar does not know whose row it is joined to."""
    joined(names(world), "app.names.day", "app.calendar.day")
    assert unreached(world, rule_of) == ["app.names"]


def test_the_key_must_be_that_of_the_same_subject(world: World, rule_of: RuleMaker) -> None:
    """A way to customers is none to employees; where it is not said whose it is, it may be."""
    joined(names(world, subject="employee"), "app.names.ticket", "crm.people.ticket")
    assert unreached(world, rule_of) == ["app.names"]
    world.relation("crm.people", "source", subject_key="person_id")
    assert unreached(world, rule_of) == []


@pytest.mark.parametrize(
    ("column", "key", "reached"),
    [("PERSON_ID", "person_id", True), ("id", "id", False), ("person", "person_id", False)],
)
def test_a_column_named_as_a_declared_key_refers_to_it(
    world: World,
    rule_of: RuleMaker,
    column: str,
    key: str,
    reached: bool,  # noqa: FBT001
) -> None:
    """The same telling name is the same thing; `id` is in every table."""
    names(world).relation("crm.people", "source", subject_key=key)
    world.node(f"crm.people.{key}")
    world.node(f"app.names.{column}")
    assert (unreached(world, rule_of) == []) is reached


def test_a_test_of_references_is_a_way(world: World, rule_of: RuleMaker) -> None:
    """What is tested to be in another table can be joined with it."""
    names(world)
    column = DeclaredColumn("ticket", facts=(Fact("refers_to", "crm.people"),))
    relation = msgspec.structs.replace(world.relations["app.names"], columns=(column,))
    world.relations["app.names"] = relation
    assert unreached(world, rule_of) == []


def test_what_is_built_anew_is_found_by_what_it_is_built_from(
    world: World, rule_of: RuleMaker
) -> None:
    """A view holds nothing that its sources do not hold; a snapshot does."""
    world.label("crm.people.name", "user.name").label("crm.people.id", "user.unique_id")
    world.relation("crm.people", "source")
    for kind in ("model", "snapshot"):
        world.relation(f"mart.{kind}", kind, config_materialized="view" if kind == "model" else "")
        world.flow("crm.people.name", f"mart.{kind}.name")
    assert unreached(world, rule_of) == ["mart.snapshot"]
