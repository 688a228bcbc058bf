"""What a waiver accepts, and when it is refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from enforcer.waivers import apply_waivers, parse_waivers, read_waivers
from enforcer.words import Finding, Phase, PolicyError, RuleCard, Severity, verbatim
from lineage import Column, Origin

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 6, 1)


def make_finding(
    column: str, rule: str = "contact-outside-crm", sink: str = "mart.mailing"
) -> Finding:
    card = RuleCard(id=rule, title="", pack="gdpr", phase=Phase.USE, severity=Severity.ERROR)
    return Finding(
        rule=card,
        field=Column("crm.customers", column),
        category="user.contact",
        sink=sink,
        flow="direct",
        message=verbatim(""),
        origin=Origin("models/mailing.sql", 1, 1),
    )


def make_waiver(fingerprint: str, /, **changes: str) -> str:
    values = {
        "fingerprint": fingerprint,
        "reason": "newsletter, with consent",
        "owner": "ana",
        "approver": "ben",
        "ticket": "PRIV-7",
        "expires": "2026-12-31",
    } | changes
    lines = [f"{key}: {value}" for key, value in values.items() if value != "absent"]
    return "  - " + "\n    ".join(lines) + "\n"


def make_ledger(*waivers: str) -> str:
    return "waivers:\n" + "".join(waivers)


EMAIL, PHONE = make_finding("email"), make_finding("phone")


def test_only_the_waived_finding_is_accepted() -> None:
    """A waiver accepts the finding with its fingerprint, and says who, why and until when."""
    waivers = parse_waivers(make_ledger(make_waiver(EMAIL.fingerprint)), "waivers.yml")
    left, accepted = apply_waivers((EMAIL, PHONE), waivers, TODAY)
    assert left == (PHONE,)
    assert [item.finding for item in accepted] == [EMAIL]
    assert (accepted[0].by, accepted[0].owner, accepted[0].expires) == (
        "waiver",
        "ana",
        "2026-12-31",
    )


def test_what_could_not_be_analysed_can_be_waived() -> None:
    """A gap's finding is waived like any other."""
    gap = make_finding("", rule="not-analysed", sink="python-model")
    waivers = parse_waivers(make_ledger(make_waiver(gap.fingerprint)), "waivers.yml")
    assert apply_waivers((gap,), waivers, TODAY)[0] == ()


def test_a_ledger_may_be_empty() -> None:
    """Without waivers every finding is left."""
    assert apply_waivers((EMAIL,), parse_waivers("waivers: []\n", "w.yml"), TODAY) == ((EMAIL,), ())


@pytest.mark.parametrize(
    ("today", "holds"), [(date(2026, 12, 31), True), (date(2027, 1, 1), False)]
)
def test_a_waiver_holds_through_its_last_day(*, today: date, holds: bool) -> None:
    """On the day it expires a waiver still holds, and the day after it is an error."""
    waivers = parse_waivers(make_ledger(make_waiver(EMAIL.fingerprint)), "waivers.yml")
    if holds:
        assert apply_waivers((EMAIL,), waivers, today)[0] == ()
        return
    with pytest.raises(PolicyError, match=r"waivers.yml:7:14: .* expired after 2026-12-31; mend"):
        apply_waivers((EMAIL,), waivers, date(2027, 1, 1))


def test_a_waiver_of_nothing_is_an_error() -> None:
    """A waiver that no finding matches names its line and what to do."""
    text = make_ledger(make_waiver(EMAIL.fingerprint), make_waiver("0123456789abcdef"))
    with pytest.raises(PolicyError, match=r"waivers.yml:8:18: .*matches no finding; remove it"):
        apply_waivers((EMAIL,), parse_waivers(text, "waivers.yml"), TODAY)


def test_a_waiver_of_what_moved_names_the_new_finding() -> None:
    """Where the reminders fit another finding, its fingerprint is offered."""
    text = make_ledger(
        make_waiver("0123456789abcdef", rule="contact-outside-crm", field="crm.customers.email")
    )
    with pytest.raises(PolicyError, match=f"finds there now: `{EMAIL.fingerprint}`"):
        apply_waivers((EMAIL, PHONE), parse_waivers(text, "waivers.yml"), TODAY)


@pytest.mark.parametrize("reminder", [{"rule": "residency"}, {"field": "crm.customers.phone"}])
def test_a_reminder_that_lies_is_an_error(reminder: dict[str, str]) -> None:
    """A fingerprint beside the rule or field of another finding waives nothing."""
    text = make_ledger(make_waiver(EMAIL.fingerprint, **reminder))
    with pytest.raises(PolicyError, match=r"waivers.yml:8:\d+: the finding .*, not `"):
        apply_waivers((EMAIL, PHONE), parse_waivers(text, "waivers.yml"), TODAY)


def test_a_true_reminder_is_fine() -> None:
    """The rule and the field of the finding may stand beside its fingerprint."""
    reminder = {"rule": "contact-outside-crm", "field": "crm.customers.email"}
    text = make_ledger(make_waiver(EMAIL.fingerprint, **reminder))
    assert apply_waivers((EMAIL,), parse_waivers(text, "w.yml"), TODAY)[0] == ()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"fingerprint": "0123"}, 2),
        ({"fingerprint": "0123456789ABCDEF"}, 2),
        ({"fingerprint": "0123456789abcdef0"}, 2),
        ({"reason": "''"}, 3),
        ({"reason": "'  '"}, 3),
        ({"owner": ""}, 4),
        ({"approver": "ANA "}, 5),
        ({"owner": "' Ben'"}, 5),
        ({"ticket": "absent"}, 2),
        ({"expires": "2026-02-30"}, 7),
        ({"expires": "soon"}, 7),
        ({"aprover": "carl"}, 8),
    ],
)
def test_a_malformed_waiver_is_named_by_its_line(changes: dict[str, str], line: int) -> None:
    """What is missing, mistyped or approved by its own owner is an error with file and line."""
    text = make_ledger(make_waiver(EMAIL.fingerprint, **changes))
    with pytest.raises(PolicyError, match=rf"waivers.yml:{line}:\d+: .*; ."):
        parse_waivers(text, "waivers.yml")


def test_a_finding_is_waived_once() -> None:
    """A second waiver of the same finding is an error that names the first."""
    text = make_ledger(make_waiver(EMAIL.fingerprint), make_waiver(EMAIL.fingerprint))
    with pytest.raises(PolicyError, match=r"waivers.yml:8:18: .* waived on line 2 already"):
        parse_waivers(text, "waivers.yml")


def test_a_missing_ledger_is_an_error(tmp_path: Path) -> None:
    """A ledger that is named and not there is no empty ledger."""
    with pytest.raises(PolicyError, match=r"waivers.yml:1:1"):
        read_waivers(tmp_path.resolve(), "waivers.yml")


def test_a_ledger_is_read_from_its_file(tmp_path: Path) -> None:
    """The file says what its text says."""
    (tmp_path / "waivers.yml").write_text(make_ledger(make_waiver(EMAIL.fingerprint)))
    waivers = read_waivers(tmp_path.resolve(), "waivers.yml")
    assert waivers.value.waivers[0].expires == date(2026, 12, 31)
