"""One small run, as a report and as a sealed file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.audit import (
    ControlRecord,
    Evidence,
    PolicySource,
    RunRecord,
    Verdict,
    build_records,
    write_run,
)
from enforcer.words import (
    Accepted,
    Coverage,
    ExitCode,
    Finding,
    Hop,
    Phase,
    Protection,
    Report,
    RuleCard,
    RuleOutcome,
    Severity,
    verbatim,
)
from lineage import Column, Gap, GapReason, Origin, TransformSubtype
from lineage.projects import Input, Outcome

if TYPE_CHECKING:
    from pathlib import Path


def _card(rule_id: str) -> RuleCard:
    return RuleCard(
        id=rule_id, title="a rule", pack="gdpr", phase=Phase.USE, severity=Severity.ERROR
    )


def _finding(rule_id: str, column: str) -> Finding:
    source, sink = Column("crm.customers", column), Column("mart.mailing", "address")
    origin = Origin("models/mailing.sql", 3, 8)
    return Finding(
        rule=_card(rule_id),
        field=source,
        category="user.contact.email",
        sink="mart.mailing",
        flow="direct",
        message=verbatim("crm.customers.email reaches mart.mailing: 'canary-literal'"),
        origin=origin,
        path=(
            Hop(source, Origin("models/_sources.yml", 4, 1)),
            Hop(sink, origin, TransformSubtype.TRANSFORMATION, ("lower",), (Protection.CLEAR,)),
        ),
    )


@pytest.fixture
def report() -> Report:
    return Report(
        tool="fieldgate 0.1.0",
        coverage=Coverage(statements=4, analysed=3, relations=5, columns=20),
        findings=(_finding("contact-outside-crm", "email"), _finding("contact-in-clear", "phone")),
        accepted=(
            Accepted(
                finding=_finding("contact-outside-crm", "fax"),
                by="waiver",
                reason="canary-reason",
                owner="canary-owner",
                expires="2027-01-31",
            ),
        ),
        gaps=(
            Gap(
                GapReason.PARSE_ERROR,
                "near select 'canary-literal' from",
                ("mart.b", "mart.a"),
                Origin("models/broken.sql", 1, 1),
            ),
        ),
        rules=(
            RuleOutcome(rule=_card("contact-outside-crm"), judged=9, findings=2),
            RuleOutcome(rule=_card("contact-in-clear"), judged=9, findings=1),
            RuleOutcome(rule=_card("residency"), judged=7, findings=0),
            RuleOutcome(rule=_card("erasable"), judged=0, findings=0),
        ),
        notes=(),
        exit_code=ExitCode.FINDINGS,
    )


@pytest.fixture
def inputs() -> tuple[Input, ...]:
    return (
        Input(path="models/mailing.sql", kind="sql", sha256="ab" * 32, size=120),
        Input(
            path="models/broken.sql",
            kind="sql",
            sha256="cd" * 32,
            size=9,
            outcome=Outcome.REFUSED,
            reason="not UTF-8",
        ),
    )


@pytest.fixture
def evidence(report: Report, inputs: tuple[Input, ...]) -> Evidence:
    header = RunRecord(
        repo="acme/warehouse",
        base_commit="1" * 40,
        head_commit="2" * 40,
        trust="fork",
        policy=PolicySource(commit="1" * 40, digest="ef" * 32),
    )
    control = ControlRecord(rule_id="residency", expected=Verdict.DENY, observed=Verdict.DENY)
    return build_records(report, inputs, header, (control,), {"residency": "99" * 32})


@pytest.fixture
def run_file(evidence: Evidence, tmp_path: Path) -> Path:
    return write_run(tmp_path / "evidence", evidence)
