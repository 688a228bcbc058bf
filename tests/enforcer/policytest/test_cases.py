"""Cases: what rules must find in small worlds, said in files beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.words import PolicyError

if TYPE_CHECKING:
    from tests.enforcer.policytest.conftest import Home

WORLD = """
    models:
      stg.people: select email, fax from crm.people
      "s3://out/people.csv": select email, fax from stg.people
    relations: {"s3://out/people.csv": {kind: external}}
    labels: {crm.people: {email: user.contact.email, fax: user.contact.fax_number}}
"""
LEAK = "expect: [{field: crm.people.email, sink: 's3://out/*', flow: direct}]"


def case(*lines: str) -> str:
    return "tests:\n  - name: one" + WORLD + "".join(f"    {line}\n" for line in lines)


def refusal(home: Home, text: str) -> str:
    home.cases(text)
    with pytest.raises(PolicyError) as caught:
        home.policy()
    assert caught.value.next_step
    return str(caught.value)


@pytest.mark.parametrize(
    "lines",
    [
        LEAK,
        "expect: [mail-stays]",
        "expect: [{rule: mail-stays, severity: error, category: user.contact.email}]",
        "expect: [{field: email}]",
        "not_expected: [{field: crm.people.fax}]",
    ],
)
def test_a_case_passes_that_says_what_is_found(home: Home, lines: str) -> None:
    """Over several models a case says as much of a finding as it cares about."""
    home.cases(case(lines))
    assert home.problems() == []


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("expect: []", "not expected, mail-stays: crm.people.email"),
        ("expect: [{field: crm.people.fax}]", "no finding is field: crm.people.fax"),
        ("expect: [{flow: join}, mail-stays]", "no finding is flow: join"),
        ("expect: [{severity: note}, mail-stays]", "no finding is severity: note"),
        ("expect: [{field: [email, fax], sink: 's3://out/*'}]", "no finding is field: fax, sink: "),
        ("not_expected: [{category: user.contact.email}]", "not expected, mail-stays: "),
        ("not_judged: [mail-stays]", "`mail-stays` finds something to judge"),
    ],
)
def test_a_case_fails_that_says_otherwise(home: Home, lines: str, problem: str) -> None:
    """What is missing, what is found besides, and what should not have been judged."""
    home.cases(case(lines))
    assert any(said.startswith(problem) for said in home.problems())


def test_a_case_in_which_nothing_is_judged_shows_nothing(home: Home) -> None:
    """Silence where there was nothing to see is no merit, unless that is what is said."""
    home.cases("tests: [{name: one, sql: select 1 as one, expect: []}]")
    assert home.problems() == ["no rule finds anything to judge, so the case shows nothing"]
    home.cases("tests: [{name: one, sql: select 1 as one, not_judged: [mail-stays]}]")
    assert home.problems() == []


def test_what_cannot_be_analysed_is_a_finding_like_others(home: Home) -> None:
    """A case with a gap fails, unless the gap is what it expects."""
    home.cases("tests: [{name: one, sql: select from from, not_expected: [mail-stays]}]")
    assert any("not expected, not-analysed" in problem for problem in home.problems())
    home.cases("tests: [{name: one, sql: select from from, expect: [not-analysed]}]")
    assert home.problems() == []


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("expect: [mail-stay]", "8:14: no rule that judges here is called `mail-stay`; did you"),
        ("rules: [mail-stay]", "8:13: no rule that judges here is called `mail-stay`; did you"),
        ("expect: [{field: crm.people.emial}]", "8:22: no field of this case is called"),
        ("not_expected: [{field: [email, emial]}]", "8:36: no field of this case is called"),
        ("expect: [{sink: mart.people}]", "8:21: no sink of this case is called `mart.people`"),
        ("dialect: duckbd", "8:14: unknown SQL dialect `duckbd`; did you mean `duckdb`?"),
    ],
)
def test_a_name_of_nothing_is_an_error(home: Home, lines: str, message: str) -> None:
    """A slip would make `not_expected` hold for ever, so rules and columns must be there."""
    more = "" if lines.startswith(("expect", "not")) else "expect: [mail-stays]"
    assert refusal(home, case(lines, more)).startswith(f"rules/mail_test.yml:{message}")


def test_a_slip_in_a_column_is_named_with_what_was_meant(home: Home) -> None:
    """The name that is most like it, by as many parts as were written."""
    text = refusal(home, case("expect: [{field: people.emial}]"))
    assert text.endswith("did you mean `people.email`?")


def test_a_file_of_cases_is_no_rule(home: Home) -> None:
    """`*_test.yml` lies beside rules and is none."""
    home.cases(case(LEAK))
    assert [loaded.rule.id for loaded in home.policy().rules] == ["mail-stays"]


def test_shipped_rules_are_tested_as_they_are_shipped(home: Home) -> None:
    """What a project settles or declares changes nothing in the worlds of a pack."""
    home.write(
        "fieldgate.yml",
        "version: 1\n"
        "places: {all: {match: {relations: '*', uris: '*'}, region: us-east-1}}\n"
        "rules: {erasure-gap: {off: true, reason: r}, unused-personal-field: "
        "{severity: error, reason: r}}\n",
    )
    from enforcer.policytest import run_suite  # noqa: PLC0415 - this test alone runs a pack

    suite = home.policy().suites[0]
    assert "erasure-gap" not in suite.tested
    assert [one.trial.name for one in run_suite(suite) if one.problems] == []
