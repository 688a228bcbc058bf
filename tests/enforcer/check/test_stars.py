"""Data that is taken by a star."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.places import find_places
from enforcer.policytest import sample_estate
from enforcer.rules import Accepts, Choice, Deny, Excuse, Sample, Where
from enforcer.taxonomy import load_taxonomy
from enforcer.words import Method

if TYPE_CHECKING:
    from enforcer.check import Outcome
    from tests.enforcer.check.conftest import RuleMaker

english = words_in("en")
TAXONOMY = load_taxonomy()
TABLE = "create table crm.people (id int, email text, name text);"
WHOLE = Deny(data=Choice(any_of=("user",)), selected_whole=True)


def judge(
    rule_of: RuleMaker, sql: str, deny: Deny = WHOLE, unless: tuple[Excuse, ...] = ()
) -> Outcome:
    labels = {"crm.people": {"email": "user.contact.email", "name": "user.name"}}
    estate = sample_estate(Sample(sql=TABLE + sql, labels=labels), "a.sql", TAXONOMY, find_places)
    return check(rule_of(deny=deny, unless=unless), estate)


def pairs(found: Outcome) -> list[tuple[str, str]]:
    return [(finding.field.relation, finding.sink) for finding in found.findings]


def test_a_star_is_one_finding_with_all_that_it_takes(rule_of: RuleMaker) -> None:
    """The relation, the one that takes it, and the fields that nobody chose."""
    found = judge(rule_of, "create table stg.a as select * from crm.people")
    assert pairs(found) == [("crm.people", "stg.a")]
    said = english(found.findings[0].message)
    assert "crm.people.email (user.contact.email, in the clear)" in said
    assert "crm.people.name" in said
    assert [str(hop.column) for hop in found.findings[0].path] == [
        "crm.people.email",
        "stg.a.email",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "create table stg.a as select id, email from crm.people",
        "create table stg.a as with s as (select * from crm.people) select email from s",
        "create table stg.a as with s as (select *, 1 as one from crm.people) select email from s",
        "create table stg.a as select * exclude (email, name) from crm.people",
        "create table stg.a as select count(*) as n from crm.people",
        "create table stg.a as select 1 as x where exists (select * from crm.people)",
    ],
)
def test_columns_that_are_named_in_the_end_are_chosen(rule_of: RuleMaker, sql: str) -> None:
    """A star counts by what it really carries into a relation."""
    found = judge(rule_of, sql)
    assert (pairs(found), found.judged > 0) == ([], True)


def test_a_star_in_a_union_is_a_star(rule_of: RuleMaker) -> None:
    """A union passes columns on by position, and names none."""
    sql = "create table stg.a as select * from crm.people union all select 1, 'a', 'b'"
    assert pairs(judge(rule_of, sql)) == [("crm.people", "stg.a")]
    named = "create table stg.a as select email from crm.people union all select 'a'"
    assert pairs(judge(rule_of, named)) == []


def test_a_star_over_a_copy_counts_where_copies_are_asked_about(rule_of: RuleMaker) -> None:
    """`from` is what is taken whole, `into` what takes it."""
    sql = (
        "create table stg.a as select id, email from crm.people; create table mart.a as from stg.a"
    )
    assert pairs(judge(rule_of, sql)) == [("stg.a", "mart.a")]
    entering = Deny(data=WHOLE.data, source=Where(collected=True), selected_whole=True)
    assert pairs(judge(rule_of, sql, entering)) == []
    elsewhere = Deny(
        data=WHOLE.data, into=Where(name=Choice(any_of=("stg.*",))), selected_whole=True
    )
    assert pairs(judge(rule_of, sql, elsewhere)) == []


def test_what_is_protected_may_be_taken_whole(rule_of: RuleMaker) -> None:
    """A star over nothing but accepted protections takes nothing that counts."""
    sql = (
        "create table stg.a as select md5(email) as k from crm.people; create table b as from stg.a"
    )
    assert pairs(judge(rule_of, sql)) == [("stg.a", "b")]
    accepting = Deny(
        data=WHOLE.data,
        unless_protected=Accepts(accept=(Method.HASHED,)),
        selected_whole=True,
    )
    assert pairs(judge(rule_of, sql, accepting)) == []


def test_an_excuse_excuses_the_taker(rule_of: RuleMaker) -> None:
    """`unless` speaks of where the data arrives by the star."""
    sql = "create table stg.a as select * from crm.people"
    excuse = Excuse(into=Where(name=Choice(any_of=("stg.*",))))
    assert pairs(judge(rule_of, sql, unless=(excuse,))) == []
