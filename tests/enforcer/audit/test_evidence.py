"""What a run leaves behind of a report, and what it does not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforcer.audit import Evidence, RunRecord, Verdict, build_records
from enforcer.audit.canonical import decoded
from enforcer.audit.records import MAX_LINE, DecisionRecord, InputRecord, SealRecord
from enforcer.audit.sealing import sealed_lines
from enforcer.words import Finding, Hop, Report, verbatim
from lineage import Column, Gap, GapReason, Origin
from lineage.projects import Input

if TYPE_CHECKING:
    from enforcer.audit.records import AnyRecord


def records_of(evidence: Evidence) -> list[AnyRecord]:
    return [decoded(line[:-1]) for line in sealed_lines(evidence)[1]]


def test_each_verdict_is_counted_once(evidence: Evidence) -> None:
    """A finding is denied, an accepted one waived, a gap undecided, a quiet rule allowed."""
    counts = Counter(decision.verdict for decision in evidence.decisions)
    assert counts == {
        Verdict.DENY: 2,
        Verdict.WAIVED: 1,
        Verdict.UNDECIDED: 1,
        Verdict.ALLOW: 1,
        Verdict.NOT_APPLICABLE: 1,
    }


def test_a_rule_that_judged_nothing_allows_nothing(evidence: Evidence) -> None:
    """A rule that judged no subject is not applicable, which is no allow."""
    verdicts = {d.rule_id: d.verdict for d in evidence.decisions if not d.fingerprint}
    assert verdicts["erasable"] is Verdict.NOT_APPLICABLE
    assert verdicts["residency"] is Verdict.ALLOW


def test_the_decision_is_found_by_its_fingerprint(evidence: Evidence, report: Report) -> None:
    """Report and evidence name a finding by the same fingerprint."""
    denied = {d.fingerprint for d in evidence.decisions if d.verdict is Verdict.DENY}
    assert denied == {finding.fingerprint for finding in report.findings}


def test_equal_runs_give_equal_bytes(
    report: Report, inputs: tuple[Input, ...], evidence: Evidence
) -> None:
    """The order in which a report lists things does not reach the file."""
    shuffled = msgspec.structs.replace(
        report,
        findings=report.findings[::-1],
        rules=report.rules[::-1],
    )
    again = build_records(
        shuffled, inputs[::-1], evidence.run, evidence.controls, {"residency": "99" * 32}
    )
    assert list(sealed_lines(again)[1]) == list(sealed_lines(evidence)[1])


@pytest.mark.threat(74)
def test_no_message_reason_or_person_is_kept(evidence: Evidence) -> None:
    """Messages may quote what stands in the project, so none is in the file; nor is a name."""
    assert b"canary" not in b"".join(sealed_lines(evidence)[1])


@pytest.mark.threat(72)
def test_no_clock_unless_asked(evidence: Evidence) -> None:
    """A time stands in the file only when the caller gave one, and changes the run id."""
    run = msgspec.structs.replace(evidence.run, started_claimed="2026-01-01T00:00:00Z")
    timed, lines = sealed_lines(msgspec.structs.replace(evidence, run=run))
    plain, plain_lines = sealed_lines(evidence)
    assert timed != plain
    assert b'"started_claimed":"2026-01-01T00:00:00Z"' in next(lines)
    assert b"claimed" not in b"".join(plain_lines)


def test_the_seal_counts_what_stands_before_it(evidence: Evidence) -> None:
    """The seal says how many lines, inputs and verdicts the file must hold."""
    seal = records_of(evidence)[-1]
    assert isinstance(seal, SealRecord)
    assert (seal.records, seal.by_type.input, seal.by_verdict.deny) == (10, 2, 2)
    assert (seal.verdict, seal.exit_code.value, seal.inputs_expected) == ("findings", 1, 2)


def test_a_path_too_long_for_a_line_keeps_both_ends(report: Report) -> None:
    """Of a witness of ten thousand steps the first and the last remain, and all are counted."""
    hops = tuple(
        Hop(Column(f"schema.relation_{n}", "c" * 200), Origin("m.sql", n, 1)) for n in range(10_000)
    )
    finding = msgspec.structs.replace(report.findings[0], path=hops)
    record = _decisions(msgspec.structs.replace(report, findings=(finding,)))[0]
    assert record.flow is not None
    assert record.flow.steps == 10_000
    assert record.flow.path[0].relation == "schema.relation_0"
    assert record.flow.path[-1].relation == "schema.relation_9999"


def test_a_gap_over_many_relations_fits_a_line(report: Report) -> None:
    """A gap that touches a hundred thousand relations is one line and counts them all."""
    names = tuple(f"schema.relation_{n}" for n in range(100_000))
    gap = Gap(GapReason.DYNAMIC_SQL, "", names, Origin("a.sql", 1, 1))
    decisions = _decisions(msgspec.structs.replace(report, findings=(), accepted=(), gaps=(gap,)))
    assert decisions[0].gap is not None
    assert decisions[0].gap.total == 100_000


hostile = st.text(
    st.sampled_from('"\\u{}\n\r\x00\x1b\x7f\x9b\u202e\u2028\ud800é€😀:#%'), max_size=3000
)


@given(hostile, hostile, hostile)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_any_name_can_be_recorded(report: Report, relation: str, column: str, file: str) -> None:
    """Whatever a project calls its files and columns, each line is short, clean and readable."""
    field, origin = Column(relation, column), Origin(file, 1, 1)
    finding = (
        Finding(
            rule=report.findings[0].rule,
            field=field,
            category=relation,
            sink=column,
            flow="direct",
            message=verbatim(""),
            origin=origin,
            path=(Hop(field, origin, None, (relation,) * 50),) * 200,
        )
        if "\ud800" not in relation + column
        else report.findings[0]
    )
    item = Input(path=file, kind=relation, sha256="", size=0, reason=column)
    evidence = build_records(
        msgspec.structs.replace(report, findings=(finding,)), (item,), RunRecord(repo=relation)
    )
    lines = list(sealed_lines(evidence)[1])
    assert all(len(line) <= MAX_LINE + 1 for line in lines)
    assert isinstance(decoded(lines[1][:-1]), InputRecord)


def _decisions(report: Report) -> list[DecisionRecord]:
    records = records_of(build_records(report, (), RunRecord()))
    return [record for record in records if isinstance(record, DecisionRecord)]
