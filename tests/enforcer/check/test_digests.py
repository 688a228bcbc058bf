"""Digests of what is done with data: what changes them, and what does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.check.digests import digest_of
from enforcer.messages import words_in
from enforcer.places import find_places
from enforcer.policytest import sample_estate
from enforcer.rules import Accepts, Choice, Match, Partner, Place, Require, Sample, Where
from enforcer.taxonomy import load_taxonomy
from enforcer.words import Method

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker

english = words_in("en")
TAXONOMY = load_taxonomy()
COVERED = Require(
    of=Where(name=Choice(any_of=("crm.people",))),
    data=Choice(any_of=("user",)),
    unless_protected=Accepts(accept=(Method.AGGREGATED,)),
    covered_by="consent.covers",
)
BANK = Place(match=Match(relations=("feed.*",)), partner=Partner(name="Bank"))
SQL = "create table mart.letters as select email from crm.people;"
Facts = dict[str, dict[str, str | tuple[str, ...]]]
FACTS: Facts = {"mart.letters": {"purposes": "letters", "retention": "P1Y"}}


def message(rule_of: RuleMaker, sql: str, facts: Facts | None = None, covers: str = "0") -> str:
    stated: Facts = {
        "crm.people": {"consent.covers": covers, "retention": "P1Y"},
        **(facts or FACTS),
    }
    labels = {"crm.people": {"email": "user.contact.email", "name": "user.name"}}
    sample = Sample(sql=sql, relations=stated, labels=labels, places={"bank": BANK})
    estate = sample_estate(sample, "a.sql", TAXONOMY, find_places)
    assert estate.analysis.gaps == ()
    return "".join(english(f.message) for f in check(rule_of(require=COVERED), estate).findings)


def digest(rule_of: RuleMaker, sql: str, facts: Facts | None = None) -> str:
    found = re.search(r"has the digest ([0-9a-f]{16})$", message(rule_of, sql, facts))
    assert found is not None
    return found[1]


def test_the_digest_that_a_finding_names_is_the_one_that_passes(rule_of: RuleMaker) -> None:
    """Who has looked at the scope copies the digest, and the finding is gone."""
    expected = digest(rule_of, SQL)
    assert message(rule_of, SQL, covers=expected.upper()) == ""
    assert "its consent.covers is of something else" in message(rule_of, SQL, covers="f" * 16)


def test_a_digest_that_is_not_stated_is_asked_for(rule_of: RuleMaker) -> None:
    """Nothing stated is nothing agreed to; the scope is named in words."""
    said = message(rule_of, SQL, {**FACTS, "crm.people": {"subject": "customer"}})
    assert "it states no consent.covers" in said
    assert "user.contact.email, user.name, for letters" in said


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE mart.letters AS\n  -- every month\n  SELECT p.email\n  FROM crm.people AS p;",
        "create table mart.letters as with x as (select email from crm.people) from x;",
        SQL + "create table mart.reminders as select email from crm.people;",
        SQL + "create table mart.reach as select count(distinct email) as n from crm.people"
        " having count(distinct email) >= 50;",
    ],
    ids=["formatting", "a step between", "another model for the same", "figures"],
)
def test_what_is_nothing_new_changes_no_digest(rule_of: RuleMaker, sql: str) -> None:
    """Formatting, inner steps, more models for the same purpose and figures are no new use."""
    facts = {**FACTS, "mart.reminders": FACTS["mart.letters"], "mart.reach": {"purposes": "x"}}
    facts["crm.people"] = {"retention": "P1Y", "subject_key": "email"}
    assert digest(rule_of, sql, facts) == digest(rule_of, SQL, facts)


@pytest.mark.parametrize(
    ("more", "facts"),
    [
        (
            "create table mart.ads as select email from crm.people;",
            {"mart.ads": {"purposes": "ads"}},
        ),
        (
            "create table mart.keys as select md5(email) as k from crm.people;",
            {"mart.keys": {"purposes": "letters", "retention": "P1Y"}},
        ),
        ("copy (select email from crm.people) to 's3://out/people.csv';", {}),
        (
            "create table feed.letters as select email from crm.people;",
            {"feed.letters": {"purposes": "letters", "retention": "P1Y"}},
        ),
        ("", {"mart.letters": {"purposes": "letters", "retention": "P3Y"}}),
        ("", {"mart.letters": {"purposes": "letters"}}),
    ],
    ids=["purpose", "protection", "file", "partner", "kept longer", "kept without end"],
)
def test_whatever_people_would_ask_about_changes_the_digest(
    rule_of: RuleMaker, more: str, facts: Facts
) -> None:
    """A new purpose, protection, recipient or a longer time is another scope."""
    assert digest(rule_of, SQL + more, {**FACTS, **facts}) != digest(rule_of, SQL)


def test_a_category_that_is_added_changes_the_digest(rule_of: RuleMaker) -> None:
    """Another label on the relation is other data."""
    sql = "create table mart.letters as select email, name from crm.people;"
    assert digest(rule_of, sql) != digest(rule_of, SQL)


def test_a_digest_does_not_depend_on_order() -> None:
    """The same lines are the same scope."""
    lines = (("use", "a", "b", "clear"), ("kept", "a", "12"))
    assert digest_of(lines) == digest_of((*reversed(lines), lines[0]))
    assert digest_of(lines) != digest_of(lines[:1])
