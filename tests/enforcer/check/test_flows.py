from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Accepts, Choice, Deny, Excuse, GuardTest, Match, Place, Where
from enforcer.words import Protection
from lineage import Column, TransformSubtype
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")

OUT = Where(kind=(RelationKind.EXTERNAL,))
KEYED = Accepts(at_least=Protection.KEYED)
ENCRYPTED = Accepts(at_least=Protection.ENCRYPTED)
TRUNCATED = Accepts(at_least=Protection.TRUNCATED)
CONSENT = (Excuse(guard=GuardTest(column="consent")),)
EMAIL = Deny(data=Choice(any_of=("user.contact",)), unless_protected=KEYED, into=OUT)


def world_of_email(world: World) -> World:
    return world.label("raw.users.email", "user.contact.email").relation("s3://out", "external")


def test_a_clear_field_that_leaves_is_named_with_its_path(world: World, rule_of: RuleMaker) -> None:
    """A finding names field, sink and protections, and leads hop by hop to where it is written."""
    world_of_email(world).flow("raw.users.email", "~picked.email")
    world.flow("~picked.email", "s3://out.email", "lower")
    outcome = check(rule_of(deny=EMAIL), world.estate())
    [finding] = outcome.findings
    assert outcome.judged == 1
    assert (
        english(finding.message)
        == "raw.users.email (user.contact.email) reaches s3://out in the clear"
    )
    assert [str(hop.column) for hop in finding.path] == [
        "raw.users.email",
        "picked.email",
        "s3://out.email",
    ]
    assert finding.path[-1].functions == ("lower",)
    assert finding.origin == finding.path[-1].origin


def test_a_protected_field_may_leave(world: World, rule_of: RuleMaker) -> None:
    """A field that arrives as strong as the rule asks for is no finding."""
    world_of_email(world).flow("raw.users.email", "s3://out.email", "hmac")
    assert check(rule_of(deny=EMAIL), world.estate()).findings == ()


def test_one_weak_path_is_enough(world: World, rule_of: RuleMaker) -> None:
    """Where paths meet every protection counts: coalesce(hmac(email), email) is clear."""
    world_of_email(world).flow("raw.users.email", "s3://out.who", "hmac coalesce")
    world.flow("raw.users.email", "s3://out.who", "coalesce")
    [finding] = check(rule_of(deny=EMAIL), world.estate()).findings
    assert finding.path[-1].functions == ("coalesce",)


def test_a_hash_of_what_can_be_tried_is_clear(world: World, rule_of: RuleMaker) -> None:
    """An unkeyed hash of a phone number is reported as clear, and the sentence says why."""
    world.label("raw.users.phone", "user.contact.phone_number").relation("s3://out", "external")
    world.flow("raw.users.phone", "s3://out.phone", "sha2")
    accepted = Deny(
        data=Choice(any_of=("user",)),
        unless_protected=Accepts(at_least=Protection.ENCRYPTED),
        into=OUT,
    )
    [finding] = check(rule_of(deny=accepted), world.estate()).findings
    assert "in the clear (a hash without a key hides nothing" in english(finding.message)


def test_a_labelled_column_that_stands_in_a_sink_is_a_finding(
    world: World, rule_of: RuleMaker
) -> None:
    """Data need not flow to be where it must not be."""
    world.label("mart.cards.pan", "user.financial.credit_card").relation("mart.cards", "table")
    rule = rule_of(
        deny=Deny(data=Choice(any_of=("user.financial",)), into=Where(kind=(RelationKind.TABLE,)))
    )
    [finding] = check(rule, world.estate()).findings
    assert english(finding.message).startswith(
        "mart.cards.pan (user.financial.credit_card) stands in"
    )
    assert len(finding.path) == 1


def test_a_copys_own_label_does_not_report_a_leak_again(world: World, rule_of: RuleMaker) -> None:
    """A labelled column that a labelled column feeds is followed from upstream only."""
    world_of_email(world).label("mart.users.email", "user.contact.email")
    world.flow("raw.users.email", "mart.users.email").flow("mart.users.email", "s3://out.email")
    [finding] = check(rule_of(deny=EMAIL), world.estate()).findings
    assert finding.field == Column("raw.users", "email")


def test_a_copy_with_a_category_of_its_own_is_followed(world: World, rule_of: RuleMaker) -> None:
    """A downstream label that the upstream one does not cover is a source of its own."""
    world.label("raw.users.id", "user.unique_id").label("mart.users.key", "user.contact.email")
    world.relation("s3://out", "external")
    world.flow("raw.users.id", "mart.users.key").flow("mart.users.key", "s3://out.key")
    [finding] = check(rule_of(deny=EMAIL), world.estate()).findings
    assert finding.field == Column("mart.users", "key")


def test_columns_that_feed_each_other_are_reported_once(world: World, rule_of: RuleMaker) -> None:
    """A cycle of copies does not make a leak vanish."""
    world_of_email(world).label("mart.users.email", "user.contact.email")
    world.flow("raw.users.email", "mart.users.email").flow("mart.users.email", "raw.users.email")
    world.flow("raw.users.email", "s3://out.email")
    assert len(check(rule_of(deny=EMAIL), world.estate()).findings) == 1


def test_indirect_flow_counts_only_where_a_rule_asks_for_it(
    world: World, rule_of: RuleMaker
) -> None:
    """A filter by a field is a flow of its own kind."""
    world_of_email(world)
    world.flow("raw.users.email", "s3://out.*", "like", TransformSubtype.FILTER)
    estate = world.estate()
    deny = Deny(data=Choice(any_of=("user",)), into=OUT, via=("direct", "filter"))
    assert check(rule_of(deny=EMAIL), estate).findings == ()
    [finding] = check(rule_of(deny=deny), estate).findings
    assert (finding.flow, finding.path[-1].protections) == ("filter", (Protection.GENERALISED,))


def test_the_first_indirect_step_names_the_flow(world: World, rule_of: RuleMaker) -> None:
    """What once decided a condition stays a condition, however its result is copied on."""
    world_of_email(world)
    world.flow("raw.users.email", "mart.x.flag", "", TransformSubtype.CONDITIONAL)
    world.flow("mart.x.flag", "s3://out.*", "", TransformSubtype.FILTER)
    deny = Deny(data=Choice(any_of=("user",)), into=OUT, via=("any",))
    assert [f.flow for f in check(rule_of(deny=deny), world.estate()).findings] == ["conditional"]


def test_a_guard_excuses_the_rows_it_holds_for(world: World, rule_of: RuleMaker) -> None:
    """A flow that passes a test of consent is excused, one beside it is not."""
    world_of_email(world).label("raw.guests.email", "user.contact.email")
    world.flow("raw.users.consent", "mart.users.consent")
    world.flow("raw.users.email", "mart.x.email", guard=("raw.users.consent", "=", "true"))
    world.flow("raw.guests.email", "mart.x.email").flow("mart.x.email", "s3://out.email")
    found = check(rule_of(deny=EMAIL, unless=CONSENT), world.estate()).findings
    assert [f.field.relation for f in found] == ["raw.guests"]


def test_a_guard_after_a_window_speaks_of_another_row(world: World, rule_of: RuleMaker) -> None:
    """lead(email) taken before `where consent` is not guarded by it."""
    world_of_email(world).flow("raw.users.consent", "~w.consent")
    world.flow("raw.users.email", "~w.next", "lead", TransformSubtype.AGGREGATION)
    world.flow("~w.next", "s3://out.email", guard=("~w.consent", "=", "true"))
    assert len(check(rule_of(deny=EMAIL, unless=CONSENT), world.estate()).findings) == 1


def test_a_guard_within_the_window_holds(world: World, rule_of: RuleMaker) -> None:
    """A test that was made before the window speaks of all its rows."""
    world_of_email(world)
    guard = ("raw.users.consent", "=", "true")
    world.flow("raw.users.email", "s3://out.email", "lead", TransformSubtype.AGGREGATION, guard)
    assert check(rule_of(deny=EMAIL, unless=CONSENT), world.estate()).findings == ()


def test_a_made_up_consent_is_none(world: World, rule_of: RuleMaker) -> None:
    """`true as consent` in a CTE has the name of a consent and is not a copy of one."""
    world_of_email(world).flow("raw.users.email", "~c.email")
    world.flow("~c.email", "s3://out.email", guard=("~c.consent", "=", "true"))
    assert len(check(rule_of(deny=EMAIL, unless=CONSENT), world.estate()).findings) == 1


def test_a_consent_that_a_model_makes_up_is_none(world: World, rule_of: RuleMaker) -> None:
    """A constant column of a model that is computed otherwise is no consent either."""
    world_of_email(world).flow("raw.users.email", "mart.u.email")
    world.flow("mart.u.email", "s3://out.email", guard=("mart.u.consent", "=", "true"))
    assert len(check(rule_of(deny=EMAIL, unless=CONSENT), world.estate()).findings) == 1


def test_a_copied_consent_counts_by_its_first_name(world: World, rule_of: RuleMaker) -> None:
    """A renamed copy of the consent column is the consent."""
    world_of_email(world).flow("raw.users.consent", "~c.ok").flow("raw.users.email", "~c.email")
    world.flow("~c.email", "s3://out.email", guard=("~c.ok", "=", "true"))
    assert check(rule_of(deny=EMAIL, unless=CONSENT), world.estate()).findings == ()


def test_a_test_for_the_wrong_value_excuses_nothing(world: World, rule_of: RuleMaker) -> None:
    """Only the value that the rule names is consent."""
    world_of_email(world)
    world.flow("raw.users.email", "s3://out.email", guard=("raw.users.consent", "=", "false"))
    assert len(check(rule_of(deny=EMAIL, unless=CONSENT), world.estate()).findings) == 1


def test_an_excuse_without_a_guard_takes_the_category_out(world: World, rule_of: RuleMaker) -> None:
    """An excuse applies where all its keys match, and only there."""
    world_of_email(world).label("raw.users.phone", "user.contact.phone_number")
    world.flow("raw.users.email", "s3://out.e").flow("raw.users.phone", "s3://out.p")
    unless = (Excuse(data=Choice(any_of=("user.contact.phone_number",)), into=OUT),)
    found = check(rule_of(deny=EMAIL, unless=unless), world.estate()).findings
    assert [f.field.column for f in found] == ["email"]


def test_a_rule_with_no_such_sink_judges_nothing(world: World, rule_of: RuleMaker) -> None:
    """Not applicable is not passed."""
    world.label("raw.users.email", "user.contact.email").flow("raw.users.email", "mart.x.email")
    assert check(rule_of(deny=EMAIL), world.estate()).judged == 0


def test_places_choose_relations_by_what_they_are_not(world: World, rule_of: RuleMaker) -> None:
    """`{not: [crm]}` matches whatever lies outside that place, declared or not."""
    world.label("crm.users.email", "user.contact.email").relation("crm.users", "source")
    world.flow("crm.users.email", "mart.x.email")
    world.place("crm", Place(match=Match()), "crm.users")
    deny = Deny(data=Choice(any_of=("user",)), into=Where(place=Choice(none_of=("crm",))))
    assert [f.sink for f in check(rule_of(deny=deny), world.estate()).findings] == ["mart.x"]


def test_a_grade_is_a_label_of_every_column(world: World, rule_of: RuleMaker) -> None:
    """A relation that states a grade holds graded data in all its columns, for rules about it."""
    world.relation("ops.grid", "source", grade="core").flow("ops.grid.load", "feed.grid.load")
    world.flow("ops.grid.load", "feed.grid.n", "count").relation("feed.grid", "external")
    graded = Deny(data=Choice(any_of=("business.core_data",)), into=OUT)
    [finding] = check(rule_of(deny=graded), world.estate()).findings
    assert (str(finding.field), finding.category) == ("ops.grid.load", "business.core_data")
    everything = Deny(data=Choice(), into=OUT)
    assert check(rule_of(deny=everything), world.estate()).judged == 0


def test_a_column_that_is_two_things_may_keep_the_least_of_both(
    world: World, rule_of: RuleMaker
) -> None:
    """Six characters are few of a card number and many of an address."""
    world.label("raw.u.x", "user.financial.credit_card.pan").relation("s3://out", "external")
    world.flow("raw.u.x", "s3://out.x", "left:6")
    deny = Deny(data=Choice(any_of=("user",)), unless_protected=TRUNCATED, into=OUT)
    assert check(rule_of(deny=deny), world.estate()).findings == ()
    world.label("raw.u.x", "user.contact.email")
    assert len(check(rule_of(deny=deny), world.estate()).findings) == 1


def test_what_comes_encrypted_begins_so(world: World, rule_of: RuleMaker) -> None:
    """The twin that a contract names is encrypted from the start, until something turns it back."""
    world.label("raw.u.mail_enc", "user.contact.email").encrypted("raw.u", "mail_enc")
    world.flow("raw.u.mail_enc", "mart.u.kept").flow("raw.u.mail_enc", "mart.v.read", "decrypt")
    deny = Deny(data=Choice(any_of=("user",)), into=Where(), unless_protected=ENCRYPTED)
    assert [f.sink for f in check(rule_of(deny=deny), world.estate()).findings] == ["mart.v"]
