"""Waivers: findings that somebody accepted, with a reason, for a time, and not alone.

The ledger is a file of the project's own, read from the base commit. It fails as loudly
as a policy: a waiver that has expired or waives nothing is an error, never silence.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING, Annotated, TypeAlias

import msgspec
from msgspec import Meta

from enforcer.documents import Document, parse_document, read_document
from enforcer.documents.nearest import quoted
from enforcer.rules import Strict
from enforcer.words import Accepted, PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from enforcer.words import Finding

Fingerprint = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{16}\Z",
        extra_json_schema={"description": "a fingerprint of 16 hexadecimal digits"},
    ),
]
Words = Annotated[
    str, Meta(min_length=1, pattern=r"\S", extra_json_schema={"description": "a text"})
]


class Waiver(Strict, frozen=True, kw_only=True):
    """An accepted finding. It holds through the day `expires`.

    `rule` and `field` (`relation.column`) remind people of what the fingerprint stands for;
    where they are given they must be those of the finding.
    """

    fingerprint: Fingerprint
    reason: Words
    owner: Words
    approver: Words
    ticket: Words
    expires: date
    rule: str = ""
    field: str = ""


class Ledger(Strict, frozen=True, kw_only=True):
    """A file of waivers."""

    waivers: tuple[Waiver, ...]


Waivers: TypeAlias = Document[Ledger]


def read_waivers(root: Path, path: str) -> Waivers:
    """The ledger in the file at `path` below `root`, which must be a real path.

    Raises PolicyError for what is malformed, stands twice, or was approved by its owner.
    """
    return _checked(read_document(root, path, Ledger))


def parse_waivers(text: str, file: str) -> Waivers:
    """The ledger that a text is; `file` is its name in messages. Raises as `read_waivers`."""
    return _checked(parse_document(text, file, Ledger))


def apply_waivers(
    findings: Iterable[Finding], waivers: Waivers, today: date
) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
    """The findings that are left, and those that are accepted, each in the order given.

    Raises PolicyError for a waiver that has expired, that no finding has the fingerprint
    of, or that says another rule or field than the finding does.
    """
    found = tuple(findings)
    by_fingerprint = {finding.fingerprint: finding for finding in found}
    for number, waiver in enumerate(waivers.value.waivers):
        _check_date(waivers, number, waiver, today)
        _check_finding(waivers, number, waiver, by_fingerprint)
    granted = {waiver.fingerprint: waiver for waiver in waivers.value.waivers}
    left = tuple(finding for finding in found if finding.fingerprint not in granted)
    accepted = tuple(
        _accepted(finding, granted[finding.fingerprint])
        for finding in found
        if finding.fingerprint in granted
    )
    return left, accepted


def still_held(waivers: Waivers, findings: Iterable[Finding], today: date) -> Waivers:
    """The ledger of a base commit without what is over: a pull request may mend what was waived.

    What it leaves in its own ledger is judged there.
    """
    there = {finding.fingerprint: (finding.rule.id, str(finding.field)) for finding in findings}
    held = tuple(
        waiver
        for waiver in waivers.value.waivers
        if waiver.expires >= today
        and waiver.fingerprint in there
        and all(
            said in ("", found)
            for said, found in zip(
                (waiver.rule, waiver.field), there[waiver.fingerprint], strict=True
            )
        )
    )
    return msgspec.structs.replace(waivers, value=Ledger(waivers=held))


def _checked(waivers: Waivers) -> Waivers:
    seen: dict[str, int] = {}
    for number, waiver in enumerate(waivers.value.waivers):
        if waiver.fingerprint in seen:
            line = waivers.origin("waivers", seen[waiver.fingerprint], "fingerprint").line
            raise PolicyError(
                waivers.origin("waivers", number, "fingerprint"),
                f"`{waiver.fingerprint}` is waived on line {line} already",
                "keep one of the two",
            )
        if waiver.owner.strip().casefold() == waiver.approver.strip().casefold():
            raise PolicyError(
                waivers.origin("waivers", number, "approver"),
                f"`{waiver.fingerprint}` was approved by its own owner",
                "have somebody else approve it",
            )
        seen[waiver.fingerprint] = number
    return waivers


def _check_date(waivers: Waivers, number: int, waiver: Waiver, today: date) -> None:
    if waiver.expires < today:
        raise PolicyError(
            waivers.origin("waivers", number, "expires"),
            f"the waiver of `{waiver.fingerprint}` expired after {waiver.expires.isoformat()}",
            f"mend the finding, or have {waiver.approver} approve a later day",
        )


def _check_finding(
    waivers: Waivers, number: int, waiver: Waiver, findings: Mapping[str, Finding]
) -> None:
    finding = findings.get(waiver.fingerprint)
    if finding is None:
        raise PolicyError(
            waivers.origin("waivers", number, "fingerprint"),
            f"the waiver of `{waiver.fingerprint}` matches no finding",
            _instead(waiver, findings.values()),
        )
    for key, said, there in (
        ("rule", waiver.rule, finding.rule.id),
        ("field", waiver.field, str(finding.field)),
    ):
        if said and said != there:
            has = f"{key} {quoted(there)}, not {quoted(said)}"
            right = quoted(f"{key}: {there}")
            raise PolicyError(
                waivers.origin("waivers", number, key),
                f"the finding `{waiver.fingerprint}` has the {has}",
                f"write {right} if that is what was accepted, else remove the waiver",
            )


def _instead(waiver: Waiver, findings: Iterable[Finding]) -> str:
    """What to do about a waiver of nothing; its reminders may tell which finding was meant."""
    meant = (waiver.rule, waiver.field)
    alike = [f.fingerprint for f in findings if (f.rule.id, str(f.field)) == meant]
    if not alike:
        return "remove it: what it accepted is gone, or its fingerprint is mistyped"
    others = ", ".join(f"`{fingerprint}`" for fingerprint in sorted(alike)[:3])
    return f"remove it, or accept anew what this rule finds there now: {others}"


def _accepted(finding: Finding, waiver: Waiver) -> Accepted:
    return Accepted(
        finding=finding,
        by="waiver",
        reason=waiver.reason,
        owner=waiver.owner,
        expires=waiver.expires.isoformat(),
    )
