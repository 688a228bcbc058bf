from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.check import check, check_gaps
from enforcer.messages import words_in
from enforcer.rules import (
    Choice,
    Deny,
    Excuse,
    FactTest,
    Match,
    Place,
    Require,
    RetentionLimit,
    Where,
)
from enforcer.words import Severity
from lineage import Gap, GapReason, Origin

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")


def test_data_stays_in_the_regions_its_source_permits(world: World, rule_of: RuleMaker) -> None:
    """Residency is stated by the source; a relation of unknown region is not judged."""
    world.label("eu.u.email", "user.contact.email")
    world.relation("eu.u", "source", region="eu-west-1", residency="eu-*")
    world.flow("eu.u.email", "us.u.email").flow("eu.u.email", "core.u.email")
    world.relation("us.u", region="us-east-1")
    rule = rule_of(deny=Deny(data=Choice(any_of=("user",)), residency=True))
    [finding] = check(rule, world.estate()).findings
    assert finding.sink == "us.u"
    assert "lies in us-east-1 and not in eu-*" in english(finding.message)


def test_encryption_of_the_column_takes_a_relation_out(world: World, rule_of: RuleMaker) -> None:
    """A place that states only disk encryption does not weaken what the relation states."""
    world.label("raw.cards.pan", "user.financial").relation(
        "raw.cards", "source", encryption="column"
    )
    world.place("vault", Place(match=Match(), encryption="disk"), "raw.cards")
    into = Where(encryption=Choice(none_of=("column", "field")))
    rule = rule_of(deny=Deny(data=Choice(any_of=("user.financial",)), into=into))
    assert check(rule, world.estate()).findings == ()
    world.relation("raw.cards", "source")
    assert len(check(rule, world.estate()).findings) == 1


def test_a_gap_over_labelled_data_is_an_error(world: World) -> None:
    """What was not analysed is reported, and weighs more where labelled data is touched."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "stg.u.email")
    here = Origin("models/x.sql", 3, 1)
    world.gaps.append(Gap(GapReason.PARSE_ERROR, "unexpected token", ("stg.u",), here))
    world.gaps.append(Gap(GapReason.DYNAMIC_SQL, "execute immediate", (), here))
    outcome = check_gaps(world.estate())
    by_severity = {f.rule.severity: english(f.message) for f in outcome.findings}
    assert outcome.judged == 2
    assert "touches raw.u.email (user.contact.email)" in by_severity[Severity.ERROR]
    assert "execute immediate" in by_severity[Severity.WARNING]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("P1Y", 0),
        ("p12m", 0),
        ("P3Y", 1),
        ("forever", 1),
        ("P99999Y", 1),
        ("P1.5Y", 1),
        ("PT9H", 1),
        ("tbd", 0),
    ],
)
def test_a_term_that_nobody_can_read_is_within_no_limit(
    world: World, rule_of: RuleMaker, said: str, found: int
) -> None:
    """Another word for a long time is no way around a limit."""
    world.label("raw.u.email", "user.contact.email").relation("raw.u", "source", retention=said)
    require = Require(data=Choice(any_of=("user",)), retention=RetentionLimit(within="P2Y"))
    outcome = check(rule_of(require=require), world.estate())
    assert len(outcome.findings) == found
    assert outcome.judged == (said != "tbd")


@pytest.mark.parametrize(("said", "found"), [("30", 0), ("30.0", 0), ("900.0", 1), ("899.5", 1)])
def test_a_number_of_days_may_have_a_point(
    world: World, rule_of: RuleMaker, said: str, found: int
) -> None:
    """BigQuery's expirations are numbers with a point, and a part of a day is one."""
    world.label("raw.u.email", "user.contact.email")
    world.relation("raw.u", "source", config_partition_expiration_days=said)
    require = Require(data=Choice(any_of=("user",)), retention=RetentionLimit(within="P899D"))
    assert len(check(rule_of(require=require), world.estate()).findings) == found


MINIMUM = Require(data=Choice(any_of=("user",)), retention=RetentionLimit(at_least="P3Y"))


def traded(world: World, source: str, archive: str = "") -> World:
    """Purchases that come in, flow into a mart for a month and, maybe, into an archive."""
    world.label("raw.orders.item", "user.behavior.purchase_history")
    world.relation("raw.orders", "source", retention=source)
    world.flow("raw.orders.item", "mart.orders.item").relation("mart.orders", retention="P1M")
    if archive:
        world.flow("raw.orders.item", "cold.orders.item")
        world.relation(
            "cold.orders", "snapshot", **({"retention": archive} if archive != "?" else {})
        )
    return world


@pytest.mark.parametrize(
    ("source", "archive", "found"),
    [
        ("P3Y", "", []),
        ("P35M", "", ["raw.orders"]),
        ("P6M", "P5Y", []),
        ("P6M", "P1Y", ["cold.orders"]),
    ],
)
def test_what_must_be_kept_is_kept_somewhere(
    world: World, rule_of: RuleMaker, source: str, archive: str, found: list[str]
) -> None:
    """A record may go from where it came in, and from marts, while one copy stays long enough."""
    outcome = check(rule_of(require=MINIMUM), traded(world, source, archive).estate())
    assert [f.field.relation for f in outcome.findings] == found
    assert outcome.judged == 1


def test_a_copy_without_a_term_may_be_kept_for_long(world: World, rule_of: RuleMaker) -> None:
    """Where one copy's term is not known nobody can say that all are too short."""
    assert check(rule_of(require=MINIMUM), traded(world, "P6M", "?").estate()).judged == 0


def test_a_rule_may_say_in_which_regions_data_must_stay(world: World, rule_of: RuleMaker) -> None:
    """`regions` bind whatever the relation states, also where a replica or a backup lies."""
    world.label("cn.u.email", "user.contact.email").relation("cn.u", "source", region="cn-north-1")
    world.flow("cn.u.email", "cn.m.email").flow("cn.u.email", "x.m.email")
    world.place("main", Place(match=Match(), region="cn-north-1"), "cn.m")
    world.place("backup", Place(match=Match(), region="us-east-1"), "cn.m")
    deny = Deny(data=Choice(any_of=("user",)), residency=True, regions=("cn-*",))
    [finding] = check(rule_of(deny=deny), world.estate()).findings
    assert finding.sink == "cn.m"
    assert "which lies in us-east-1 and not in cn-*" in english(finding.message)


def test_a_place_states_facts_for_what_lies_in_it(world: World, rule_of: RuleMaker) -> None:
    """What is declared of a place need not be declared of every relation in it."""
    world.label("raw.u.email", "user.contact.email").relation("raw.u", "source")
    rule = rule_of(require=Require(data=Choice(any_of=("user",)), declared=("lawful_basis",)))
    world.place("crm", Place(match=Match(), facts={"lawful_basis": "contract"}), "raw.u")
    assert check(rule, world.estate()).findings == ()
    world.place("crm", Place(match=Match(), facts={"lawful_basis": "tbd"}), "raw.u")
    assert len(check(rule, world.estate()).findings) == 1


def test_a_term_of_a_place_is_a_fact_of_what_lies_in_it(world: World, rule_of: RuleMaker) -> None:
    """A rule that asks whether a retention is stated hears what the place says."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "audit.u.email")
    unless = Excuse(into=Where(facts={"retention": FactTest(stated=True)}))
    deny = Deny(data=Choice(any_of=("user",)), into=Where(name=Choice(any_of=("audit.*",))))
    rule = rule_of(deny=deny, unless=(unless,))
    assert len(check(rule, world.estate()).findings) == 1
    world.place("audit", Place(match=Match(), retention="P7D"), "audit.u")
    assert check(rule, world.estate()).findings == ()
