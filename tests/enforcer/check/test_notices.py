"""What people were told, against what is done with their data."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from enforcer.check import check
from enforcer.messages import words_in
from enforcer.rules import Choice, Match, Notice, Partner, Place, Require, Told
from lineage import Column

if TYPE_CHECKING:
    from enforcer.check import Outcome
    from enforcer.rules.conditions import NoticePart
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")
USER = Choice(any_of=("user",))


def feed(world: World) -> World:
    """An e-mail address that goes to a bank abroad, for advertising, for two years."""
    world.label("crm.people.email", "user.contact.email").flow(
        "crm.people.email", "feed.people.email"
    )
    world.relation("crm.people", "source", subject="customer")
    world.relation("feed.people", purposes="marketing.mail", retention="P2Y", region="us-1")
    bank = Partner(name="Bank", role="handler", country="US", expires=date(2030, 1, 1))
    return world.place("banks", Place(match=Match(), partner=bank), "feed.people")


def judge(world: World, rule_of: RuleMaker, *parts: NoticePart, data: Choice = USER) -> Outcome:
    return check(rule_of(require=Require(data=data, noticed=parts)), world.estate())


def said(found: Outcome) -> str:
    return "; ".join(english(finding.message) for finding in found.findings)


WHOLE = Told(purposes=("marketing",), recipients=("Bank",), regions=("us-1", "US"), retention="P2Y")


@pytest.mark.parametrize(
    ("part", "told", "lack"),
    [
        ("purposes", Told(), "no notice names the purpose marketing.mail"),
        ("purposes", Told(purposes=("market",)), "no notice names the purpose"),
        ("recipients", Told(recipients=("Bank of X",)), "no notice names the recipient Bank"),
        ("regions", Told(regions=("us-1",)), "no notice names the region US"),
        ("retention", Told(), "no notice says how long it is kept"),
        ("retention", Told(retention="P1Y"), "longer than the P1Y that the notice tells"),
        ("necessity", Told(), "no notice says why it is needed"),
        ("effect", Told(effect=" "), "no notice says what its handling does to people"),
    ],
)
def test_each_part_must_be_told(
    world: World, rule_of: RuleMaker, part: NoticePart, told: Told, lack: str
) -> None:
    """What is done and not told is a finding, whatever else is told."""
    feed(world).notices.append(Notice(version="1", categories={"user.contact": told}))
    assert lack in said(judge(world, rule_of, part))


def test_what_is_told_of_a_category_is_enough(world: World, rule_of: RuleMaker) -> None:
    """A parent category, a parent purpose, a name and a duration that is as long will do."""
    feed(world).notices.append(Notice(version="1", categories={"user.contact": WHOLE}))
    found = judge(world, rule_of, "categories", "purposes", "recipients", "regions", "retention")
    assert (found.judged, found.findings) == (2, ())


@pytest.mark.parametrize("recipient", ["Bank", "handler", "banks", "b*"])
def test_a_recipient_is_told_by_name_by_role_or_by_place(
    world: World, rule_of: RuleMaker, recipient: str
) -> None:
    """Laws ask for recipients or for kinds of them."""
    told = {"user": Told(recipients=(recipient,))}
    feed(world).notices.append(Notice(version="1", categories=told))
    assert judge(world, rule_of, "recipients").findings == ()


def test_what_is_told_for_all_holds_where_nothing_else_is_told(
    world: World, rule_of: RuleMaker
) -> None:
    """The narrowest entry of a category speaks, and the notice for what it leaves out."""
    notice = Notice(
        version="1",
        purposes=("marketing",),
        categories={"user": Told(), "user.contact.email": Told(purposes=("service",))},
    )
    feed(world).notices.append(notice)
    assert "marketing.mail" in said(judge(world, rule_of, "purposes"))
    world.notices[:] = [Notice(version="1", purposes=("marketing",), categories={"user": Told()})]
    assert said(judge(world, rule_of, "purposes")) == ""


def test_a_category_that_no_notice_names_is_not_told(world: World, rule_of: RuleMaker) -> None:
    """Neither its child nor its sibling tells of it."""
    feed(world).notices.append(
        Notice(version="1", categories={"user.contact.email.work": WHOLE, "user.name": WHOLE})
    )
    assert "no notice names user.contact.email" in said(judge(world, rule_of, "categories"))
    assert "no notice names the purpose" in said(judge(world, rule_of, "purposes"))


def test_sensitive_data_is_not_told_by_its_parent(world: World, rule_of: RuleMaker) -> None:
    """An entry counts only if it is itself among the data that the rule speaks of."""
    feed(world).notices.append(Notice(version="1", categories={"user": WHOLE}))
    sensitive = Choice(any_of=("user.contact",))
    assert "no notice names" in said(judge(world, rule_of, "categories", data=sensitive))


def test_a_notice_speaks_to_its_own_subjects(world: World, rule_of: RuleMaker) -> None:
    """What employees were told is nothing that customers know."""
    told = {"user": WHOLE}
    feed(world).notices.append(Notice(version="1", subjects=("employee",), categories=told))
    assert "no notice names" in said(judge(world, rule_of, "categories"))
    world.notices.append(Notice(version="2", subjects=("customer",), categories=told))
    assert judge(world, rule_of, "categories").findings == ()


def test_no_notice_is_one_finding_and_no_pass(world: World, rule_of: RuleMaker) -> None:
    """A missing notice is said once, with where it should be named."""
    (finding,) = judge(feed(world), rule_of, "categories").findings
    assert (finding.field, finding.origin.file) == (Column("fieldgate.yml", ""), "fieldgate.yml")


def test_before_anything_is_declared_no_notice_is_asked_for(
    world: World, rule_of: RuleMaker
) -> None:
    """Rules that ask for statements wait for the first."""
    world.label("crm.people.email", "user.contact.email")
    assert judge(world, rule_of, "categories").judged == 0


def test_where_nothing_personal_is_held_nothing_is_judged(world: World, rule_of: RuleMaker) -> None:
    """Not applicable is not passed."""
    world.relation("crm.rooms", "source", subject="none").label("crm.rooms.size", "business")
    assert judge(world, rule_of, "categories").judged == 0
