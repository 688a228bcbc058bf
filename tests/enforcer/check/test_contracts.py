"""Contracts by their terms, and approvals by what they name."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Choice, Match, Partner, Place, Require, Where
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from enforcer.rules import Term
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")
PERSONAL = Choice(any_of=("user",))


def feed(world: World, **keys: Any) -> World:  # noqa: ANN401
    keys = {"name": "AdCo", "contract": "C-1", "permits": ("user",), **keys}
    world.relation("raw.u", "source", subject="employee")
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "feed.u.email")
    place = Place(match=Match(), purposes=("marketing",), partner=Partner(**keys))
    return world.relation("feed.u", "view").place("adco", place, "feed.u")


@pytest.mark.parametrize(
    ("term", "keys", "lack"),
    [
        ("role", {}, "the role of AdCo is not stated"),
        ("role", {"role": "processor"}, ""),
        ("in_force", {"contract": "none"}, "no contract with AdCo"),
        ("in_force", {"expires": date(2026, 11, 22)}, "ended on 2026-11-22"),
        ("in_force", {"expires": date(2026, 11, 23)}, ""),
        ("end", {}, "states no end"),
        ("end", {"expires": date(2020, 1, 1)}, ""),
        ("categories", {"permits": ("user.name",)}, "does not permit user.contact.email"),
        ("categories", {"permits": ("user.contact",)}, ""),
        ("subjects", {"subjects": ("customer",)}, "does not cover data about employee"),
        ("subjects", {"subjects": ("customer", "employee")}, ""),
        ("subjects", {}, ""),
        ("purposes", {"purposes": ("delivery",)}, "does not cover marketing"),
        ("purposes", {"purposes": ("marketing",)}, ""),
        ("purposes", {}, ""),
        ("onward", {"onward": "true"}, "passes it on"),
        ("onward", {"onward": "SUB-2"}, ""),
        ("onward", {"onward": "false"}, ""),
    ],
)
def test_each_term_of_a_contract_is_asked_by_itself(
    world: World, rule_of: RuleMaker, term: Term, keys: dict[str, Any], lack: str
) -> None:
    """A contract lacks what a rule asks for, and nothing else is held against it."""
    feed(world, **keys)
    rule = rule_of(require=Require(data=PERSONAL, contract=(term,)))
    found = check(rule, world.estate()).findings
    assert [lack in english(finding.message) for finding in found] == [True] * bool(lack)


def test_who_gives_nothing_to_partners_needs_no_contract(world: World, rule_of: RuleMaker) -> None:
    """Relations without a partner are not judged."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "mart.u.email")
    assert check(rule_of(require=Require(data=PERSONAL, contract=True)), world.estate()).judged == 0


INSIDE = Require(
    of=Where(name=Choice(any_of=("feed.u",))), data=PERSONAL, approved="transfer.approved"
)


def sent(world: World, facts: dict[str, str]) -> World:
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "feed.u.email")
    world.relation("raw.u", "source", subject_count="40000")
    named = {f"transfer.approved.{key}": value for key, value in facts.items()}
    return world.relation("feed.u", "view", purposes="delivery", **named)


@pytest.mark.parametrize(
    ("facts", "lack"),
    [
        ({}, "does not say what was approved"),
        ({"labels": "user.contact"}, ""),
        ({"labels": "user.name"}, "user.contact.email is not among what was approved"),
        ({"purposes": "delivery"}, ""),
        ({"purposes": "marketing"}, "delivery is no approved purpose"),
        ({"subjects": "40000"}, ""),
        ({"subjects": "39999"}, "data about 40000 subjects, approved are 39999"),
        ({"subjects": "many"}, "approved are many"),
        ({"expires": "2026-11-23"}, ""),
        ({"expires": "2026-11-22"}, "the approval ended on 2026-11-22"),
        ({"expires": "never"}, "the approval ended on never"),
    ],
)
def test_what_is_done_stays_inside_of_what_was_approved(
    world: World, rule_of: RuleMaker, facts: dict[str, str], lack: str
) -> None:
    """Each limit of an approval is one; nothing stated, or stated in no sense, is beyond it."""
    found = check(rule_of(require=INSIDE), sent(world, facts).estate()).findings
    assert [lack in english(finding.message) for finding in found] == [True] * bool(lack)


def test_a_number_that_nobody_states_cannot_be_inside(world: World, rule_of: RuleMaker) -> None:
    """Where a limit of people is approved somebody has to say how many there are."""
    sent(world, {"subjects": "50000"}).relation("raw.u", "source")
    [finding] = check(rule_of(require=INSIDE), world.estate()).findings
    assert "does not say how many subjects" in english(finding.message)


def test_a_recipient_is_approved_by_name(world: World, rule_of: RuleMaker) -> None:
    """Another partner than the approved one gets what nobody approved."""
    sent(world, {"recipient": "Northbeam"})
    world.place("adco", Place(match=Match(), partner=Partner(name="AdCo")), "feed.u")
    [finding] = check(rule_of(require=INSIDE), world.estate()).findings
    assert "AdCo is no approved recipient" in english(finding.message)


def test_an_approval_may_be_a_fact_of_the_place(world: World, rule_of: RuleMaker) -> None:
    """What is sent to a place is held to what the place says."""
    sent(world, {})
    facts = {"transfer.approved.labels": ("user.name", "user.location")}
    world.place("north", Place(match=Match(), facts=facts), "feed.u")
    [finding] = check(rule_of(require=INSIDE), world.estate()).findings
    assert "not among what was approved" in english(finding.message)


def test_an_unknown_category_of_an_approval_is_a_mistake(world: World, rule_of: RuleMaker) -> None:
    """A category that there is not can never be covered, so it is refused where it is stated."""
    with pytest.raises(PolicyError, match="unknown category"):
        check(rule_of(require=INSIDE), sent(world, {"labels": "people"}).estate())
