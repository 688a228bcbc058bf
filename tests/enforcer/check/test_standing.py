"""Protection that is taken away from relations that hold sensitive data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Choice, Require
from lineage import Origin, Remark

if TYPE_CHECKING:
    from enforcer.check import Outcome
    from enforcer.estate import Estate
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")
STANDING = Require(data=Choice(any_of=("user",)), standing=True)


def mart(world: World, *said: tuple[str, str, str, str]) -> Estate:
    """A mart of addresses and plans, and what statements say of it."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "mart.u.email")
    estate = world.flow("raw.u.plan", "mart.u.plan").estate()
    remarks = tuple(
        Remark(relation, column, key, value, Origin("away.sql", line, 1))
        for line, (relation, column, key, value) in enumerate(said, 1)
    )
    analysis = msgspec.structs.replace(estate.analysis, remarks=remarks)
    return msgspec.structs.replace(estate, analysis=analysis)


def judged(rule_of: RuleMaker, estate: Estate) -> Outcome:
    """The outcome of the rule."""
    return check(rule_of(require=STANDING), estate)


def test_a_mask_that_is_taken_from_sensitive_data_is_found(
    world: World, rule_of: RuleMaker
) -> None:
    """The finding is about the column, and stands where the mask is taken away."""
    estate = mart(world, ("mart.u", "email", "removed.mask", "pii"))
    (found,) = judged(rule_of, estate).findings
    assert (str(found.field), found.origin.file) == ("mart.u.email", "away.sql")
    assert english(found.message).endswith("a statement takes away the mask that protects it")


@pytest.mark.parametrize(
    "said",
    [
        ("mart.u", "plan", "removed.mask", ""),
        ("mart.plans", "", "removed.row_policy", "p"),
        ("mart.u", "email", "masking_policy", "pii"),
    ],
    ids=["another column", "another relation", "put on"],
)
def test_what_leaves_sensitive_data_protected_is_nothing(
    world: World, rule_of: RuleMaker, said: tuple[str, str, str, str]
) -> None:
    """Only what the data lies in counts, and only what is taken away."""
    found = judged(rule_of, mart(world, said))
    assert (found.judged, found.findings) == (2, ())


def test_all_that_a_relation_loses_is_one_finding(world: World, rule_of: RuleMaker) -> None:
    """Who drops a policy and a tag of one relation has done one thing."""
    estate = mart(
        world,
        ("mart.u", "", "removed.row_policy", "p"),
        ("mart.u", "", "removed.tag", "a"),
        ("mart.u", "", "removed.tag", "b"),
    )
    (found,) = judged(rule_of, estate).findings
    assert "takes away the policy about rows, the tag that" in english(found.message)


def test_a_policy_is_dropped_where_the_project_puts_it(world: World, rule_of: RuleMaker) -> None:
    """By its whole name, or by the end of it."""
    put = ("mart.u", "email", "masking_policy", "gov.pii")
    estate = mart(world, put, ("policy:pii", "", "removed.mask", ""))
    assert [str(one.field) for one in judged(rule_of, estate).findings] == ["mart.u.email"]


def test_a_policy_that_is_elsewhere_protects_nothing_sensitive(
    world: World, rule_of: RuleMaker
) -> None:
    """Where the project says what a policy is on, nothing else is."""
    put = ("mart.u", "plan", "masking_policy", "gov.plans")
    estate = mart(world, put, ("policy:gov.plans", "", "removed.mask", ""))
    assert judged(rule_of, estate).findings == ()


def test_a_policy_of_unknown_use_may_protect_anything(world: World, rule_of: RuleMaker) -> None:
    """Nobody says what it is on, so it is found once and by its own name."""
    estate = mart(world, ("policy:gov.rows", "", "removed.row_policy", ""))
    (found,) = judged(rule_of, estate).findings
    assert str(found.field).startswith("policy:gov.rows")
    assert "gov.rows is dropped or switched off" in english(found.message)


def test_a_project_without_such_data_has_nothing_to_protect(
    world: World, rule_of: RuleMaker
) -> None:
    """A policy that is dropped where nothing is sensitive is nobody's business."""
    estate = world.flow("raw.u.plan", "mart.u.plan").estate()
    said = (Remark("policy:p", "", "removed.mask", "", Origin("away.sql", 1, 1)),)
    analysis = msgspec.structs.replace(estate.analysis, remarks=said)
    found = judged(rule_of, msgspec.structs.replace(estate, analysis=analysis))
    assert (found.judged, found.findings) == (0, ())
