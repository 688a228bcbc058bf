"""Waivers and baselines: they accept what they name, or are refused in one line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from enforcer.baseline import apply_baseline, baseline_text, parse_baseline
from enforcer.waivers import apply_waivers, parse_waivers
from enforcer.words import Finding, Phase, PolicyError, RuleCard, Severity, verbatim
from lineage import Column, Origin

from .findings import Broken
from .mutation import mutate_text
from .target import Budget, Target, check_error, head_and_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 5.0
_TODAY: Final = date(2026, 1, 1)


def _finding(column: str) -> Finding:
    return Finding(
        rule=RuleCard(
            id="some-rule", title="a rule", pack="p", phase=Phase.USE, severity=Severity.ERROR
        ),
        field=Column("crm.people", column),
        category="user.contact",
        sink="mart.people",
        flow="direct",
        message=verbatim("it is there"),
        origin=Origin("mart.sql", 1, 1),
        path=(),
    )


_FINDINGS: Final = (_finding("email"), _finding("phone"))
_WORDS: Final = (
    *("waivers:", "- fingerprint:", "reason:", "owner:", "approver:", "ticket:", "expires:"),
    *(
        "2026-01-01",
        "2025-12-31",
        "9999-12-31",
        "0000-00-00",
        "rule:",
        "field:",
        "crm.people.email",
    ),
    *(finding.fingerprint for finding in _FINDINGS),
    *("findings:", '- {"fingerprint": "', '", "rule": "some-rule"', "\n  ", "\n- ", "{", "}"),
)


def seeds() -> Iterator[bytes]:
    """A ledger and a baseline of two findings."""
    entries = [
        f"- fingerprint: {finding.fingerprint}\n  reason: agreed\n  owner: ann\n  approver: bob\n"
        f"  ticket: T-{number}\n  expires: 2026-12-31\n  rule: some-rule\n"
        f"  field: {finding.field}\n"
        for number, finding in enumerate(_FINDINGS)
    ]
    yield ("waivers\nwaivers:\n" + "".join(entries)).encode()
    yield ("waivers\nwaivers:\n" + entries[0]).encode()
    yield b"baseline\n" + baseline_text(_FINDINGS).encode()
    yield b"baseline\n" + baseline_text(_FINDINGS[:1]).encode()


def hold(data: bytes) -> None:
    """Findings are left or accepted, never lost, and accepted only by their fingerprint."""
    taken = head_and_text(data)
    if taken is None:
        return
    head, text = taken
    with Budget("accepting", _SECONDS):
        try:
            if head == "baseline":
                left, accepted = apply_baseline(_FINDINGS, parse_baseline(text, "b.yml"))
            else:
                left, accepted = apply_waivers(_FINDINGS, parse_waivers(text, "w.yml"), _TODAY)
        except PolicyError as error:
            check_error(error)
            return
    if sorted([*left, *(a.finding for a in accepted)], key=str) != sorted(_FINDINGS, key=str):
        raise Broken("a finding was lost")
    for item in accepted:
        if item.finding.fingerprint not in text:
            raise Broken("a finding was accepted that nobody named")


TARGET = Target(seeds, hold, mutate_text, _WORDS)
