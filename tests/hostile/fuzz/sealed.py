"""What is sealed verifies, and nothing else does: evidence of any kind, and each byte of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from enforcer.audit import Evidence, RunRecord, Verdict, Verified, verify_run, write_run
from enforcer.audit.merkle import MerkleTree, leaf_hash, node_hash
from enforcer.audit.records import (
    ControlRecord,
    DecisionRecord,
    Flow,
    InputRecord,
    Location,
    NotAnalysed,
    Step,
    Subject,
    Tool,
)
from enforcer.audit.sealing import sealed_lines
from enforcer.words import ExitCode
from lineage.projects import Outcome

from .findings import Broken
from .mutation import NASTY, mutate_text
from .target import Target, scratch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FLIPPED = 12  # bytes of each file, one after the other


def seeds() -> Iterator[bytes]:
    """Anything: its bytes are where the evidence is drawn from."""
    for number in range(8):
        yield b"crm.people email \xf0\x9f\x98\x80 mart/people.sql " * number + bytes(range(200))


def evidence_from(data: bytes) -> Evidence:
    """Evidence that is drawn from bytes; every text in it may be anything."""
    dice = Random(data)  # noqa: S311 - no secret depends on it
    shown = data.decode("utf-8", "surrogateescape")

    def text() -> str:
        start = dice.randint(0, len(shown))
        return shown[start : start + dice.choice((0, 3, 9, 500))] + dice.choice(("", *NASTY))

    at = Location(file=text(), line=dice.randrange(1 << 50), column=dice.randrange(99))
    steps = tuple(
        Step(relation=text(), column=text(), how=text(), functions=(text(),), origin=at)
        for _ in range(dice.choice((0, 1, 5, 300)))
    )
    decisions = tuple(
        DecisionRecord(
            verdict=dice.choice(list(Verdict)),
            rule_id=text(),
            fingerprint=text(),
            subject=dice.choice((None, Subject(relation=text(), column=text()))),
            flow=dice.choice((None, Flow(kind=text(), steps=len(steps), path=steps))),
            gap=dice.choice((None, NotAnalysed(reason=text(), relations=(text(),) * 40))),
            origin=at,
        )
        for _ in range(dice.randrange(6))
    )
    inputs = tuple(
        InputRecord(
            path=text(), kind=text(), sha256=text(), bytes=0, outcome=dice.choice(list(Outcome))
        )
        for _ in range(dice.randrange(6))
    )
    return Evidence(
        run=RunRecord(tool=Tool(version=text()), repo=text(), trust=text()),
        inputs=inputs,
        decisions=decisions,
        controls=(ControlRecord(rule_id=text(), expected=Verdict.DENY, observed=Verdict.ALLOW),),
        exit_code=dice.choice(list(ExitCode)),
        inputs_expected=len(inputs),
    )


def sealed(evidence: Evidence) -> tuple[str, bytes]:
    """The run id and the bytes of a run file."""
    run_id, lines = sealed_lines(evidence)
    return run_id, b"".join(lines)


@cache
def _folder() -> Path:
    return Path(scratch().name).resolve()


def hold(data: bytes) -> None:
    """Seal, verify, change single bytes, and compute the root as the standard words it."""
    evidence = evidence_from(data)
    file = write_run(_folder(), evidence)
    try:
        found = verify_run(file, expected_run_id=file.stem)
        if found.result is not Verified.VERIFIED:
            raise Broken(f"what was sealed does not verify: {found.message}")
        whole = file.read_bytes()
        if sealed(evidence) != (file.stem, whole):
            raise Broken("the same evidence gives other bytes")
        dice = Random(data)  # noqa: S311 - no secret depends on it
        for _ in range(_FLIPPED):
            position = dice.randrange(len(whole))
            other = bytes([whole[position] ^ (1 << dice.randrange(8))])
            file.write_bytes(whole[:position] + other + whole[position + 1 :])
            if verify_run(file).result is Verified.VERIFIED:
                raise Broken(f"a byte was changed, and nobody noticed: {position}")
    finally:
        file.unlink()
    entries = [data[n : n + 3] for n in range(0, min(len(data), 600), 3)]
    if _streamed(entries) != _root(entries):
        raise Broken("the root is not that of RFC 6962")


def _streamed(entries: list[bytes]) -> bytes:
    """The root of a tree that grows leaf by leaf."""
    tree = MerkleTree()
    for entry in entries:
        tree.add(leaf_hash(entry))
    return tree.root()


def _root(entries: Sequence[bytes]) -> bytes:
    """Section 2.1 of RFC 6962, word for word."""
    if len(entries) <= 1:
        return leaf_hash(entries[0]) if entries else MerkleTree().root()
    half = 1 << ((len(entries) - 1).bit_length() - 1)
    return node_hash(_root(entries[:half]), _root(entries[half:]))


TARGET: Final = Target(seeds, hold, mutate_text)
