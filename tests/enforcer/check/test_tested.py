"""Tests of data on its way to where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.check import check
from enforcer.rules import Choice, Require, Where
from lineage.projects import DeclaredColumn, Fact

if TYPE_CHECKING:
    from enforcer.rules.conditions import TestKind
    from tests.enforcer.check.conftest import RuleMaker, World

DECISION = Where(name=Choice(any_of=("mart.scores",)))


def decide(world: World) -> World:
    """Income goes to a decision on two ways."""
    world.label("crm.people.income", "user.financial")
    for middle in ("stg.a", "stg.b"):
        world.relation(middle, "model")
        world.flow("crm.people.income", f"{middle}.income").flow(
            f"{middle}.income", "mart.scores.income", "round"
        )
    return world.relation("crm.people", "source").relation("mart.scores", "model")


def add_test(world: World, dotted: str) -> None:
    name, _, column = dotted.rpartition(".")
    declared = DeclaredColumn(column, facts=(Fact("test", "not_null"),))
    relation = msgspec.structs.replace(world.relations[name], columns=(declared,))
    world.relations[name] = relation


def untested(world: World, rule_of: RuleMaker, *kinds: TestKind) -> list[str]:
    require = Require(
        of=DECISION, data=Choice(any_of=("user",)), tested=kinds or ("quality", "freshness")
    )
    return [str(f.field) for f in check(rule_of(require=require), world.estate()).findings]


def test_a_test_at_the_source_or_at_the_end_is_enough(world: World, rule_of: RuleMaker) -> None:
    """Every way leads through both."""
    assert untested(decide(world), rule_of) == ["crm.people.income"]
    add_test(world, "crm.people.income")
    assert untested(world, rule_of) == []
    world.relation("crm.people", "source")
    add_test(world, "mart.scores.income")
    assert untested(world, rule_of) == []


def test_a_test_on_one_of_two_ways_is_not_enough(world: World, rule_of: RuleMaker) -> None:
    """What is tested elsewhere is not tested here."""
    add_test(decide(world), "stg.a.income")
    assert untested(world, rule_of) == ["crm.people.income"]
    add_test(world, "stg.b.income")
    assert untested(world, rule_of) == []


def test_a_test_of_another_column_tells_nothing(world: World, rule_of: RuleMaker) -> None:
    """Columns are tested one by one."""
    add_test(decide(world), "crm.people.id")
    world.node("crm.people.id")
    assert untested(world, rule_of) == ["crm.people.income"]


def test_how_old_a_source_may_be_is_a_test_of_its_own_kind(
    world: World, rule_of: RuleMaker
) -> None:
    """Freshness holds for every column, quality for one; a rule says which it takes."""
    decide(world).relation("crm.people", "source")
    fact = Fact("freshness.error_after.count", "24")
    dated = msgspec.structs.replace(world.relations["crm.people"], facts=(fact,))
    world.relations["crm.people"] = dated
    assert untested(world, rule_of) == []
    assert untested(world, rule_of, "quality") == ["crm.people.income"]
