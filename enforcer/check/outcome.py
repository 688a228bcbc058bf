"""What checking one rule comes to."""

from __future__ import annotations

import msgspec

from enforcer.words import Finding


class Outcome(msgspec.Struct, frozen=True):
    """How many subjects a rule judged, and its findings in the order of field, sink and flow.

    A rule that judged nothing is not applicable here, which is not the same as passed.
    """

    judged: int
    findings: tuple[Finding, ...] = ()


def outcome(judged: int, findings: list[Finding]) -> Outcome:
    """An outcome with its findings sorted, one for each fingerprint."""
    unique: dict[str, Finding] = {}
    for finding in sorted(findings, key=_order):
        unique.setdefault(finding.fingerprint, finding)
    return Outcome(judged, tuple(unique.values()))


def _order(finding: Finding) -> tuple[object, ...]:
    return (finding.field, finding.sink, finding.flow, finding.origin, repr(finding.message))
