"""From a report to evidence: what is kept of each input, finding, gap and rule."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import msgspec

from enforcer.audit.records import (
    Acceptance,
    Analysed,
    ControlRecord,
    DecisionRecord,
    Evidence,
    Flow,
    InputRecord,
    Location,
    NotAnalysed,
    RunRecord,
    Step,
    Subject,
    Tool,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enforcer.words import Accepted, Coverage, Finding, Hop, Report, RuleOutcome
    from lineage import Gap, Origin
    from lineage.projects import Input


def build_records(
    report: Report,
    inputs: Iterable[Input],
    header: RunRecord,
    controls: Iterable[ControlRecord] = (),
    rule_digests: Mapping[str, str] | None = None,
) -> Evidence:
    """The evidence of a run.

    A finding is a `deny`, an accepted one is `waived`, each gap is `undecided`, and a rule
    without a finding is one `allow` (`not_applicable` where it judged nothing).
    `rule_digests` gives the SHA-256 of a rule's file by the rule's id.
    """
    digests = rule_digests or {}
    recorded = tuple(_input(item) for item in sorted(inputs))
    decisions = [
        *(_denied(finding) for finding in sorted(report.findings, key=_order)),
        *(_waived(item) for item in sorted(report.accepted, key=lambda a: _order(a.finding))),
        *(_undecided(gap) for gap in sorted(report.gaps)),
        *(_summary(rule) for rule in _without_finding(report)),
    ]
    return Evidence(
        run=header if header.tool else msgspec.structs.replace(header, tool=_tool(report)),
        inputs=recorded,
        decisions=tuple(_with_digest(decision, digests) for decision in decisions),
        controls=tuple(sorted(controls, key=lambda c: (c.rule_id, c.expected, c.observed))),
        exit_code=report.exit_code,
        inputs_expected=len(recorded),
        coverage=_analysed(report.coverage),
    )


def _tool(report: Report) -> Tool:
    return Tool(version=report.tool.removeprefix("fieldgate").strip())


def _analysed(coverage: Coverage) -> Analysed:
    return Analysed(
        statements=coverage.statements,
        analysed=coverage.analysed,
        relations=coverage.relations,
        columns=coverage.columns,
    )


def _input(item: Input) -> InputRecord:
    return InputRecord(
        path=_path(item.path),
        kind=item.kind,
        sha256=item.sha256,
        bytes=item.size,
        outcome=item.outcome,
        reason=item.reason,
    )


def _denied(finding: Finding) -> DecisionRecord:
    """Everything but the message, which may quote what stands in the checked project."""
    return DecisionRecord(
        verdict=Verdict.DENY,
        rule_id=finding.rule.id,
        severity=finding.rule.severity,
        fingerprint=finding.fingerprint,
        subject=Subject(
            relation=finding.field.relation,
            column=finding.field.column,
            category=finding.category,
            sink=finding.sink,
        ),
        flow=_flow(finding),
        origin=_location(finding.origin),
    )


def _waived(item: Accepted) -> DecisionRecord:
    return msgspec.structs.replace(
        _denied(item.finding),
        verdict=Verdict.WAIVED,
        accepted=Acceptance(by=item.by, expires=item.expires),
    )


def _undecided(gap: Gap) -> DecisionRecord:
    relations = tuple(sorted(gap.relations))
    return DecisionRecord(
        verdict=Verdict.UNDECIDED,
        rule_id="not-analysed",
        gap=NotAnalysed(reason=gap.reason.value, total=len(relations), relations=relations),
        origin=_location(gap.origin),
    )


def _summary(rule: RuleOutcome) -> DecisionRecord:
    return DecisionRecord(
        verdict=Verdict.ALLOW if rule.judged else Verdict.NOT_APPLICABLE,
        rule_id=rule.rule.id,
        severity=rule.rule.severity,
        judged=rule.judged,
    )


def _without_finding(report: Report) -> list[RuleOutcome]:
    found = {finding.rule.id for finding in report.findings}
    found |= {item.finding.rule.id for item in report.accepted}
    quiet = [rule for rule in report.rules if rule.rule.id not in found]
    return sorted(quiet, key=lambda outcome: outcome.rule.id)


def _flow(finding: Finding) -> Flow | None:
    if not finding.flow and not finding.path:
        return None
    path = tuple(_step(hop) for hop in finding.path)
    return Flow(kind=finding.flow, steps=len(path), path=path)


def _step(hop: Hop) -> Step:
    return Step(
        relation=hop.column.relation,
        column=hop.column.column,
        how=hop.how.value if hop.how else "",
        functions=hop.functions,
        protections=tuple(protection.value for protection in hop.protections),
        origin=_location(hop.origin),
    )


def _location(origin: Origin) -> Location | None:
    if not origin.file:
        return None
    return Location(file=_path(origin.file), line=origin.line, column=origin.column)


def _path(path: str) -> str:
    """One spelling for a name that file systems write in several."""
    return unicodedata.normalize("NFC", path)


def _order(finding: Finding) -> tuple[object, ...]:
    return (finding.rule.id, finding.field, finding.sink, finding.flow, finding.origin)


def _with_digest(decision: DecisionRecord, digests: Mapping[str, str]) -> DecisionRecord:
    digest = digests.get(decision.rule_id, "")
    return msgspec.structs.replace(decision, rule_digest=digest) if digest else decision
