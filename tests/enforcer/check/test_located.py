"""What a rule may ask about where relations lie, what they are for and what they claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.check.selectors import relation_matches
from enforcer.rules import Ban, Choice, Deny, Excuse, FactTest, Match, Partner, Place, Where
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World


def chosen(*names: str) -> Choice:
    return Choice(any_of=names)


OUTSIDE_EEA = Choice(any_of=("*",), none_of=("EEA",))


@pytest.mark.parametrize(
    ("regions", "abroad"),
    [
        (("eu-west-1",), False),
        (("eu-west-1", "us-east-1"), True),
        (("us-east-1",), True),
        (("cellar",), True),
        ((), False),
    ],
)
def test_each_region_of_a_relation_counts(
    world: World, regions: tuple[str, ...], *, abroad: bool
) -> None:
    """A copy outside is outside, whatever lies inside as well; an unknown region is outside."""
    world.relation("mart.u", "table")
    for number, region in enumerate(regions):
        world.place(f"p{number}", Place(match=Match(), region=region), "mart.u")
    estate = world.estate()
    assert relation_matches(estate, Where(region=OUTSIDE_EEA), "mart.u") is abroad
    assert relation_matches(estate, Where(jurisdiction=OUTSIDE_EEA), "mart.u") is abroad


def test_a_recipient_is_where_its_country_is(world: World) -> None:
    """Data that goes to a partner abroad goes abroad, wherever the bucket lies."""
    partner = Partner(name="Northbeam", country="US")
    place = Place(match=Match(), region="eu-west-1", partner=partner)
    estate = world.relation("feed.u", "table").place("north", place, "feed.u").estate()
    assert relation_matches(estate, Where(jurisdiction=OUTSIDE_EEA), "feed.u")
    assert relation_matches(estate, Where(country=chosen("US")), "feed.u")
    assert not relation_matches(estate, Where(region=OUTSIDE_EEA), "feed.u")


def test_a_purpose_beside_a_permitted_one_is_not_permitted(world: World) -> None:
    """Of several purposes each is a purpose, but an excuse must speak of all that is excepted."""
    world.relation("mart.u", "table", purposes="essential").relation("mart.v", "table")
    place = Place(match=Match(), purposes=("essential", "marketing"))
    estate = world.place("both", place, "mart.v").estate()
    other = Where(purpose=Choice(any_of=("*",), none_of=("essential",)))
    assert not relation_matches(estate, other, "mart.u")
    assert relation_matches(estate, other, "mart.v")
    assert not relation_matches(estate, other, "mart.v", surely=True)


def test_one_of_several_alternatives_is_enough(world: World) -> None:
    """`either` matches where one of its parts does, beside all other keys."""
    world.relation("a", "table", zone="mart").relation("b", "view", zone="lab")
    world.relation("c", "view", zone="raw")
    estate = world.estate()
    where = Where(either=(Where(zone=chosen("mart")), Where(zone=chosen("lab"))), outside=False)
    assert [n for n in "abc" if relation_matches(estate, where, n)] == ["a", "b"]


@pytest.mark.parametrize(
    ("facts", "claims"),
    [
        ({"anonymous": "true"}, True),
        ({"anonymous.k": "20"}, True),
        ({"claims": "anonymous"}, True),
        ({"anonymous": "false"}, False),
        ({"anonymous": "none"}, False),
        ({}, False),
    ],
)
def test_a_claim_is_one_word_or_a_block(
    world: World, facts: dict[str, str], *, claims: bool
) -> None:
    """`anonymous: true`, `anonymous: {k: 20}` and `claims: anonymous` all say the same."""
    estate = world.relation("mart.u", "table", **facts).estate()
    assert relation_matches(estate, Where(claims=chosen("anonymous")), "mart.u") is claims


LATE = {"transfer.expires": FactTest(ahead=True)}


def test_a_date_that_nobody_can_read_excuses_nothing(world: World, rule_of: RuleMaker) -> None:
    """In doubt a rule looks, an exception forbids, and an excuse does not excuse."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "us.u.email")
    world.relation("us.u", "table", **{"transfer.expires": "next year"})
    deny = Deny(data=chosen("user"), into=Where(name=chosen("us.u")))
    excuse = Excuse(into=Where(facts=LATE))
    assert len(check(rule_of(deny=deny, unless=(excuse,)), world.estate()).findings) == 1
    all_but = Excuse(data=chosen("user"), exceptions=(Ban(into=Where(facts=LATE)),))
    assert len(check(rule_of(deny=deny, unless=(all_but,)), world.estate()).findings) == 1


def test_an_excuse_may_speak_of_kinds_of_flow(world: World, rule_of: RuleMaker) -> None:
    """What excuses a filter does not excuse the value itself."""
    from lineage import TransformSubtype  # noqa: PLC0415 - of this test alone

    world.label("raw.u.email", "user.contact.email").label("raw.u.plan", "user.behavior")
    world.flow("raw.u.email", "mart.u.email")
    world.flow("raw.u.plan", "mart.u.*", subtype=TransformSubtype.FILTER)
    deny = Deny(data=chosen("user"), via=("direct", "filter"), into=Where(name=chosen("mart.u")))
    rule = rule_of(deny=deny, unless=(Excuse(via=("filter",)),))
    assert [str(f.field) for f in check(rule, world.estate()).findings] == ["raw.u.email"]


def test_a_recipient_may_be_stated_by_the_relation(world: World) -> None:
    """An exposure that names its recipient has a partner, as a place would give it one."""
    facts = {"recipient.name": "AdCo", "recipient.country": "US", "recipient.role": "third_party"}
    estate = world.relation("exposure:feed", "exposure", **facts).estate()
    assert relation_matches(estate, Where(partner=True, outside=True), "exposure:feed")
    assert relation_matches(estate, Where(role=chosen("third_party")), "exposure:feed")


def test_a_contract_ends_on_a_date(world: World) -> None:
    """An end that is no date is a mistake at its relation, with what to write instead."""
    facts = {"recipient.name": "AdCo", "recipient.expires": "soon"}
    estate = world.relation("feed.u", "view", **facts).estate()
    with pytest.raises(PolicyError, match="no date"):
        relation_matches(estate, Where(partner=True), "feed.u")
