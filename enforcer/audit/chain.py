"""The rules that hold from line to line of a run file, and at its end."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Final

import msgspec

from enforcer.audit.canonical import NotCanonicalError, bare, decoded, version
from enforcer.audit.merkle import MerkleTree, leaf_hash
from enforcer.audit.records import (
    FORMAT,
    MAX_LINE,
    AnyRecord,
    DecisionRecord,
    RunRecord,
    SealRecord,
    TypeCounts,
    Verdict,
)
from enforcer.audit.sealing import RUN_ID_DIGITS, link_to, root_text, verdict_counts

_UNLINKED: Final = "was altered: the next line names it by another hash"
_MISNAMING: Final = "was altered: it does not name the line before by its hash"
_UNSEALED: Final = "the run was killed before its end, or the end was cut off; run the check again"


class Fault(msgspec.Struct, frozen=True):
    """What is wrong. `tampered` is false where it cannot be told; `line` 0 names no line."""

    message: str
    line: int = 0
    tampered: bool = True


class Chain:
    """What has been read so far, in the space of a few hashes and counts."""

    def __init__(self) -> None:
        self.run_id = ""
        self.seal: SealRecord | None = None
        self._tree = MerkleTree()
        self._link = ""
        self._said = hashlib.sha256()
        self._types: Counter[str] = Counter()
        self._verdicts: Counter[Verdict] = Counter()

    def take(self, line: bytes) -> Fault | None:
        """Append a line with its line feed, or say what is wrong with it."""
        number = self._tree.size + 1
        if self.seal is not None:
            return Fault("stands after the seal", number + 1)
        unread = _unreadable(line, number)
        if unread is not None:
            return unread
        try:
            record = decoded(line[:-1])
        except NotCanonicalError as error:
            return Fault(str(error), number)
        fault = self._out_of_place(record)
        if fault is None:
            self._append(record, line[:-1])
        return fault

    def blame(self, fault: Fault, line: bytes, following: bytes) -> Fault:
        """Where a line does not name the one before it: which of the two was altered.

        The line itself is as it was written if the line after it, or the seal, says so.
        """
        if fault.message != _UNLINKED:
            return fault
        record = decoded(line[:-1])
        if isinstance(record, SealRecord):
            intact = record.root != root_text(self._tree)
        else:
            intact = _names(following, line)
        return (
            fault
            if intact
            else Fault("was altered: it names the line before wrongly", record.n + 1)
        )

    def end(self) -> Fault | None:
        """What is wrong with the file as a whole, once all lines have been taken."""
        seal = self.seal
        if seal is None:
            return Fault(f"has no seal: {_UNSEALED}", tampered=False)
        line = self._tree.size + 1
        if seal.root != root_text(self._tree):
            return Fault("the seal's root is not that of the lines before it", line)
        if not self._counts_agree(seal):
            return Fault("the seal's counts are not those of the lines before it", line)
        if self._said.hexdigest()[:RUN_ID_DIGITS] != self.run_id:
            return Fault(f"does not hold what run id {self.run_id} stands for: it was rewritten")
        if seal.inputs_expected != seal.inputs_recorded:
            share = f"{seal.inputs_recorded} of {seal.inputs_expected}"
            return Fault(f"records {share} inputs: it is incomplete", tampered=False)
        return None

    def _out_of_place(self, record: AnyRecord) -> Fault | None:
        size = self._tree.size
        number = size + 1
        if record.n != size:
            message = f"is record {record.n}, not {size}: lines were left out, added or moved"
            return Fault(message, number)
        if record.prev != self._link:
            return Fault(_UNLINKED, size)
        if record.v != FORMAT or isinstance(record, RunRecord) != (size == 0):
            return Fault("is of a kind that cannot stand here", number)
        if record.run_id != self.run_id and size:
            return Fault("belongs to another run", number)
        return None

    def _append(self, record: AnyRecord, line: bytes) -> None:
        self._said.update(bare(record) + b"\n")
        if isinstance(record, SealRecord):
            self.seal = record
            return
        self.run_id = record.run_id
        leaf = leaf_hash(line)
        self._tree.add(leaf)
        self._link = link_to(leaf)
        self._types[str(record.__struct_config__.tag)] += 1
        if isinstance(record, DecisionRecord):
            self._verdicts[record.verdict] += 1

    def _counts_agree(self, seal: SealRecord) -> bool:
        types = TypeCounts(
            **{name: self._types[name] for name in TypeCounts.__struct_fields__},
        )
        return (
            seal.records == self._tree.size
            and seal.by_type == types
            and seal.by_verdict == verdict_counts(self._verdicts)
            and seal.inputs_recorded == types.input
            and seal.verdict == seal.exit_code.name.lower()
        )


def _unreadable(line: bytes, number: int) -> Fault | None:
    if len(line.rstrip(b"\n")) > MAX_LINE:
        return Fault(f"is longer than {MAX_LINE} bytes", number)
    if not line.endswith(b"\n"):
        return Fault(f"is torn: {_UNSEALED}", number, tampered=False)
    claimed = version(line) if number == 1 else FORMAT
    if claimed not in (None, FORMAT):
        message = f"is of format {claimed}, this version reads {FORMAT}; use a newer fieldgate"
        return Fault(message, number, tampered=False)
    return None


def _names(following: bytes, line: bytes) -> bool:
    try:
        return decoded(following.rstrip(b"\n")).prev == link_to(leaf_hash(line[:-1]))
    except NotCanonicalError:
        return False
