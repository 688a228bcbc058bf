"""Show a run file to a person: what was checked, by which rules, and what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.audit.canonical import NotCanonicalError, decoded
from enforcer.audit.lines import read_lines
from enforcer.audit.records import (
    ControlRecord,
    DecisionRecord,
    InputRecord,
    RunRecord,
    SealRecord,
    Verdict,
)
from enforcer.audit.verify import Verified, verify_run
from enforcer.words import PolicyError
from lineage import Origin
from lineage.projects import Outcome
from lineage.readers.files import open_regular

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from enforcer.audit.records import AnyRecord, Location

BAD_NEWS: Final = (Verdict.DENY, Verdict.WAIVED, Verdict.UNDECIDED)


def show_run(path: Path, verdict: str | None = None, most: int = 1000) -> str:
    """The run as text: whether it verifies, the run, inputs not analysed, decisions, the seal.

    Decisions are those of one verdict, or all but `allow` and `not_applicable`. Shows at
    most `most` lines and counts the rest, so a file of any size can be shown. Never raises
    for what the file holds, only PolicyError for a verdict that does not exist.
    """
    verdicts = _chosen(path, verdict)
    verification = verify_run(path)
    shown = [str(verification)]
    if verification.result is not Verified.VERIFIED:
        shown.append("What follows proves nothing.")
    left_out = 0
    for record in _records(path):
        text = _text(record, verdicts)
        if not text:
            continue
        if len(shown) < most or isinstance(record, (RunRecord, SealRecord)):
            shown.append(text)
        else:
            left_out += 1
    if left_out:
        shown.append(f"… and {left_out} more")
    return "\n".join(shown) + "\n"


def _chosen(path: Path, verdict: str | None) -> Collection[Verdict]:
    if verdict is None:
        return BAD_NEWS
    if verdict not in list(Verdict):
        message = f"there is no verdict {verdict!r}"
        raise PolicyError(Origin(str(path), 1, 1), message, f"use one of {', '.join(Verdict)}")
    return (Verdict(verdict),)


def _records(path: Path) -> Iterator[AnyRecord]:
    """What can be read; `verify_run` has said what cannot."""
    try:
        with open_regular(path) as stream:
            for line in read_lines(stream):
                try:
                    yield decoded(line.rstrip(b"\n"))
                except NotCanonicalError:
                    continue
    except OSError:
        return


def _text(record: AnyRecord, verdicts: Collection[Verdict]) -> str:
    if isinstance(record, RunRecord):
        return _run(record)
    if isinstance(record, InputRecord):
        return _input(record)
    if isinstance(record, DecisionRecord):
        return _decision(record) if record.verdict in verdicts else ""
    if isinstance(record, ControlRecord):
        return _control(record)
    return _seal(record)


def _run(record: RunRecord) -> str:
    tool = f"{record.tool.name} {record.tool.version}" if record.tool else "an unnamed tool"
    facts = (
        ("repository", record.repo),
        ("base", record.base_commit),
        ("head", record.head_commit),
        ("policy", record.policy.commit if record.policy else ""),
        ("started, as claimed,", record.started_claimed),
    )
    return ", ".join([f"run by {tool}", *(f"{name} {value}" for name, value in facts if value)])


def _input(record: InputRecord) -> str:
    """Only what was not analysed: the rest is counted by the seal."""
    if record.outcome is Outcome.ANALYSED:
        return ""
    reason = f" ({record.reason})" if record.reason else ""
    return f"input {record.path}: {record.outcome.value}{reason}"


def _decision(record: DecisionRecord) -> str:
    parts = [record.verdict.value, record.rule_id]
    if record.subject:
        subject = record.subject
        parts.append(".".join(part for part in (subject.relation, subject.column) if part))
        parts += ["->", subject.sink] if subject.sink else []
    if record.gap:
        parts += [record.gap.reason, *record.gap.relations[:3]]
    if record.judged:
        parts.append(f"judged {record.judged}")
    if record.accepted:
        until = f" until {record.accepted.expires}" if record.accepted.expires else ""
        parts.append(f"[{record.accepted.by}{until}]")
    if record.fingerprint:
        parts.append(record.fingerprint)
    return " ".join([*parts, _at(record.origin)]).rstrip()


def _at(origin: Location | None) -> str:
    return f"at {origin.file}:{origin.line}:{origin.column}" if origin else ""


def _control(record: ControlRecord) -> str:
    """Only a control that failed."""
    if record.expected is record.observed:
        return ""
    return (
        f"control {record.rule_id}: expected {record.expected.value}, "
        f"observed {record.observed.value}"
    )


def _seal(record: SealRecord) -> str:
    counts = ", ".join(
        f"{getattr(record.by_verdict, verdict.value)} {verdict.value}" for verdict in Verdict
    )
    return (
        f"sealed: {record.verdict} (exit code {record.exit_code.value}); {counts}; "
        f"{record.inputs_recorded} of {record.inputs_expected} inputs"
    )
