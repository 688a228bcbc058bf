"""Joins, on hand-built graphs: what counts as bringing two relations together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Accepts, Choice, Deny, Excuse, FactTest, Where
from enforcer.words import Protection
from lineage import TransformSubtype

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")
JOIN, FILTER = TransformSubtype.JOIN, TransformSubtype.FILTER
GROUP, AGG = TransformSubtype.GROUP_BY, TransformSubtype.AGGREGATION


def named(*names: str) -> Where:
    return Where(name=Choice(any_of=names))


AB = Deny(joined=(named("a"), named("b")), via=("join", "filter"))


def joined(
    world: World, left: str, right: str, target: str, kind: TransformSubtype = JOIN
) -> World:
    """`target` is made from what compares two columns; it takes over the left one."""
    name = target.rpartition(".")[0] or target
    for column in (left, right):
        world.flow(column, f"{name}.*", subtype=kind)
    return world.flow(left, f"{name}.key")


@pytest.mark.parametrize("kind", [JOIN, FILTER])
def test_comparing_a_column_of_each_joins_them(
    world: World, rule_of: RuleMaker, kind: TransformSubtype
) -> None:
    """A join by ON, by WHERE or by IN is a join, told with the way of the first side."""
    [finding] = check(
        rule_of(deny=AB), joined(world, "a.id", "b.id", "m.x", kind).estate()
    ).findings
    assert english(finding.message) == "a.id is joined with data of b.id to make m"
    assert (str(finding.field), finding.sink, finding.flow) == ("a.id", "m", kind.value.lower())
    assert [str(hop.column) for hop in finding.path] == ["a.id", "m.*"]


def test_values_are_followed_row_by_row(world: World, rule_of: RuleMaker) -> None:
    """A copy or a hash of a column stands for it, over relations and inner steps."""
    world.flow("a.id", "stg.k", "sha2").flow("stg.k", "~cte.k").flow("b.id", "~other.id")
    world.flow("~cte.k", "~rows.*", subtype=JOIN).flow("~other.id", "~rows.*", subtype=JOIN)
    world.flow("~rows.*", "m.*").flow("~cte.k", "m.key")
    [finding] = check(rule_of(deny=AB), world.estate()).findings
    assert [str(hop.column) for hop in finding.path][:2] == ["a.id", "stg.k"]
    assert finding.sink == "m"


@pytest.mark.parametrize("kind", [AGG, GROUP])
def test_an_aggregate_is_no_row(world: World, rule_of: RuleMaker, kind: TransformSubtype) -> None:
    """What was counted or grouped before is not that relation's row any more."""
    world.flow("a.id", "stg.n", "count", subtype=kind)
    assert check(rule_of(deny=AB), joined(world, "stg.n", "b.id", "m.x").estate()).findings == ()


def test_a_union_is_no_join_but_a_meeting(world: World, rule_of: RuleMaker) -> None:
    """Values that only stand in one relation meet; a rule says whether that counts."""
    world.flow("a.id", "m.id").flow("b.id", "m.id")
    assert check(rule_of(deny=AB), world.estate()).findings == ()
    meeting = Deny(joined=(named("a"), named("b")))
    [finding] = check(rule_of(deny=meeting), world.estate()).findings
    assert english(finding.message) == "a.id and b.id are together in m"
    assert finding.flow == "direct"


def test_a_join_is_reported_where_it_is_made(world: World, rule_of: RuleMaker) -> None:
    """What is built from a join, or joins it with one of its sides again, is not reported."""
    joined(world, "a.id", "b.id", "m.x").flow("b.id", "m.b")
    world.flow("m.key", "n.key").flow("m.b", "n.b")
    joined(world, "n.key", "b.id", "o.x")
    assert [f.sink for f in check(rule_of(deny=AB), world.estate()).findings] == ["m"]


def test_relations_that_feed_each_other_are_reported_once(world: World, rule_of: RuleMaker) -> None:
    """In a circle the first by name is told, so that a circle hides nothing."""
    joined(world, "a.id", "b.id", "m.x")
    joined(world, "a.id", "b.id", "n.x").flow("m.key", "n.m").flow("n.key", "m.n")
    assert [f.sink for f in check(rule_of(deny=AB), world.estate()).findings] == ["m"]


def test_what_was_made_of_the_second_is_no_join_with_it(world: World, rule_of: RuleMaker) -> None:
    """A relation of the first side is its own, whatever it was derived from."""
    world.flow("b.email", "a.id", "hmac").flow("a.id", "mart.k").flow("b.email", "mart.other")
    assert check(rule_of(deny=AB), world.estate()).findings == ()


HOLDS = Deny(
    joined=(named("a"), Where()),
    data=Choice(any_of=("user.contact",)),
    unless_protected=Accepts(at_least=Protection.HASHED),
    via=("join",),
)


def test_the_second_side_may_be_what_holds_data(world: World, rule_of: RuleMaker) -> None:
    """Relations count that hold the data as it is refused, not those that hold a hash of it."""
    world.label("crm.email", "user.contact.email").flow("crm.email", "clear.email")
    world.flow("crm.email", "safe.h", "sha2")
    joined(world, "a.id", "clear.id", "m.x")
    joined(world, "a.id", "safe.h", "n.x")
    joined(world, "a.id", "dim.id", "o.x")
    assert [f.sink for f in check(rule_of(deny=HOLDS), world.estate()).findings] == ["m"]


def test_what_holds_data_of_the_first_alone_is_not_the_second(
    world: World, rule_of: RuleMaker
) -> None:
    """A claim that does not hold is another rule's finding, and hides no join."""
    world.label("crm.email", "user.contact.email").flow("crm.email", "a.id")
    world.flow("a.id", "stg.id")
    joined(world, "stg.id", "dim.id", "n.x")
    joined(world, "stg.id", "crm.email", "m.x")
    assert [f.sink for f in check(rule_of(deny=HOLDS), world.estate()).findings] == ["m"]


def apart(world: World, one: str, other: str) -> World:
    world.relation("a", "source", purposes=one)
    world.relation("b", "source", **({"purposes": other} if other else {}))
    return joined(world, "a.id", "b.id", "m.x")


DIFFERENT = Deny(joined=(Where(), Where()), of_different="purpose", via=("join",))


@pytest.mark.parametrize(
    ("one", "other", "findings"),
    [
        ("essential", "marketing", 1),
        ("essential", "essential", 0),
        ("essential", "essential.delivery", 0),
        ("essential", "", 0),
    ],
)
def test_purposes_differ_when_none_belongs_to_another(
    world: World, rule_of: RuleMaker, one: str, other: str, findings: int
) -> None:
    """Sources of one purpose, of one below it and of none stated are not told apart."""
    estate = apart(world, one, other).estate()
    assert len(check(rule_of(deny=DIFFERENT), estate).findings) == findings


def test_a_join_names_both_purposes_and_may_be_excused(world: World, rule_of: RuleMaker) -> None:
    """The sentence says what each was collected for; an assessment at the join excuses it."""
    apart(world, "essential", "marketing")
    [finding] = check(rule_of(deny=DIFFERENT), world.estate()).findings
    assert "for marketing and the other for essential" in english(finding.message)
    excuse = Excuse(into=Where(facts={"assessment": FactTest(stated=True)}))
    world.relation("m", "table", **{"assessment.ref": "DPIA-1"})
    assert check(rule_of(deny=DIFFERENT, unless=(excuse,)), world.estate()).findings == ()


def test_where_one_side_is_missing_nothing_is_judged(world: World, rule_of: RuleMaker) -> None:
    """A rule about a join that cannot be is not applicable, and no pass."""
    world.flow("a.id", "m.id")
    assert check(rule_of(deny=AB), world.estate()).judged == 0
