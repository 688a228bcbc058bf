from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Accepts, Choice, Deny, Match, Place
from enforcer.words import Method, Severity
from lineage import TransformSubtype

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")
PERSONAL = Choice(any_of=("user",))
BEYOND = Deny(data=PERSONAL, beyond_purpose=True)


def used(world: World, collected: str, used_for: str) -> World:
    facts = {"purposes": collected} if collected else {}
    world.relation("raw.u", "source", **facts)
    world.relation("mart.u", "table", **({"purposes": used_for} if used_for else {}))
    return world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "mart.u.email")


@pytest.mark.parametrize(
    ("collected", "used_for", "findings"),
    [
        ("essential", "essential", 0),
        ("essential", "essential.delivery", 0),
        ("essential.delivery", "essential", 1),
        ("essential", "essentials", 1),
        ("essential", "marketing", 1),
        ("essential", "", 0),
        ("", "marketing", 0),
    ],
)
def test_a_use_is_the_purpose_of_its_source_or_belongs_to_it(
    world: World, rule_of: RuleMaker, collected: str, used_for: str, findings: int
) -> None:
    """A purpose covers those below it; where one side states none nothing is judged."""
    estate = used(world, collected, used_for).estate()
    assert len(check(rule_of(deny=BEYOND), estate).findings) == findings


def test_what_goes_with_a_purpose_is_stated_or_listed(world: World, rule_of: RuleMaker) -> None:
    """A source names what is compatible with it, a rule what is compatible with everything."""
    used(world, "essential", "research")
    listed = Deny(data=PERSONAL, beyond_purpose=("research",))
    assert check(rule_of(deny=listed), world.estate()).findings == ()
    world.relation("raw.u", "source", purposes="essential", compatible_purposes="research")
    assert check(rule_of(deny=BEYOND), world.estate()).findings == ()


def test_every_purpose_of_a_use_needs_a_ground(world: World, rule_of: RuleMaker) -> None:
    """One purpose that fits does not cover another, also where a place states it."""
    used(world, "essential", "essential")
    world.place("ads", Place(match=Match(), purposes=("marketing",)), "mart.u")
    [finding] = check(rule_of(deny=BEYOND), world.estate()).findings
    assert "for marketing while it was collected for essential" in english(finding.message)


@pytest.mark.parametrize(("function", "fields"), [("", ["email", "plan"]), ("sha2", ["plan"])])
def test_a_filter_is_a_use_and_what_is_accepted_is_none(
    world: World, rule_of: RuleMaker, function: str, fields: list[str]
) -> None:
    """Each kind of flow has its own weight, and a protection that is accepted is no use."""
    world.relation("raw.u", "source", purposes="essential")
    world.relation("mart.u", "table", purposes="marketing")
    world.label("raw.u.email", "user.contact.email").label("raw.u.plan", "user.behavior")
    world.flow("raw.u.email", "mart.u.email", function)
    world.flow("raw.u.plan", "mart.u.*", subtype=TransformSubtype.FILTER)
    deny = Deny(
        data=PERSONAL,
        via={"direct": Severity.ERROR, "filter": Severity.NOTE},
        unless_protected=Accepts(accept=(Method.HASHED,)),
        beyond_purpose=True,
    )
    found = {
        f.field.column: f.rule.severity for f in check(rule_of(deny=deny), world.estate()).findings
    }
    assert sorted(found) == fields
    assert found["plan"] is Severity.NOTE


def test_a_value_is_copied_before_it_filters(world: World, rule_of: RuleMaker) -> None:
    """Where filters alone are asked about, what was copied before is followed all the same."""
    world.relation("raw.u", "source", purposes="essential")
    world.relation("mart.u", "table", purposes="marketing")
    world.label("raw.u.plan", "user.behavior").flow("raw.u.plan", "stg.u.plan")
    world.flow("stg.u.plan", "mart.u.*", subtype=TransformSubtype.FILTER)
    deny = Deny(data=PERSONAL, via=("filter",), beyond_purpose=True)
    assert len(check(rule_of(deny=deny), world.estate()).findings) == 1
