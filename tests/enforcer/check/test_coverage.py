"""How much of a project is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Floor, Require, Where

if TYPE_CHECKING:
    from enforcer.check import Outcome
    from enforcer.estate import Estate
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")


def judge(rule_of: RuleMaker, estate: Estate, floor: Floor) -> Outcome:
    return check(rule_of(require=Require(of=Where(collected=True), known=floor)), estate)


def read(estate: Estate, statements: int, opaque: int) -> Estate:
    analysis = msgspec.structs.replace(estate.analysis, statements=statements, opaque=opaque)
    return msgspec.structs.replace(estate, analysis=analysis)


@pytest.mark.parametrize(("opaque", "findings"), [(0, 0), (5, 0), (6, 1), (100, 1)])
def test_statements_are_counted_against_the_floor(
    world: World, rule_of: RuleMaker, opaque: int, findings: int
) -> None:
    """Exactly the floor is enough."""
    found = judge(rule_of, read(world.estate(), 100, opaque), Floor(analysed=95))
    assert (found.judged, len(found.findings)) == (100, findings)


def test_nothing_to_analyse_is_nothing_to_judge(world: World, rule_of: RuleMaker) -> None:
    """An empty project does not pass a floor."""
    assert judge(rule_of, read(world.estate(), 0, 0), Floor(analysed=95)).judged == 0


def columns(world: World) -> World:
    for name in ("a", "b", "c", "d"):
        world.flow(f"raw.t.{name}", f"mart.t.{name}")
    return world


def test_columns_are_counted_where_data_enters(world: World, rule_of: RuleMaker) -> None:
    """What lineage labels further down is not asked for; `none` is a label."""
    columns(world).label("raw.t.a", "user.name").label("raw.t.b", "none")
    found = judge(rule_of, world.estate(), Floor(labelled=75))
    assert found.judged == 4
    said = english(found.findings[0].message)
    assert "2 of 4 columns" in said
    assert said.endswith("the first without are raw.t.c, raw.t.d")
    assert judge(rule_of, world.estate(), Floor(labelled=50)).findings == ()


def test_names_are_no_labels(world: World, rule_of: RuleMaker) -> None:
    """A label that was proposed from a name was written by nobody."""
    columns(world).label("raw.t.a", "user.name").label("raw.t.b", "user.name", by="name")
    assert "1 of 4" in english(
        judge(rule_of, world.estate(), Floor(labelled=50)).findings[0].message
    )


def test_labels_are_not_counted_before_anybody_wrote_one(world: World, rule_of: RuleMaker) -> None:
    """A first run is told that names made the labels, and nothing more."""
    columns(world).label("raw.t.a", "user.name", by="name")
    assert judge(rule_of, world.estate(), Floor(labelled=50)).judged == 0
    world.relation("raw.t", "source", subject="customer")
    assert len(judge(rule_of, world.estate(), Floor(labelled=50)).findings) == 1


def test_both_floors_are_two_findings(world: World, rule_of: RuleMaker) -> None:
    """Too little read and too little labelled are accepted one by one."""
    columns(world).label("raw.t.a", "user.name")
    estate = read(world.estate(), 100, 50)
    found = judge(rule_of, estate, Floor(analysed=95, labelled=95)).findings
    assert len({finding.fingerprint for finding in found}) == 2
