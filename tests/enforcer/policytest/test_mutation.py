"""Mutation: every condition of a rule matters in some world, or the change is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.words import PolicyError

if TYPE_CHECKING:
    from tests.enforcer.policytest.conftest import Home

CASES = """\
tests:
  - name: what leaves
    sql: |
      copy (select email, fax from crm.people) to 's3://out/clear.csv';
      copy (select sha256(email) as h from crm.people) to 's3://out/hashed.csv';
      copy (select keyed(email) as h from crm.people) to 's3://out/keyed.csv';
      copy (select fax is null as n from crm.people where email = 'x') to 's3://out/filtered.csv';
      create table mart.people as select email from crm.people;
    functions: {keyed: key}
    labels: {crm.people: {email: user.contact.email, fax: user.contact.fax_number}}
    expect: [{field: crm.people.email, sink: ["s3://out/clear.csv", "s3://out/hashed.csv"]}]
"""


def test_each_condition_is_changed_once(home: Home) -> None:
    """Keys are dropped, lists thinned and lengthened, and values moved by one step."""
    assert [*home.tries()] == [
        "deny.data: drop",
        "deny.data: user.contact.email -> user.contact",
        "deny.unless_protected: drop",
        "deny.unless_protected.at_least: keyed -> hashed",
        "deny.unless_protected.at_least: keyed -> surrogate",
        "deny.via: direct -> any",
        "deny.into.kind: drop",
    ]


@pytest.mark.parametrize(
    ("condition", "changes"),
    [
        (
            "require: {data: user, retention: {within: P24M}}",
            ["require.retention.within: P24M -> P23M", "require.retention.within: P24M -> P25M"],
        ),
        (
            "require: {data: user.name, facts: {people: {at_least: 100}, owner: {stated: true}}}",
            [
                "require.facts.people: drop",
                "require.facts.people.at_least: 100 -> 101",
                "require.facts.owner.stated: true -> false",
            ],
        ),
        (
            "deny: {via: {direct: error, join: note}, into: {outside: true, zone: {not: [a, b]}}}",
            [
                "deny.via.join: drop",
                "deny.via.direct: error -> warning",
                "deny.via: add any",
                "deny.into.outside: true -> false",
                "deny.into.zone.not: drop a",
            ],
        ),
        (
            """deny: {data: user, into: {}}
unless: [{guard: {column: c}, data: user.name, except: [{into: {zone: a}}]}]""",
            [
                "unless[0]: drop",
                "unless[0].data: drop",
                "unless[0].guard: drop",
                "unless[0].guard.column: c -> *",
                "unless[0].guard.equals: true -> false",
                "unless[0].except[0]: drop",
            ],
        ),
        (
            """allow: {data: user, via: [direct, join, sort], into: {partner: true}}
except: [{data: user.name, unless_protected: {accept: [keyed], refuse: [hashed]}}]""",
            [
                "allow.via: drop join",
                "except[0].unless_protected.accept: add encrypted",
                "except[0].unless_protected.refuse: drop",
            ],
        ),
        (
            "deny: {joined: [{zone: a}, {zone: b}], of_different: purpose, via: join}",
            ["deny.of_different: drop", "deny.via: add any"],
        ),
        (
            "deny: {together: [user.name, user.contact], within: schema}",
            ["deny.together: drop user.name", "deny.within: schema -> place"],
        ),
    ],
)
def test_every_kind_of_condition_is_changed(home: Home, condition: str, changes: list[str]) -> None:
    """What may be changed follows from the types of the language."""
    home.rule(condition)
    assert [change for change in changes if change not in home.tries()] == []


def test_two_samples_show_little(home: Home) -> None:
    """What `avoid` and `prefer` leave open survives, and says where it is written."""
    survivors = home.survivors()
    assert "deny.data: user.contact.email -> user.contact" in survivors
    assert "deny.unless_protected: drop" not in survivors
    assert str(home.tries()["deny.data: drop"].mutant.origin) == "rules/mail-stays.yml:4:14"


def test_a_case_that_tells_the_change_kills_it(home: Home) -> None:
    """With a world in which each condition counts no change survives."""
    home.cases(CASES)
    assert home.problems() == []
    assert home.survivors() == []


def test_a_test_that_fails_kills_nothing(home: Home) -> None:
    """What is wrong already would seem to show every change."""
    home.cases(CASES.replace('sink: ["s3://out/clear.csv"', 'sink: ["s3://out/keyed.csv"'))
    assert home.problems() != []
    assert "deny.via: direct -> any" in home.survivors()


@pytest.mark.parametrize(
    ("condition", "change", "reason"),
    [
        (
            "deny: {data: user, unless_protected: {accept: [keyed, constant]}, into: {}}",
            "deny.unless_protected.accept: drop constant",
            "same-protections",
        ),
        (
            "deny: {data: [user, user.name], into: {}}",
            "deny.data: drop user.name",
            "same-categories",
        ),
        (
            "deny: {data: user.contact.fax_number, unless_protected: {accept: keyed}, into: {}}",
            "deny.unless_protected.accept: add hashed",
            "same-hashes",
        ),
        (
            """deny: {data: user.contact, unless_protected: {accept: [aggregated]}, into: {}}
unless: [{data: user.contact.email, protected: {accept: keyed}}]""",
            "unless[0].protected.accept: add aggregated",
            "same-passing",
        ),
        (
            "deny: {together: [{data: user.name, protected: [keyed]}, user.contact]}",
            "deny.together[0].protected: add constant",
            "same-protections",
        ),
    ],
)
def test_a_change_that_changes_nothing_is_known(
    home: Home, condition: str, change: str, reason: str
) -> None:
    """Where it can be shown that no world tells the two apart, the reason is shown."""
    home.rule(condition)
    tried = home.tries()[change]
    assert tried.mutant.same is not None
    assert (tried.mutant.same.key, tried.noticed, tried.survived) == (reason, False, False)


@pytest.mark.parametrize(
    ("condition", "change"),
    [
        ("deny: {data: user.contact, into: {}}", "deny.data: drop"),
        ("require: {data: user, erasable: true}", "require.data: drop"),
        ("deny: {data: user, into: {}, from: {holds: user}}", "deny.from.holds: drop"),
    ],
)
def test_no_reason_is_made_up(home: Home, condition: str, change: str) -> None:
    """To speak of all relations is not to speak of those that hold all data."""
    home.rule(condition)
    assert home.tries()[change].mutant.same is None


EQUIVALENT = """
equivalent:
  - {{rule: mail-stays, change: "{change}", reason: Nobody has such a column.}}
"""


def test_a_change_may_be_excused_with_a_reason(home: Home) -> None:
    """What no world can show is written down, and is shown."""
    change = "deny.via: direct -> any"
    home.cases(CASES.replace(" where email = 'x'", "") + EQUIVALENT.format(change=change))
    assert home.survivors() == []
    assert home.tries()[change].excuse == "Nobody has such a column."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("deny.into.kind: drop", "14:5: a test shows the change `deny.into.kind: drop`"),
        ("deny.into.kin: drop", "14:5: `mail-stays` cannot be changed by `deny.into.kin: drop`"),
    ],
)
def test_an_excuse_that_excuses_nothing_is_an_error(home: Home, change: str, message: str) -> None:
    """A list of excuses can only shrink by itself, never hide what came later."""
    home.cases(CASES + EQUIVALENT.format(change=change))
    with pytest.raises(PolicyError) as caught:
        home.tries()
    assert str(caught.value).startswith(f"rules/mail_test.yml:{message}")
