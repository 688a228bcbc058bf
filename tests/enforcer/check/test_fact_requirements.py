"""What is stated of relations, and whether it is what a rule asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Accepts, Choice, FactTest, Match, Place, Require, Where
from enforcer.words import Method
from lineage import TransformSubtype

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")
USER = Choice(any_of=("user",))


def messages(world: World, rule_of: RuleMaker, require: Require) -> list[str]:
    return [english(f.message) for f in check(rule_of(require=require), world.estate()).findings]


def people(world: World, **facts: str) -> World:
    return world.relation("crm.people", "source", **facts).label("crm.people.email", "user.contact")


@pytest.mark.parametrize(
    ("test", "stated", "lack"),
    [
        (FactTest(stated=True), {}, "no log.days is stated for it (meta.fieldgate.log.days"),
        (FactTest(stated=True), {"log.days": "tbd"}, "no log.days is stated for it"),
        (FactTest(stated=False), {"log.days": "9"}, "its log.days is 9"),
        (
            FactTest(any_of=("a", "b")),
            {"log.days": "c"},
            "its log.days is c, which is none of a, b",
        ),
        (FactTest(any_of=("a",)), {}, "no log.days is stated for it"),
        (FactTest(none_of=("c",)), {"log.days": "c"}, "its log.days is c"),
        (FactTest(at_least="180"), {"log.days": "90"}, "its log.days is 90, less than 180"),
        (
            FactTest(at_least="180"),
            {"log.days": "long"},
            "its log.days is long, which is no number",
        ),
        (FactTest(at_least="180"), {}, "no log.days is stated for it"),
        (FactTest(at_most="P1M"), {"log.days": "P2M"}, "its log.days is P2M, more than P1M"),
        (
            FactTest(fresh="P1Y"),
            {"log.days": "2024-01-01"},
            "its log.days is 2024-01-01, not within",
        ),
        (
            FactTest(fresh="P1Y"),
            {"log.days": "2027-01-01"},
            "its log.days is 2027-01-01, not within",
        ),
        (FactTest(ahead=True), {"log.days": "2024-01-01"}, "its log.days 2024-01-01 has passed"),
    ],
)
def test_what_a_fact_lacks_is_said(
    world: World, rule_of: RuleMaker, test: FactTest, stated: dict[str, str], lack: str
) -> None:
    """The finding names the fact, what is stated, and what was asked for."""
    people(world, subject="customer", **stated)
    (said,) = messages(world, rule_of, Require(data=USER, facts={"log.days": test}))
    assert lack in said


@pytest.mark.parametrize(
    ("test", "stated"),
    [
        (FactTest(stated=True), {"log.days": "9"}),
        (FactTest(stated=True), {"log.days.most": "9"}),
        (FactTest(stated=False), {}),
        (FactTest(none_of=("c",)), {}),
        (FactTest(at_least="P6M"), {"log.days": "P1Y"}),
        (FactTest(fresh="P1Y"), {"log.days": "2026-11-23"}),
        (FactTest(ahead=True), {"log.days": "2026-11-23"}),
    ],
)
def test_what_is_stated_as_asked_passes(
    world: World, rule_of: RuleMaker, test: FactTest, stated: dict[str, str]
) -> None:
    """A block of facts under the name counts as well; a day counts to its end."""
    people(world, subject="customer", **stated)
    assert messages(world, rule_of, Require(data=USER, facts={"log.days": test})) == []


def test_a_place_states_facts_for_all_that_lies_in_it(world: World, rule_of: RuleMaker) -> None:
    """What is said once for a place need not be said of each relation, and may be overruled."""
    place = Place(match=Match(relations=("*",)), facts={"log.enabled": "true"}, region="eu-1")
    people(world).place("crm", place, "crm.people", "crm.guests")
    world.relation("crm.guests", "source", **{"log.enabled": "off"})
    world.label("crm.guests.email", "user.contact")
    asked = {"log.enabled": FactTest(any_of=("true",)), "region": FactTest(stated=True)}
    said = messages(world, rule_of, Require(data=USER, facts=asked))
    assert [text.partition(" ")[0] for text in said] == ["crm.guests"]


def test_nothing_is_asked_before_anything_is_declared(world: World, rule_of: RuleMaker) -> None:
    """A first run is not a list of forms to fill in."""
    people(world)
    rule = rule_of(require=Require(data=USER, facts={"grade": FactTest(stated=True)}))
    assert check(rule, world.estate()).judged == 0


def test_nobody_can_state_facts_of_a_bare_result(world: World, rule_of: RuleMaker) -> None:
    """What a query shows and keeps nowhere is no relation with facts."""
    people(world, grade="general").flow("crm.people.email", "result:1.email")
    world.relation("result:1", "result")
    require = Require(data=USER, facts={"grade": FactTest(stated=True)})
    assert messages(world, rule_of, require) == []


BASIS = Require(
    of=Where(collected=True),
    data=USER,
    unless_protected=Accepts(accept=(Method.AGGREGATED,)),
    facts={"lawful_basis": FactTest(any_of=("consent", "contract"))},
    per_purpose=True,
)


def used(world: World, purpose: str, functions: str = "") -> World:
    world.relation(f"mart.{purpose}", purposes=purpose)
    return world.flow("crm.people.email", f"mart.{purpose}.email", functions)


@pytest.mark.parametrize(
    ("stated", "lacks"),
    [
        ({}, ["lawful_basis.ads", "lawful_basis.shop"]),
        ({"lawful_basis": "contract"}, []),
        ({"lawful_basis": "because"}, ["lawful_basis is because"]),
        ({"lawful_basis.shop": "contract"}, ["lawful_basis.ads"]),
        ({"lawful_basis.shop": "contract", "lawful_basis.ads": "consent"}, []),
        ({"lawful_basis.shop": "contract", "lawful_basis.ads": "because"}, ["ads is because"]),
    ],
)
def test_each_purpose_downstream_needs_a_basis(
    world: World, rule_of: RuleMaker, stated: dict[str, str], lacks: list[str]
) -> None:
    """A basis is stated once for all purposes, or for each one that the data is used for."""
    people(used(used(world, "shop"), "ads"), subject="customer", **stated)
    said = "".join(messages(world, rule_of, BASIS))
    assert bool(said) is bool(lacks)
    assert all(lack in said for lack in lacks)


def test_a_basis_for_a_purpose_holds_for_all_below_it(world: World, rule_of: RuleMaker) -> None:
    """Who may advertise may advertise by mail."""
    world.relation("mart.mail", purposes="ads.mail").flow("crm.people.email", "mart.mail.email")
    people(world, **{"lawful_basis.ads": "consent"})
    assert messages(world, rule_of, BASIS) == []


def test_where_no_purpose_is_stated_some_basis_is_needed(world: World, rule_of: RuleMaker) -> None:
    """Data that nothing uses yet is collected all the same."""
    people(world, subject="customer")
    assert len(messages(world, rule_of, BASIS)) == 1


def test_statistics_need_no_basis_of_their_own(world: World, rule_of: RuleMaker) -> None:
    """What arrives under an accepted protection is no use of personal data."""
    people(world, **{"lawful_basis.shop": "contract"})
    used(world, "shop").relation("mart.figures", purposes="statistics")
    guard = ("crm.people.id", ">=", "50", "count_distinct")
    world.flow("crm.people.email", "mart.figures.n", "count", TransformSubtype.AGGREGATION, guard)
    assert messages(world, rule_of, BASIS) == []


def test_only_where_data_enters_is_a_basis_asked_for(world: World, rule_of: RuleMaker) -> None:
    """Files may fill what data enters by; another relation may not."""
    people(world, lawful_basis="contract").flow("crm.people.email", "mart.a.email")
    world.flow("s3://in.email", "raw.loaded.email").label("raw.loaded.email", "user.contact")
    world.relation("s3://in", "external")
    said = messages(world, rule_of, BASIS)
    assert [text.partition(" ")[0] for text in said] == ["raw.loaded"]
