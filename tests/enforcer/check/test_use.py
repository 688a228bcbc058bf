from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Accepts, Choice, Deny, Match, Partner, Place, Require, Where
from enforcer.words import Protection
from lineage import Grant, Origin, TransformSubtype
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")

AGG = TransformSubtype.AGGREGATION
THERE = Origin("grants.sql", 7, 1)


def partner(**keys: object) -> Place:
    keys.setdefault("name", "Northbeam")
    return Place(match=Match(), partner=Partner(**keys))


def feed(world: World, place: Place) -> World:
    world.label("raw.users.email", "user.contact.email").relation("feed.users", "view")
    return world.flow("raw.users.email", "feed.users.email", "hmac").place(
        "ads", place, "feed.users"
    )


CONTRACT = Require(of=Where(partner=True), data=Choice(any_of=("user",)), contract=True)


@pytest.mark.parametrize(
    ("place", "lack"),
    [
        (partner(), "no contract with Northbeam"),
        (
            partner(contract="C", expires=date(2026, 11, 22), permits=("user",)),
            "ended on 2026-11-22",
        ),
        (partner(contract="C", permits=("user.name",)), "does not permit user.contact.email"),
        (partner(contract="C"), "does not permit user.contact.email"),
    ],
)
def test_a_contract_must_be_there_in_force_and_permit_the_category(
    world: World, rule_of: RuleMaker, place: Place, lack: str
) -> None:
    """Each thing that a contract can lack is a finding that says so."""
    [finding] = check(rule_of(require=CONTRACT), feed(world, place).estate()).findings
    assert lack in english(finding.message)
    assert (str(finding.field), finding.sink) == ("raw.users.email", "feed.users")


def test_a_contract_holds_on_its_last_day(world: World, rule_of: RuleMaker) -> None:
    """The day on which a contract ends is included."""
    place = partner(contract="C", expires=date(2026, 11, 23), permits=("user.contact",))
    assert check(rule_of(require=CONTRACT), feed(world, place).estate()).findings == ()


def test_data_outside_goes_to_a_place_that_is_known(world: World, rule_of: RuleMaker) -> None:
    """An export that no place matches is a finding for each field that is in it."""
    world.label("raw.users.email", "user.contact.email").relation("s3://x", "external")
    world.flow("raw.users.email", "s3://x.email")
    rule = rule_of(
        require=Require(
            of=Where(kind=(RelationKind.EXTERNAL,)), data=Choice(any_of=("user",)), known_place=True
        )
    )
    assert len(check(rule, world.estate()).findings) == 1
    world.place("archive", Place(match=Match()), "s3://x")
    assert check(rule, world.estate()).findings == ()


def aggregate(world: World, function: str, guard: tuple[str, ...] = ()) -> World:
    world.label("raw.pay.salary", "user.financial")
    return world.flow("raw.pay.salary", "mart.pay.value", function, AGG, guard)


GROUPS = Require(data=Choice(any_of=("user.financial",)), group_size=10)


@pytest.mark.parametrize(
    ("guard", "findings"),
    [
        ((), 1),
        (("raw.pay.id", ">=", "10", "count_distinct"), 0),
        (("raw.pay.id", ">=", "9", "count_distinct"), 1),
        (("raw.pay.id", ">", "9", "count_distinct"), 0),
        (("raw.pay.id", "=", "12", "count_distinct"), 0),
        (("raw.pay.id", "<", "100", "count_distinct"), 1),
        (("raw.pay.id", ">=", "10"), 1),
        (("raw.pay.id", ">=", "9" * 5000, "count_distinct"), 1),
    ],
)
def test_a_group_is_large_enough_when_its_guard_says_so(
    world: World, rule_of: RuleMaker, guard: tuple[str, ...], findings: int
) -> None:
    """Only a count of distinct values that is at least k makes an average harmless."""
    estate = aggregate(world, "avg", guard).estate()
    assert len(check(rule_of(require=GROUPS), estate).findings) == findings


def test_the_largest_value_is_somebodys(world: World, rule_of: RuleMaker) -> None:
    """No group is large enough for a maximum, so it is as clear as a copy and not judged here."""
    estate = aggregate(world, "max", ("raw.pay.id", ">=", "10", "count_distinct")).estate()
    assert check(rule_of(require=GROUPS), estate).judged == 0


def test_counting_orders_is_not_counting_people(world: World, rule_of: RuleMaker) -> None:
    """Where the subject's key is declared, a group is counted by it."""
    world.relation("raw.pay", "source", subject_key="person_id").flow("raw.pay.person_id", "x.y.id")
    estate = aggregate(world, "avg", ("raw.pay.order_id", ">=", "10", "count_distinct")).estate()
    assert len(check(rule_of(require=GROUPS), estate).findings) == 1


def test_a_value_that_is_not_aggregated_has_no_group(world: World, rule_of: RuleMaker) -> None:
    """Copies are other rules' business."""
    world.label("raw.pay.salary", "user.financial").flow("raw.pay.salary", "mart.pay.salary")
    assert check(rule_of(require=GROUPS), world.estate()).judged == 0


OPEN = Deny(
    data=Choice(any_of=("user",)),
    unless_protected=Accepts(at_least=Protection.KEYED),
    granted_to=Choice(any_of=("public",)),
)


def test_a_grant_to_everybody_is_reported_where_it_is_written(
    world: World, rule_of: RuleMaker
) -> None:
    """The finding stands at the grant, and names the relation and who may read it."""
    world.label("raw.users.email", "user.contact.email").flow("raw.users.email", "mart.u.email")
    world.grants.append(Grant("mart.u", "PUBLIC", "public", ("select",), THERE))
    [finding] = check(rule_of(deny=OPEN), world.estate()).findings
    assert (finding.sink, finding.origin) == ("mart.u to public", THERE)


@pytest.mark.parametrize(
    ("principal", "privileges", "findings"),
    [("allUsers", ("select",), 1), ("analyst", ("select",), 0), ("public", ("insert",), 0)],
)
def test_only_reading_by_everybody_counts(
    world: World, rule_of: RuleMaker, principal: str, privileges: tuple[str, ...], findings: int
) -> None:
    """A role, or a right that does not read, opens nothing to everybody."""
    world.label("mart.u.email", "user.contact.email").flow("mart.u.email", "x.y.z")
    world.grants.append(Grant("mart.u", principal, "", privileges, THERE))
    assert len(check(rule_of(deny=OPEN), world.estate()).findings) == findings


def test_a_grant_on_a_schema_opens_what_is_in_it(world: World, rule_of: RuleMaker) -> None:
    """A grant on a schema is one on each of its relations."""
    world.label("mart.u.email", "user.contact.email").flow("mart.u.email", "x.y.z")
    world.grants.append(Grant("mart", "public", "public", ("usage", "select"), THERE))
    assert len(check(rule_of(deny=OPEN), world.estate()).findings) == 1


def test_a_models_own_grants_and_a_places_audience_count(world: World, rule_of: RuleMaker) -> None:
    """What a configuration grants is granted."""
    world.label("mart.u.email", "user.contact.email")
    world.relation("mart.u", config_grants_select="x")
    estate = world.estate()
    assert check(rule_of(deny=OPEN), estate).findings == ()
    world.place("open", Place(match=Match(), audience=("public",)), "mart.u")
    assert len(check(rule_of(deny=OPEN), world.estate()).findings) == 1


def test_rows_that_name_a_person_hide_nobody(world: World, rule_of: RuleMaker) -> None:
    """A sum per person is a person's data, which no group size could make anything else."""
    world.label("raw.pay.id", "user.unique_id").flow("raw.pay.id", "mart.pay.id", "md5")
    assert check(rule_of(require=GROUPS), aggregate(world, "sum").estate()).judged == 0


def test_an_aggregate_is_reported_where_it_is_made(world: World, rule_of: RuleMaker) -> None:
    """What is built from an aggregate needs no finding of its own."""
    aggregate(world, "avg").flow("mart.pay.value", "mart.top.value")
    found = check(rule_of(require=GROUPS), world.estate()).findings
    assert [finding.sink for finding in found] == ["mart.pay"]
