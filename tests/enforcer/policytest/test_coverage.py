"""Coverage: which parts of a rule some world would miss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.policytest import Kind, coverage_of, mutate, run_suite

if TYPE_CHECKING:
    from enforcer.policytest import Element
    from tests.enforcer.policytest.conftest import Home

CONDITION = """\
parameters: {kinds: [external, exposure], rung: keyed}
deny:
  data: [user.contact.email, user.contact.fax_number]
  unless_protected: {at_least: $rung}
  into: {kind: $kinds}
unless:
  - {guard: {column: "*consent"}}
  - {into: {zone: lab}}
"""


def elements(home: Home) -> dict[str, Element]:
    policy = home.policy()
    suite = policy.suites[-1]
    tested = run_suite(suite)
    tries = [*mutate(suite, tested, ["mail-stays"], policy.taxonomy)]
    return {str(e.part): e for e in coverage_of(suite, tested, "mail-stays", tries)}


def test_what_no_world_would_miss_is_not_exercised(home: Home) -> None:
    """Two samples fire and are silent, and leave most of the rule alone."""
    home.rule(CONDITION)
    found = elements(home)
    missing = {part for part, element in found.items() if not element.covered}
    assert missing == {
        "deny.data: drop",
        "deny.data: drop user.contact.fax_number",
        "deny.into.kind: drop exposure",
        "unless[0]: drop",
        "unless[1]: drop",
    }
    assert found["unless[0]: drop"].kind is Kind.EXCEPTION
    assert found["kinds"].covered
    assert found["rung"].covered
    assert str(found["unless[1]: drop"].origin) == "rules/mail-stays.yml:11:5"


def test_an_exception_is_exercised_once_it_excused_something(home: Home) -> None:
    """A world in which the excuse is why there is no finding."""
    home.rule(CONDITION)
    home.cases(
        "tests:\n"
        "  - name: with consent\n"
        "    sql: copy (select email from crm.people where consent) to 's3://out/p.csv'\n"
        "    labels: {crm.people: {email: user.contact.email}}\n"
        "    expect: []\n"
    )
    found = elements(home)
    assert found["unless[0]: drop"].covered
    assert not found["unless[1]: drop"].covered
