"""Trying a rule in the two small worlds of its own file."""

from __future__ import annotations

import msgspec
import pytest

from enforcer.messages import words_in
from enforcer.places import find_places
from enforcer.policytest import run_samples
from enforcer.rules import Choice, Deny, Rule, Sample, Where
from enforcer.taxonomy import load_taxonomy
from enforcer.words import Phase, PolicyError
from lineage.projects import RelationKind

TAXONOMY = load_taxonomy()
english = words_in("en")


def make_rule(avoid: Sample, prefer: Sample) -> Rule:
    return Rule(
        id="no-clear-mail",
        title="Mail stays",
        phase=Phase.USE,
        deny=Deny(
            data=Choice(any_of=("user.contact.email",)), into=Where(kind=(RelationKind.EXTERNAL,))
        ),
        why="",
        fix="",
        avoid=avoid,
        prefer=prefer,
    )


def world(sql: str) -> Sample:
    return Sample(sql=sql, labels={"crm.people": {"email": "user.contact.email"}})


LEAK = world("copy (select email from crm.people) to 's3://out/people.csv'")
QUIET = world("copy (select id from crm.people) to 's3://out/people.csv'")


def test_a_rule_that_fires_on_its_bad_world_only_passes() -> None:
    """A rule is right when it tells its own two worlds apart."""
    result = run_samples(make_rule(LEAK, QUIET), TAXONOMY, find_places)
    assert result.passed
    assert [str(finding.field) for finding in result.avoided] == ["crm.people.email"]


def test_a_rule_that_is_silent_where_it_should_fire_fails() -> None:
    """No finding in `avoid` is a problem, and so is one in `prefer`."""
    result = run_samples(make_rule(QUIET, LEAK), TAXONOMY, find_places)
    assert not result.passed
    assert [english(problem).split(":")[0] for problem in result.problems] == [
        "`avoid` raises no finding",
        "`prefer` raises a finding",
    ]


def test_a_world_that_cannot_be_read_proves_nothing() -> None:
    """A sample with a gap is a problem even where the findings are as wanted."""
    broken = msgspec.structs.replace(QUIET, sql=QUIET.sql + "; select from from")
    result = run_samples(make_rule(LEAK, broken), TAXONOMY, find_places)
    assert any("`prefer` cannot be analysed" in english(problem) for problem in result.problems)


def test_a_world_in_which_nothing_is_judged_proves_nothing() -> None:
    """Being silent where there was nothing to see is no merit."""
    result = run_samples(make_rule(LEAK, Sample(sql="select 1 as one")), TAXONOMY, find_places)
    assert any(
        "nothing that the rule could judge" in english(problem) for problem in result.problems
    )


def test_an_unknown_kind_is_the_authors_mistake() -> None:
    """A kind that does not exist is named, with those that do."""
    sample = Sample(sql="select 1 as one", relations={"a.b": {"kind": "tabel"}})
    with pytest.raises(PolicyError, match="tabel"):
        run_samples(make_rule(sample, QUIET), TAXONOMY, find_places)
