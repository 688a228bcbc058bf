"""Two judgements of one project become one report: what either denies is denied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.accepting import order
from enforcer.words import ExitCode, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enforcer.run import Run
    from enforcer.words import Message, Proposed, Report, RuleOutcome

# The worst first. A run that has not finished says so, whatever it found besides.
_WORST: Final = (
    ExitCode.USAGE,
    ExitCode.UNFINISHED,
    ExitCode.FINDINGS,
    ExitCode.NOTHING_ANALYSED,
    ExitCode.CLEAN,
)


def merged(ruled: Run, own: Run | None, proposed: Proposed, notes: tuple[Message, ...]) -> Run:
    """The run as `ruled` by the base commit, with what the pull request's `own` rules add."""
    base = ruled.report
    if own is None:
        report = msgspec.structs.replace(base, proposed=proposed, notes=(*base.notes, *notes))
        return msgspec.structs.replace(ruled, report=report)
    head = own.report
    left = _stricter((*base.findings, *head.findings))
    was, now = _fingerprints(base.findings), _fingerprints(head.findings)
    report = msgspec.structs.replace(
        base,
        findings=left,
        accepted=tuple(a for a in base.accepted if a.finding.fingerprint not in now),
        gaps=tuple(sorted({*base.gaps, *head.gaps})),
        rules=_rules(base, head),
        notes=tuple(dict.fromkeys((*base.notes, *notes, *head.notes))),
        exit_code=min(base.exit_code, head.exit_code, key=_WORST.index),
        proposed=msgspec.structs.replace(
            proposed, cleared=tuple(sorted(was - now)), added=tuple(sorted(now - was))
        ),
    )
    known = {rule.rule.id for rule in ruled.rules}
    rules = (*ruled.rules, *(rule for rule in own.rules if rule.rule.id not in known))
    return msgspec.structs.replace(ruled, report=report, rules=rules)


def _stricter(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by the judgement that weighs it more."""
    found: dict[str, Finding] = {}
    for finding in findings:
        other = found.get(finding.fingerprint)
        if other is None or _weight(finding) < _weight(other):
            found[finding.fingerprint] = finding
    return tuple(sorted(found.values(), key=order))


def _weight(finding: Finding) -> tuple[bool, int]:
    return finding.rule.shadow, list(Severity).index(finding.rule.severity)


def _rules(base: Report, head: Report) -> tuple[RuleOutcome, ...]:
    known = {outcome.rule.id for outcome in base.rules}
    return (*base.rules, *(o for o in head.rules if o.rule.id not in known))


def _fingerprints(findings: Iterable[Finding]) -> set[str]:
    return {finding.fingerprint for finding in findings}
