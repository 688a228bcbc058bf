"""What people, or hostile pull requests, might try to get past the checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.check import check, check_gaps
from enforcer.grants import granted_relations
from enforcer.messages import words_in
from enforcer.rules import (
    Accepts,
    Choice,
    Deny,
    Excuse,
    GuardTest,
    Match,
    Partner,
    Place,
    Require,
    Where,
)
from enforcer.words import Protection
from lineage import Gap, GapReason, Grant, Origin, TransformSubtype
from lineage.projects import RelationKind, Unit

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")

HERE = Origin("grants.sql", 1, 1)
OUT = Where(kind=(RelationKind.EXTERNAL,))
ENCRYPTED = Accepts(at_least=Protection.ENCRYPTED)
LEAVES = Deny(data=Choice(any_of=("user",)), unless_protected=ENCRYPTED, into=OUT)
OUTSIDE = Deny(data=Choice(any_of=("user",)), unless_protected=ENCRYPTED, into=Where(outside=True))
PUBLIC = Deny(data=Choice(any_of=("user",)), granted_to=Choice(any_of=("public",)))


def test_a_part_of_a_hash_that_can_be_tried_is_clear(world: World, rule_of: RuleMaker) -> None:
    """Eight digits of a phone number's hash tell the number, in one query or over two."""
    world.label("raw.u.phone", "user.contact.phone_number").relation("s3://out", "external")
    world.flow("raw.u.phone", "stg.u.h", "sha2").flow("stg.u.h", "s3://out.h", "left")
    [finding] = check(rule_of(deny=LEAVES), world.estate()).findings
    assert "in the clear" in english(finding.message)
    assert finding.path[-1].column.column == "h"


def test_encrypting_a_hash_that_can_be_tried_protects(world: World, rule_of: RuleMaker) -> None:
    """Nobody can try values against a hash that is encrypted, keyed, or only compared."""
    world.label("raw.u.phone", "user.contact.phone_number").relation("s3://out", "external")
    for number, functions in enumerate(("sha2 aes_encrypt", "sha2 hmac", "sha2 is", "sha2 count")):
        world.flow("raw.u.phone", f"s3://out.c{number}", functions)
    assert check(rule_of(deny=LEAVES), world.estate()).findings == ()


def test_a_labelled_union_is_followed_for_what_nobody_labelled(
    world: World, rule_of: RuleMaker
) -> None:
    """A label on a copy counts where an unlabelled column comes into it in the clear as well."""
    world.label("raw.a.email", "user.contact.email").label("stg.u.mail", "user.contact.email")
    world.relation("s3://out", "external").flow("raw.a.email", "stg.u.mail", "left:3")
    world.flow("raw.b.m", "~union.mail").flow("~union.mail", "stg.u.mail")
    world.flow("stg.u.mail", "s3://out.mail")
    [finding] = check(rule_of(deny=LEAVES), world.estate()).findings
    assert str(finding.field) == "stg.u.mail"


def test_a_salt_makes_no_source_of_a_labelled_hash(world: World, rule_of: RuleMaker) -> None:
    """What comes into a labelled column protected leaves its own label to the column upstream."""
    world.label("raw.a.email", "user.contact.email").label("stg.u.mail", "user.contact.email")
    world.relation("s3://out", "external").flow("raw.a.email", "stg.u.mail", "sha2")
    world.flow("raw.salts.salt", "stg.u.mail", "sha2").flow("stg.u.mail", "s3://out.mail")
    assert check(rule_of(deny=LEAVES), world.estate()).findings == ()


def consented(world: World, column: str, pattern: str = "*consent*") -> tuple[World, Excuse]:
    world.label("raw.u.email", "user.contact.email").relation("s3://out", "external")
    world.flow("raw.u.email", "s3://out.email", guard=(column, "=", "true"))
    return world, Excuse(guard=GuardTest(column=pattern))


@pytest.mark.parametrize(
    "column",
    [
        "raw.u.consent_withdrawn",
        "raw.u.no_consent",
        "raw.u.not_consented",
        "raw.u.consentRevoked",
        "raw.u.consent_required",
        "raw.consents.is_test",
    ],
)
def test_a_name_that_says_the_contrary_is_no_consent(
    world: World, rule_of: RuleMaker, column: str
) -> None:
    """A star stands for no word that turns the name, and for no other part of it."""
    world, excuse = consented(world, column)
    assert len(check(rule_of(deny=LEAVES, unless=(excuse,)), world.estate()).findings) == 1


@pytest.mark.parametrize(
    ("column", "pattern"),
    [
        ("raw.u.marketing_consent", "*consent*"),
        ("raw.consents.granted", "*consent*.*granted"),
        ("raw.u.consent_withdrawn", "consent_withdrawn"),
    ],
)
def test_a_guard_that_is_named_excuses(
    world: World, rule_of: RuleMaker, column: str, pattern: str
) -> None:
    """A pattern holds part by part, and a word that it says itself is meant."""
    world, excuse = consented(world, column, pattern)
    assert check(rule_of(deny=LEAVES, unless=(excuse,)), world.estate()).findings == ()


@pytest.mark.parametrize("value", ["1", "y", "YES", "t", "TRUE"])
def test_true_is_true_however_it_is_spelt(world: World, rule_of: RuleMaker, value: str) -> None:
    """A warehouse without booleans tests for 1 or Y."""
    world.label("raw.u.email", "user.contact.email").relation("s3://out", "external")
    world.flow("raw.u.email", "s3://out.email", guard=("raw.u.consent", "=", value))
    excuse = Excuse(guard=GuardTest(column="consent"))
    assert check(rule_of(deny=LEAVES, unless=(excuse,)), world.estate()).findings == ()


@pytest.mark.parametrize("maker", ["~branch.consent", "stg.u.*"])
def test_a_relation_that_makes_consent_up_has_none(
    world: World, rule_of: RuleMaker, maker: str
) -> None:
    """`true as consent` in a view, or in one branch of its union, is no consent downstream."""
    world, excuse = consented(world, "stg.u.consent")
    world.flow("raw.u.email", "stg.u.email").flow(maker, "stg.u.consent")
    if maker.startswith("~"):
        world.flow("raw.u.consent", "stg.u.consent")
    assert len(check(rule_of(deny=LEAVES, unless=(excuse,)), world.estate()).findings) == 1


def test_consent_that_a_model_derives_is_consent(world: World, rule_of: RuleMaker) -> None:
    """`case when status = 'granted' then true end as consent` in a model decides by a column."""
    world, excuse = consented(world, "stg.u.consent")
    world.flow("raw.u.email", "stg.u.email").flow("stg.u.*", "stg.u.consent")
    world.flow("raw.u.status", "stg.u.consent", subtype=TransformSubtype.CONDITIONAL)
    assert check(rule_of(deny=LEAVES, unless=(excuse,)), world.estate()).findings == ()


def shared(world: World, grant: Grant) -> World:
    world.label("raw.u.email", "user.contact.email").relation("mart.u", "table")
    world.flow("raw.u.email", "mart.u.email").grants.append(grant)
    return world


def test_what_is_granted_to_a_share_has_left(world: World, rule_of: RuleMaker) -> None:
    """A share carries a relation to other accounts; the use of a schema alone does not."""
    shared(world, Grant("mart.u", "partner", "share", ("select",), HERE))
    world.grants.append(Grant("raw.*", "partner", "share", ("usage",), HERE))
    found = check(rule_of(deny=OUTSIDE), world.estate()).findings
    assert [finding.sink for finding in found] == ["mart.u"]


def test_a_model_in_a_file_has_left(world: World, rule_of: RuleMaker) -> None:
    """A model that is materialised as `external` is a file."""
    world.label("raw.u.email", "user.contact.email")
    world.relation("mart.u", config_materialized="external").flow("raw.u.email", "mart.u.email")
    assert len(check(rule_of(deny=OUTSIDE), world.estate()).findings) == 1


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        ("acme.com", "domain"),
        ("account users", ""),
        ("specialGroup:allAuthenticatedUsers", ""),
        ("PUBLIC", "role"),
    ],
)
def test_everybody_has_many_names(
    world: World, rule_of: RuleMaker, principal: str, kind: str
) -> None:
    """All users of an account or of a domain are everybody, as warehouses call them."""
    shared(world, Grant("mart.u", principal, kind, ("select",), HERE))
    assert len(check(rule_of(deny=PUBLIC), world.estate()).findings) == 1


def test_a_grant_on_a_longer_or_shorter_name_is_not_lost() -> None:
    """A script that names the database once writes shorter names elsewhere."""
    names = ("mart.u", "raw.u")
    assert granted_relations(names, "db.mart.u") == ["mart.u"]
    assert granted_relations(names, "db.mart.*") == ["mart.u"]
    assert granted_relations(names, "mart.*") == ["mart.u"]
    assert granted_relations(names, "db.*.*") == ["mart.u", "raw.u"]
    assert granted_relations(names, "other.*") == []
    assert granted_relations(("db.mart.u",), "mart.u") == ["db.mart.u"]
    assert granted_relations(("db.mart.u",), "mart.v") == []
    both = ("db.mart.u", "mart.decoy", "people", "db.raw.u")
    assert granted_relations(both, "mart.*") == ["db.mart.u", "mart.decoy"]
    assert granted_relations(both, "db.mart.*") == ["db.mart.u", "mart.decoy"]
    assert granted_relations(("db.mart.u", "db.raw.u"), "mart.*") == ["db.mart.u"]
    assert granted_relations(("d1.t", "d2.t", "e.t"), "d*.*") == ["d1.t", "d2.t"]


def test_a_grant_on_all_of_a_schema_is_one_on_a_table_with_a_dot_in_its_name() -> None:
    """A dot in quotes divides no name, however many parts of it a grant names."""
    assert granted_relations(('mart."a.b"', "raw.u"), "db.mart.*") == ['mart."a.b"']
    assert granted_relations(('db.mart."a.b"',), 'mart."a.b"') == ['db.mart."a.b"']


def test_a_grant_on_a_database_is_about_no_other_that_its_name_fits_as_a_pattern() -> None:
    """Only a star that is a whole part stands for others: brackets belong to a name."""
    names = ("s[1].mart.t", "s1.mart.t")
    assert granted_relations(names, "s[1].*.*") == ["s[1].mart.t"]


@pytest.mark.parametrize("word", ["", " ", "none", "TBD", "n/a", "-", "N.A.", "…", "(tbc)", "无"])
def test_a_form_filled_in_with_nothing_says_nothing(
    world: World, rule_of: RuleMaker, word: str
) -> None:
    """A contract `tbd` is no contract, a deletion `none` no duty, an erasure `none` no job."""
    partner = Partner(name="N", contract=word, permits=("user",), deletion=word)
    world.label("raw.u.email", "user.contact.email").flow("raw.u.email", "feed.u.email")
    world.relation("feed.u", "snapshot", erasure=word or "none")
    world.place("feed", Place(match=Match(), partner=partner), "feed.u")
    for require in (
        Require(of=Where(partner=True), data=Choice(any_of=("user",)), contract=True),
        Require(of=Where(partner=True), data=Choice(any_of=("user",)), deletion_duty=True),
        Require(of=Where(partner=True), data=Choice(any_of=("user",)), erasable=True),
    ):
        assert len(check(rule_of(require=require), world.estate()).findings) == 1


def test_counting_something_else_than_labelled_people_is_no_group(
    world: World, rule_of: RuleMaker
) -> None:
    """Where people's identifiers are labelled, twenty orders are not twenty people."""
    require = Require(data=Choice(any_of=("user.financial",)), group_size=10)
    world.label("hr.p.pay", "user.financial").label("hr.p.id", "user.unique_id")
    world.relation("hr.p", "source").relation("mart.a").relation("mart.b")
    for name, counted in (("mart.a", "hr.p.order_id"), ("mart.b", "hr.p.id")):
        guard = (counted, ">=", "20", "count_distinct")
        world.flow("hr.p.pay", f"{name}.pay", "avg", TransformSubtype.AGGREGATION, guard)
    found = check(rule_of(require=require), world.estate()).findings
    assert [finding.sink for finding in found] == ["mart.a"]


def test_who_accepts_one_gap_has_not_accepted_the_next(world: World) -> None:
    """Every gap has a fingerprint of its own, in the same relation and for the same reason too."""
    first = Gap(GapReason.OPAQUE_CODE, "what CALL runs is not known", ("mart.u",), HERE)
    star = Gap(GapReason.OPAQUE_CODE, "what DO runs is not known", ("mart.u",), HERE)
    world.gaps.append(first)
    [alone] = check_gaps(world.estate()).findings
    world.gaps += [Gap(first.reason, first.message, first.relations, Origin("z.sql", 9, 1)), star]
    prints = {finding.fingerprint for finding in check_gaps(world.estate()).findings}
    assert len(prints) == 3
    assert alone.fingerprint in prints


def in_sql(world: World, text: str, rule_of: RuleMaker) -> list[tuple[str, str]]:
    world.units[:] = [Unit(file="models/a.sql", text=text, dialect="duckdb")]
    rule = rule_of(deny=Deny(literal=("email", "pan", "iban")))
    return [(f.sink, f.fingerprint) for f in check(rule, world.estate()).findings]


def test_one_written_value_does_not_cover_another(world: World, rule_of: RuleMaker) -> None:
    """An address beside an account number is two findings, and a second address another one."""
    one = in_sql(world, "select 'ann.li@acme-mail.com'", rule_of)
    two = in_sql(world, "select 'ann.li@acme-mail.com', 'bo@acme-mail.com'", rule_of)
    both = in_sql(world, "select 'ann.li@acme-mail.com', 'DE75512108001245126199'", rule_of)
    assert len({*one, *two}) == 2
    assert [sink for sink, _ in both] == ["1 email", "1 iban"]


@pytest.mark.parametrize(
    "text",
    [
        "mailto:ann.li@acme-mail.com",
        "ann.li@acme-mail.com:secret",
        "card 4556 7375 8689 9855 was charged",
        "pay DE75 5121 0800 1245 1261 99 now",
        "card:4556737586899855\u200b",
    ],
)
def test_a_value_within_a_text_is_found(world: World, rule_of: RuleMaker, text: str) -> None:
    """Values in groups, behind a colon and before signs that nobody sees are values."""
    assert len(in_sql(world, f"select '{text}'", rule_of)) == 1


@pytest.mark.parametrize("text", ["git@github.com:acme/shop.git", "sha256:4556737586899855aa"])
def test_what_only_looks_like_a_value_is_none(world: World, rule_of: RuleMaker, text: str) -> None:
    """A repository's address is nobody's, and part of a longer word is no card number."""
    assert in_sql(world, f"select '{text}'", rule_of) == []


def test_a_field_in_a_table_that_others_read_is_used(world: World, rule_of: RuleMaker) -> None:
    """People query a dimension though facts are built from it; a view between is only a step."""
    rule = rule_of(deny=Deny(data=Choice(any_of=("user",)), unused=True))
    world.label("raw.u.email", "user.contact.email").relation("raw.u", "source")
    world.flow("raw.u.email", "dim.u.email").flow("raw.u.id", "dim.u.id")
    world.flow("dim.u.id", "fct.o.id").relation("fct.o").relation(
        "dim.u", config_materialized="view"
    )
    assert len(check(rule, world.estate()).findings) == 1
    world.relation("dim.u", config_materialized="table")
    assert check(rule, world.estate()).findings == ()
