from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Accepts, Choice, Deny, Where
from enforcer.words import Method
from lineage import TransformSubtype

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")
PRICED = Deny(
    data=Choice(any_of=("user",)),
    via=("direct", "conditional"),
    unless_protected=Accepts(accept=(Method.HASHED,)),
    columns=("*price*", "discount"),
)


def visits(world: World) -> World:
    return world.label("raw.v.device", "user.device")


@pytest.mark.parametrize(
    ("column", "findings"), [("list_price", 1), ("PRICE", 1), ("discount", 1), ("discounts", 0)]
)
def test_a_column_is_meant_by_its_name(
    world: World, rule_of: RuleMaker, column: str, findings: int
) -> None:
    """Globs match whole names, in whatever letters."""
    visits(world).flow("raw.v.device", f"mart.o.{column}")
    assert len(check(rule_of(deny=PRICED), world.estate()).findings) == findings


def test_the_path_ends_in_the_column_that_is_decided(world: World, rule_of: RuleMaker) -> None:
    """What is beside it in the relation is not what the finding is about."""
    visits(world).flow("raw.v.device", "mart.o.a_device").flow("raw.v.device", "mart.o.colour")
    world.flow("raw.v.device", "mart.o.price", subtype=TransformSubtype.CONDITIONAL)
    [finding] = check(rule_of(deny=PRICED), world.estate()).findings
    assert finding.flow == "conditional"
    assert str(finding.path[-1].column) == "mart.o.price"
    assert english(finding.message).endswith("where it decides price")


def test_a_protection_that_is_accepted_decides_nothing(world: World, rule_of: RuleMaker) -> None:
    """Nor does a column of another relation than those that are asked about."""
    visits(world).flow("raw.v.device", "mart.o.price", "sha2")
    assert check(rule_of(deny=PRICED), world.estate()).findings == ()
    world.flow("raw.v.device", "lab.o.price")
    only = Deny(data=PRICED.data, columns=("price",), into=Where(name=Choice(any_of=("mart.o",))))
    assert [f.sink for f in check(rule_of(deny=only), world.estate()).findings] == ["mart.o"]
