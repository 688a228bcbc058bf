from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.check import check
from enforcer.check.durations import duration
from enforcer.messages import words_in
from enforcer.rules import Choice, Match, Partner, Place, Require, RetentionLimit, Where
from lineage import Delete, Origin
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")

ERASABLE = Require(data=Choice(any_of=("user",)), erasable=True)
GROWTH = Require(
    data=Choice(any_of=("user",)), retention=RetentionLimit(not_longer_than_source=True)
)
DELETES = Origin("erase.sql", 1, 1)


def history(world: World, **facts: str) -> World:
    world.label("raw.users.id", "user.unique_id").label("raw.users.email", "user.contact.email")
    world.flow("raw.users.id", "mart.h.user_key").flow("raw.users.email", "mart.h.email")
    return world.relation("raw.users", "source").relation("mart.h", "snapshot", **facts)


def gaps(world: World, rule_of: RuleMaker) -> list[str]:
    return [f.field.relation for f in check(rule_of(require=ERASABLE), world.estate()).findings]


def test_a_history_keeps_erased_rows(world: World, rule_of: RuleMaker) -> None:
    """A snapshot that nothing deletes from is a gap."""
    assert gaps(history(world), rule_of) == ["mart.h"]


@pytest.mark.parametrize(
    "facts",
    [
        {"erasure": "job"},
        {"config_hours_to_expiration": "720"},
        {"retention": "P90D", "expires": "true"},
    ],
)
def test_a_job_or_an_end_closes_the_gap(
    world: World, rule_of: RuleMaker, facts: dict[str, str]
) -> None:
    """Rows that a named job erases, or that expire, do not outlive a request."""
    assert "mart.h" not in gaps(history(world, **facts), rule_of)


@pytest.mark.parametrize(("column", "found"), [("user_key", []), ("created_at", ["mart.h"])])
def test_a_delete_must_test_the_subject(
    world: World, rule_of: RuleMaker, column: str, found: list[str]
) -> None:
    """Deleting by the key of a person, under whatever name it was copied, reaches the person."""
    history(world).deletes.append(Delete("mart.h", (column,), (), DELETES))
    assert gaps(world, rule_of) == found


@pytest.mark.parametrize(
    ("materialized", "found"),
    [("table", []), ("view", []), ("incremental", ["mart.m"])],
)
def test_what_is_built_anew_follows_its_sources(
    world: World, rule_of: RuleMaker, materialized: str, found: list[str]
) -> None:
    """A model that every run rebuilds forgets what its sources forgot."""
    world.label("raw.users.email", "user.contact.email").relation("raw.users", "source")
    world.flow("raw.users.email", "mart.m.email")
    world.relation("mart.m", "model", config_materialized=materialized)
    assert gaps(world, rule_of) == found


def test_sources_are_asked_once_erasure_is_spoken_of(world: World, rule_of: RuleMaker) -> None:
    """When one relation says how it is erased, the sources have to say so as well."""
    history(world, erasure="job")
    assert gaps(world, rule_of) == ["raw.users"]
    world.relation("raw.users", "source", erasure="job")
    assert gaps(world, rule_of) == []


def test_a_copy_must_not_be_kept_for_longer(world: World, rule_of: RuleMaker) -> None:
    """A term may not grow on the way, and twelve months are a year."""
    world.label("raw.u.email", "user.contact.email").relation("raw.u", "source", retention="P1Y")
    world.flow("raw.u.email", "stg.u.email").flow("stg.u.email", "mart.u.email")
    world.relation("mart.u", retention="P12M")
    assert check(rule_of(require=GROWTH), world.estate()).findings == ()
    world.relation("mart.u", retention="P13M")
    [finding] = check(rule_of(require=GROWTH), world.estate()).findings
    assert "keeps it for P13M, longer than the P1Y of raw.u" in english(finding.message)


def test_the_nearest_term_upstream_binds(world: World, rule_of: RuleMaker) -> None:
    """A shorter term half way is a promise that what is built from there has to keep."""
    world.label("raw.u.email", "user.contact.email").relation("raw.u", "source", retention="P5Y")
    world.flow("raw.u.email", "stg.u.email").flow("stg.u.email", "mart.u.email")
    world.relation("stg.u", retention="P30D").relation("mart.u", retention="P1Y")
    [finding] = check(rule_of(require=GROWTH), world.estate()).findings
    assert finding.field.relation == "mart.u"


def test_retention_is_stated_where_rows_are_kept(world: World, rule_of: RuleMaker) -> None:
    """A view keeps nothing, so nobody asks it for a term; silence is no term anywhere else."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "mart.v.email")
    world.relation("raw.u", "source", purposes="x").relation("mart.v", "view")
    rule = rule_of(require=Require(data=Choice(any_of=("user",)), declared=("retention",)))
    assert [f.field.relation for f in check(rule, world.estate()).findings] == ["raw.u"]


def test_a_project_that_declares_nothing_is_not_asked_for_statements(
    world: World, rule_of: RuleMaker
) -> None:
    """A first run is about what the SQL does."""
    world.label("raw.u.email", "user.contact.email").relation("raw.u", "source")
    rule = rule_of(require=Require(data=Choice(any_of=("user",)), declared=("lawful_basis",)))
    assert check(rule, world.estate()).judged == 0


def test_a_term_has_a_limit_where_a_rule_sets_one(world: World, rule_of: RuleMaker) -> None:
    """`within` is compared in days, whatever the units."""
    world.label("raw.u.email", "user.contact.email").relation("raw.u", "source", retention="P25M")
    rule = rule_of(
        require=Require(data=Choice(any_of=("user",)), retention=RetentionLimit(within="P2Y"))
    )
    assert len(check(rule, world.estate()).findings) == 1


def test_who_gets_data_must_delete_it(world: World, rule_of: RuleMaker) -> None:
    """A partner without a duty to delete is a finding, one with it is none."""
    world.label("raw.u.email", "user.contact.email").relation("feed.u", "view")
    world.flow("raw.u.email", "feed.u.email")
    rule = rule_of(
        require=Require(of=Where(partner=True), data=Choice(any_of=("user",)), deletion_duty=True)
    )
    world.place("p", Place(match=Match(), partner=Partner(name="N")), "feed.u")
    assert len(check(rule, world.estate()).findings) == 1
    world.place("p", Place(match=Match(), partner=Partner(name="N", deletion="weekly")), "feed.u")
    assert check(rule, world.estate()).findings == ()


@pytest.mark.parametrize(("feed", "found"), [("s3://deletions", 0), ("none", 1)])
def test_a_relation_may_state_who_gets_it(
    world: World, rule_of: RuleMaker, feed: str, found: int
) -> None:
    """A recipient that an exposure names has to delete as well as the partner of a place."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "feed.u.email")
    world.relation("feed.u", "view", **{"recipient.name": "N", "recipient.deletion_feed": feed})
    rule = rule_of(
        require=Require(of=Where(partner=True), data=Choice(any_of=("user",)), deletion_duty=True)
    )
    assert len(check(rule, world.estate()).findings) == found


def test_exports_are_not_ours_to_erase_from(world: World, rule_of: RuleMaker) -> None:
    """A file outside is the recipient's to delete."""
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "s3://x.email")
    world.relation("s3://x", RelationKind.EXTERNAL.value)
    assert gaps(world, rule_of) == []


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 999))
def test_a_duration_is_the_sum_of_its_parts(years: int, months: int, weeks: int, days: int) -> None:
    """Years are 365 days, months their twelfth; nothing is lost in adding up."""
    found = duration(f"P{years}Y{months}M{weeks}W{days}D")
    assert found is not None
    assert found.length == 24 * (365 * years + 7 * weeks + days) + 2 * 365 * months


@pytest.mark.parametrize(
    "text", ["", "P", "24 months", "PT5H", "P1.5Y", "-P1Y", "P" + "9" * 99 + "D"]
)
def test_what_is_no_duration_is_none(text: str) -> None:
    """A term that cannot be read is not a term."""
    assert duration(text) is None


def test_a_key_is_found_whatever_its_letter_case(world: World, rule_of: RuleMaker) -> None:
    """People write `user_key` where the dialect says USER_KEY."""
    world.label("RAW.U.EMAIL", "user.name").flow("RAW.U.EMAIL", "MART.H.EMAIL")
    world.flow("RAW.U.USER_KEY", "MART.H.USER_KEY")
    world.relation("MART.H", "snapshot", subject_key="user_key")
    world.deletes.append(Delete("MART.H", ("USER_KEY",), (), DELETES))
    assert gaps(world, rule_of) == []
