"""What `fieldgate test` says of mutation, of coverage, and of rules that find nothing here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from enforcer.cli import main

if TYPE_CHECKING:
    from click.testing import Result

    from tests.enforcer.policytest.conftest import Home

UNLESS = """\
deny: {data: user.contact.email, unless_protected: {at_least: keyed}, into: {kind: external}}
unless: [{into: {zone: lab}}]
"""


def run(home: Home, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["test", str(home.root), *arguments])


def test_a_change_that_survives_is_named_with_its_rule_and_line(home: Home) -> None:
    """Whoever mends the tests needs to know which condition of which rule, and where it stands."""
    said = run(home, "--mutate")
    assert said.exit_code == 1
    (line,) = [one for one in said.output.splitlines() if "email -> user.contact" in one]
    assert "mail-stays" in line
    assert "rules/mail-stays.yml:4:14" in line


def test_an_exception_that_excused_nothing_is_named(home: Home) -> None:
    """Coverage tells conditions, alternatives and exceptions apart, with where they stand."""
    home.rule(UNLESS)
    said = run(home, "--coverage", "--min-coverage", "1")
    assert said.exit_code == 1
    (line,) = [one for one in said.output.splitlines() if "unless[0]: drop" in one]
    assert "mail-stays" in line
    assert "rules/mail-stays.yml:5:10" in line


def test_rules_that_never_fired_here_are_named(home: Home) -> None:
    """A rule that finds nothing in this project may be one that can find nothing."""
    home.write("a.sql", "create table mart.people as select email from crm.people;\n")
    home.write("fieldgate.yml", "version: 1\ndialect: duckdb\npacks: []\npolicies: [rules]\n")
    silent = run(home, "--never-fired").output.splitlines()[-3:]
    home.write("a.sql", "copy (select email from crm.people) to 's3://out/people.csv';\n")
    loud = run(home, "--never-fired").output.splitlines()[-3:]
    assert any("mail-stays" in line for line in silent)
    assert not any("mail-stays" in line for line in loud)


def test_a_case_speaks_of_several_models_with_places_and_labels(home: Home) -> None:
    """A world is a small project: what lies where decides as it does in a real one."""
    home.rule("deny: {data: user.contact, into: {zone: lab}}")
    home.cases(
        "tests:\n"
        "  - name: only what gets into the lab\n"
        "    models:\n"
        "      stg.people: select email, town from crm.people\n"
        "      lab.people: select email from stg.people\n"
        "      mart.towns: select town from stg.people\n"
        "    places: {lab: {match: {relations: ['lab.*']}, zone: lab}}\n"
        "    labels: {crm.people: {email: user.contact.email, town: user.contact.address.city}}\n"
        "    expect: [{field: crm.people.email, sink: lab.people}]\n"
    )
    assert [one.problems for one in home.tested() if not one.trial.sample_of] == [()]
