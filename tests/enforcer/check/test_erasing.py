"""How rows are erased, by which methods, and when nothing of them is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.check import check
from enforcer.check.durations import interval
from enforcer.messages import words_in
from enforcer.rules import Choice, Match, Place, Require
from lineage import Delete, Origin
from lineage.projects import Fact

if TYPE_CHECKING:
    from enforcer.check import Outcome
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")

AT = Origin("erase.sql", 1, 1)
USER = Choice(any_of=("user",))


def history(world: World, kind: str = "snapshot", **facts: str) -> World:
    """A history of people that is named `mart.h`."""
    world.label("raw.users.id", "user.unique_id").label("raw.users.email", "user.contact.email")
    world.flow("raw.users.id", "mart.h.user_key").flow("raw.users.email", "mart.h.email")
    return world.relation("raw.users", "source").relation("mart.h", kind, **facts)


def erasable(world: World, rule_of: RuleMaker, *by: str) -> list[str]:
    found = check(rule_of(require=Require(data=USER, erasable=True, by=by)), world.estate())
    return [f.field.relation for f in found.findings if f.field.relation == "mart.h"]


def gone(world: World, rule_of: RuleMaker, limit: str = "P30D") -> Outcome:
    return check(rule_of(require=Require(data=USER, erased_within=limit)), world.estate())


def why(world: World, rule_of: RuleMaker) -> str:
    [finding] = gone(world, rule_of).findings
    return english(finding.message).partition(": ")[2]


@pytest.mark.parametrize(
    ("facts", "methods"),
    [
        ({"erasure": "erase_customer"}, "delete"),
        ({"erasure.job": "erase_customer"}, "delete"),
        ({"erasure": "anonymise"}, "anonymise"),
        ({"erasure.methods": "Anonymize"}, "anonymise"),
        ({"erasure.job": "scrub", "erasure.methods": "de-identify"}, "deidentify"),
        ({"erasure": "erase"}, "delete"),
        ({"erasure": "restrict"}, "freeze"),
        ({"config_hours_to_expiration": "24"}, "delete"),
    ],
)
def test_a_method_is_what_the_law_accepts_or_not(
    world: World, rule_of: RuleMaker, facts: dict[str, str], methods: str
) -> None:
    """Rows are erased by what is said, or configured; a job that says nothing deletes."""
    history(world, **facts)
    assert erasable(world, rule_of, methods) == []
    assert erasable(world, rule_of) == []
    others = {"delete", "anonymise", "deidentify", "aggregate", "freeze"} - {methods}
    assert erasable(world, rule_of, *others) == ["mart.h"]


def test_a_finding_says_what_was_done_instead(world: World, rule_of: RuleMaker) -> None:
    """Who anonymises where the law wants deletion reads both words."""
    rule = rule_of(require=Require(data=USER, erasable=True, by=("delete",)))
    [finding, _source] = check(rule, history(world, erasure="anonymise").estate()).findings
    assert "rows go from it by anonymise, which is not delete" in english(finding.message)


def test_a_delete_of_the_project_is_deleting(world: World, rule_of: RuleMaker) -> None:
    """A statement that tests the subject's key counts for the method of that name only."""
    history(world).deletes.append(Delete("mart.h", ("user_key",), (), AT))
    assert erasable(world, rule_of, "delete") == []
    assert erasable(world, rule_of, "anonymise") == ["mart.h"]


def test_what_is_emptied_at_every_run_follows_its_sources(world: World, rule_of: RuleMaker) -> None:
    """TRUNCATE, or DELETE without a condition, leaves nothing that an erased source had."""
    history(world, "table").deletes.append(Delete("mart.h", (), (), AT))
    assert erasable(world, rule_of, "delete") == []


def test_a_place_may_say_how_it_is_erased(world: World, rule_of: RuleMaker) -> None:
    """What is stated of a place holds for what lies in it."""
    world.place("mart", Place(match=Match(), facts={"erasure": "erase_customer"}), "mart.h")
    assert erasable(history(world), rule_of) == []


@pytest.mark.parametrize(
    ("facts", "late"),
    [
        ({"erasure": "job", "erasure.sla": "P30D"}, False),
        ({"erasure": "job", "erasure.sla": "P31D"}, True),
        ({"config_partition_expiration_days": "30"}, False),
        ({"config_partition_expiration_days": "31"}, True),
        (
            {"config_partition_expiration_days": "400", "erasure": "job", "erasure.sla": "P7D"},
            False,
        ),
        ({"erasure": "job", "time_travel": "P30D"}, False),
        ({"erasure": "job", "time_travel": "P24D", "fail_safe": "P7D"}, True),
        ({"erasure": "job", "erasure.sla": "P20D", "time_travel": "P11D"}, True),
        ({"erasure": "job", "config_data_retention_time_in_days": "23"}, False),
        ({"erasure": "job", "config_data_retention_time_in_days": "24"}, True),
        (
            {
                "erasure": "job",
                "config_data_retention_time_in_days": "24",
                "config_transient": "true",
            },
            False,
        ),
        ({"erasure": "job", "config_max_time_travel_hours": "721"}, True),
        (
            {
                "erasure": "job",
                "config_tblproperties.delta.deletedFileRetentionDuration": "interval 5 weeks",
            },
            True,
        ),
    ],
)
def test_what_was_erased_is_gone_in_time(
    world: World, rule_of: RuleMaker, facts: dict[str, str], *, late: bool
) -> None:
    """The job's time, or the expiry where nothing else erases, and what can be brought back."""
    outcome = gone(history(world, **facts), rule_of)
    assert outcome.judged == 1
    assert bool(outcome.findings) is late


def test_the_parts_of_the_time_are_named(world: World, rule_of: RuleMaker) -> None:
    """Who has to shorten it reads what it is made of."""
    history(world, **{"erasure.sla": "P1W", "config_data_retention_time_in_days": "90"})
    said = why(world, rule_of)
    assert said == "P1W until it is erased, 90 days of time travel, 7 days of fail-safe"


def test_from_what_nothing_is_erased_nothing_is_gone_late(world: World, rule_of: RuleMaker) -> None:
    """A relation that nobody erases from is another rule's finding, and judged there only."""
    history(world, config_data_retention_time_in_days="90")
    assert gone(world, rule_of).judged == 0


def test_what_is_rebuilt_can_be_brought_back_too(world: World, rule_of: RuleMaker) -> None:
    """A table that every run makes anew leaves its predecessors in time travel."""
    facts = {"config_materialized": "table", "config_data_retention_time_in_days": "90"}
    history(world, "model", **facts)
    assert why(world, rule_of) == "90 days of time travel, 7 days of fail-safe"


def said_by_ddl(world: World, *facts: Fact) -> World:
    """The same history, of which DDL says something."""
    relation = world.relations["mart.h"]
    world.relations["mart.h"] = msgspec.structs.replace(relation, facts=(*relation.facts, *facts))
    return world


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("setting.data_retention_time_in_days", "90"),
        ("setting.partition_expiration_days", "90"),
        ("property.delta.deletedfileretentionduration", "interval 13 weeks"),
    ],
)
def test_what_ddl_sets_counts_as_well(
    world: World, rule_of: RuleMaker, key: str, value: str
) -> None:
    """A script may set what a tool's configuration does not show."""
    facts = {} if key.endswith("expiration_days") else {"erasure": "job"}
    said_by_ddl(history(world, **facts), Fact(key, value))
    assert len(gone(world, rule_of).findings) == 1


def test_what_a_query_replaces_follows_its_sources(world: World, rule_of: RuleMaker) -> None:
    """A table that a script creates or replaces from a query keeps nothing of its own accord."""
    history(world, "table").relation("x", purposes="a")
    assert erasable(world, rule_of) == ["mart.h"]
    assert erasable(said_by_ddl(world, Fact("rebuilt", "true")), rule_of) == []


HOURS = {"hour": 1, "day": 24, "week": 168, "month": 730, "year": 8760}
FORMS = (
    "toInterval{title}({number})",
    "at + INTERVAL '{number} {unit}s'",
    "interval {number} {unit}",
)


@given(st.integers(0, 999), st.sampled_from(sorted(HOURS)), st.sampled_from(FORMS))
def test_intervals_are_read_in_every_form(number: int, unit: str, form: str) -> None:
    """`interval 3 month`, `INTERVAL '3 months'` and `toIntervalMonth(3)` are as long."""
    found = interval(form.format(number=number, unit=unit, title=unit.title()))
    assert found is not None
    assert found.length == number * HOURS[unit]


def test_what_is_no_interval_is_none() -> None:
    """A text without a length of time in it says none."""
    assert interval("delete when stale") is None
