"""The lines of a run file, as values: docs/evidence.md explains each field.

A field that has its default is not written, so what is unknown is absent and never made
up. No field holds SQL text, a literal, a message or a person's name.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct

from enforcer.words import ExitCode
from lineage.projects import Outcome

FORMAT: Final = 1
MAX_LINE: Final = 32 * 1024  # bytes, without the line feed

# What every reader of JSON holds exactly (RFC 8785 refuses larger integers).
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Verdict(StrEnum):
    """What was decided.

    A rule that judged nothing is `not_applicable`, which is counted and is no `allow`.
    """

    DENY = "deny"
    WAIVED = "waived"
    UNDECIDED = "undecided"
    ALLOW = "allow"
    NOT_APPLICABLE = "not_applicable"


class Note(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of everything that is written."""


class Record(Note, tag_field="type", frozen=True, kw_only=True):
    """What every line has; the sealing fills it in.

    `v` is the format, `n` the line's number from 0, `prev` the first 16 hexadecimal digits
    of the leaf hash of the line before.
    """

    v: Count = 0
    n: Count = -1
    run_id: str = ""
    prev: str = ""


class Part(Note, frozen=True, kw_only=True):
    """A library that had a part in deciding, in the version that is installed."""

    name: str
    version: str


class Tool(Note, frozen=True, kw_only=True):
    """The program that decided, and the libraries that it is built on.

    `build`, `python` and the digests are for jobs that want them: with these, runs on another
    machine no longer give equal bytes.
    """

    name: str = "fieldgate"
    version: str
    parts: tuple[Part, ...] = ()
    build: str = ""
    python: str = ""
    wheel_sha256: str = ""
    deps_lock_sha256: str = ""


class Pipeline(Note, frozen=True, kw_only=True):
    """The job that ran it, as the job says."""

    provider: str = ""
    run_url: str = ""
    job: str = ""
    attempt: str = ""


class PolicySource(Note, frozen=True, kw_only=True):
    """Where the rules came from (the base commit, never the head) and what they hash to."""

    commit: str = ""
    digest: str = ""


class Limit(Note, frozen=True, kw_only=True):
    """A limit that was in force, by name."""

    name: str
    value: Count


class RunRecord(Record, tag="run", frozen=True, kw_only=True):
    """The first line: who checked what. The caller fills in what it knows.

    `trust` is `fork`, `branch`, `merge_queue` or `main`. `started_claimed` is a time as
    this machine's clock had it; with it, equal inputs no longer give equal bytes.
    """

    tool: Tool | None = None
    repo: str = ""
    base_commit: str = ""
    head_commit: str = ""
    head_tree: str = ""
    merge_tree: str = ""
    trust: str = ""
    ci: Pipeline | None = None
    policy: PolicySource | None = None
    limits: tuple[Limit, ...] = ()
    started_claimed: str = ""


class InputRecord(Record, tag="input", frozen=True, kw_only=True):
    """A file that was read, and what became of it; `bytes` is its size."""

    path: str
    kind: str
    sha256: str
    bytes: Count
    outcome: Outcome
    reason: str = ""


class Subject(Note, frozen=True, kw_only=True):
    """What a rule was broken by: a column (or a relation) and the sink it must not reach."""

    relation: str
    column: str = ""
    category: str = ""
    sink: str = ""


class Location(Note, frozen=True, kw_only=True):
    """Where something is written: an origin of lineage."""

    file: str
    line: Count = 0
    column: Count = 0


class Step(Note, frozen=True, kw_only=True):
    """One step of a path: the column that was reached, how, and protected by what."""

    relation: str
    column: str = ""
    how: str = ""
    functions: tuple[str, ...] = ()
    protections: tuple[str, ...] = ()
    origin: Location | None = None


class Flow(Note, frozen=True, kw_only=True):
    """The witness of a decision.

    `steps` counts all of them; of a path too long for one line the middle is left out.
    """

    kind: str = ""
    steps: Count = 0
    path: tuple[Step, ...] = ()


class Acceptance(Note, frozen=True, kw_only=True):
    """Why a finding does not fail the build: `by` waiver or baseline, and until when.

    Reason, owner and approver stand in the ledger, which is among the inputs: a log that
    cannot be edited is no place for names.
    """

    by: str
    expires: str = ""


class NotAnalysed(Note, frozen=True, kw_only=True):
    """A gap: why, and which of the `total` relations that it touches fit the line."""

    reason: str
    total: Count = 0
    relations: tuple[str, ...] = ()


class DecisionRecord(Record, tag="decision", frozen=True, kw_only=True):
    """One verdict: on a finding, on a gap, or on all subjects that a rule found in order."""

    verdict: Verdict
    rule_id: str
    rule_digest: str = ""
    severity: str = ""
    judged: Count = 0
    fingerprint: str = ""
    subject: Subject | None = None
    flow: Flow | None = None
    origin: Location | None = None
    accepted: Acceptance | None = None
    gap: NotAnalysed | None = None


class ControlRecord(Record, tag="control", frozen=True, kw_only=True):
    """A known-bad sample that a rule was tried on, what it had to say, and what it said."""

    rule_id: str
    expected: Verdict
    observed: Verdict


class TypeCounts(Note, frozen=True, kw_only=True):
    """How many lines of each type stand before the seal."""

    run: Count
    input: Count
    decision: Count
    control: Count


class VerdictCounts(Note, frozen=True, kw_only=True):
    """How many decisions there are of each verdict."""

    deny: Count
    waived: Count
    undecided: Count
    allow: Count
    not_applicable: Count


class Analysed(Note, frozen=True, kw_only=True):
    """How much was analysed, as on the first line of the report."""

    statements: Count
    analysed: Count
    relations: Count
    columns: Count


class SealRecord(Record, tag="seal", frozen=True, kw_only=True):
    """The last line: what the file must hold, and the Merkle root over all lines before."""

    records: Count
    by_type: TypeCounts
    by_verdict: VerdictCounts
    inputs_expected: Count
    inputs_recorded: Count
    coverage: Analysed | None = None
    exit_code: ExitCode
    verdict: str
    root: str = ""
    ended_claimed: str = ""


AnyRecord: TypeAlias = RunRecord | InputRecord | DecisionRecord | ControlRecord | SealRecord


class Evidence(Struct, frozen=True, kw_only=True):
    """Everything that goes into one run file, in the order in which it is written."""

    run: RunRecord
    inputs: tuple[InputRecord, ...] = ()
    decisions: tuple[DecisionRecord, ...] = ()
    controls: tuple[ControlRecord, ...] = ()
    exit_code: ExitCode
    inputs_expected: int
    coverage: Analysed | None = None
    ended_claimed: str = ""
