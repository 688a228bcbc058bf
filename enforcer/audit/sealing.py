"""Turn evidence into the sealed lines of a run file."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.audit.canonical import bare, decoded, encoded
from enforcer.audit.cleaning import cleaned
from enforcer.audit.merkle import MerkleTree, leaf_hash
from enforcer.audit.records import (
    FORMAT,
    MAX_LINE,
    AnyRecord,
    DecisionRecord,
    Evidence,
    SealRecord,
    TypeCounts,
    Verdict,
    VerdictCounts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RUN_ID_DIGITS: Final = 32
LINK_DIGITS: Final = 16
_ENVELOPE: Final = 256  # bytes that are kept free for the number, the run id and the link


def sealed_lines(evidence: Evidence) -> tuple[str, Iterator[bytes]]:
    """The run id and the lines, each with its line feed; the last is the seal.

    The run id is the digest of what the lines say, so equal evidence gives equal bytes,
    and who knows the id of a run knows whether a file is that run.
    """
    records: list[AnyRecord] = [_fitting(cleaned(record)) for record in _in_order(evidence)]
    records.append(cleaned(_seal(evidence)))
    numbered = [msgspec.structs.replace(r, v=FORMAT, n=n) for n, r in enumerate(records)]
    run_id = run_id_of(bare(record) for record in numbered)
    return run_id, _linked(numbered, run_id)


def run_id_of(bare_lines: Iterable[bytes]) -> str:
    """The first 32 hexadecimal digits of SHA-256 over the bare lines, each with a line feed."""
    digest = hashlib.sha256()
    for line in bare_lines:
        digest.update(line + b"\n")
    return digest.hexdigest()[:RUN_ID_DIGITS]


def link_to(leaf: bytes) -> str:
    """How a line names the one before it, by that line's leaf hash."""
    return leaf.hex()[:LINK_DIGITS]


def root_text(tree: MerkleTree) -> str:
    """The root as it stands in the seal."""
    return base64.b64encode(tree.root()).decode()


def verdict_counts(counts: Counter[Verdict]) -> VerdictCounts:
    """The counts of all verdicts, those of which there are none too."""
    return VerdictCounts(**{verdict.value: counts[verdict] for verdict in Verdict})


def _in_order(evidence: Evidence) -> Iterator[AnyRecord]:
    yield evidence.run
    yield from evidence.inputs
    yield from evidence.decisions
    yield from evidence.controls


def _seal(evidence: Evidence) -> SealRecord:
    types = TypeCounts(
        run=1,
        input=len(evidence.inputs),
        decision=len(evidence.decisions),
        control=len(evidence.controls),
    )
    return SealRecord(
        records=1 + types.input + types.decision + types.control,
        by_type=types,
        by_verdict=verdict_counts(Counter(d.verdict for d in evidence.decisions)),
        inputs_expected=evidence.inputs_expected,
        inputs_recorded=types.input,
        coverage=evidence.coverage,
        exit_code=evidence.exit_code,
        verdict=evidence.exit_code.name.lower(),
        ended_claimed=evidence.ended_claimed,
    )


def _linked(records: list[AnyRecord], run_id: str) -> Iterator[bytes]:
    """Each line is read back before it goes out: what cannot be verified is never written."""
    tree, link = MerkleTree(), ""
    for record in records:
        whole = msgspec.structs.replace(record, run_id=run_id, prev=link)
        if isinstance(whole, SealRecord):
            whole = msgspec.structs.replace(whole, root=root_text(tree))
        line = encoded(whole)
        if len(line) > MAX_LINE or decoded(line) != whole:
            raise AssertionError(f"record {whole.n} would not be read back as it was written")
        leaf = leaf_hash(line)
        tree.add(leaf)
        link = link_to(leaf)
        yield line + b"\n"


def _fitting(record: AnyRecord) -> AnyRecord:
    """The record with as much of its path and its list of relations as one line holds."""
    if not isinstance(record, DecisionRecord):
        return record
    for keep in (None, 64, 16, 4, 1):
        shorter = record if keep is None else _shortened(record, keep)
        if len(encoded(shorter)) <= MAX_LINE - _ENVELOPE:
            return shorter
    return _shortened(record, 0)


def _shortened(record: DecisionRecord, keep: int) -> DecisionRecord:
    flow, gap = record.flow, record.gap
    if flow is not None and len(flow.path) > 2 * keep:
        ends = flow.path[:keep] + flow.path[len(flow.path) - keep :]
        flow = msgspec.structs.replace(flow, path=ends)
    if gap is not None:
        gap = msgspec.structs.replace(gap, relations=gap.relations[: 2 * keep])
    return msgspec.structs.replace(record, flow=flow, gap=gap)
