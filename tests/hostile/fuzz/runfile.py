"""A run file from anyone: verified only if it is, byte for byte, what was sealed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.audit import Verified, show_run, verify_all, verify_run
from enforcer.audit.canonical import NotCanonicalError, decoded, encoded
from enforcer.audit.merkle import MerkleTree, leaf_hash
from enforcer.audit.records import SealRecord
from enforcer.audit.sealing import link_to, root_text

from .findings import Broken
from .mutation import mutate_json, mutate_text
from .sealed import evidence_from, sealed
from .target import Budget, Target, check_line, check_output, scratch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

_SECONDS = 5.0
_WORDS: Final = (
    *('"type":"run"', '"type":"seal"', '"type":"decision"', '"verdict":"allow"', '"n":1', "\n"),
    *('"v":1', '"v":2', '"prev":""', '"run_id":""', '"exit_code":0', '"records":0', "{", "}", ","),
)


def seeds() -> Iterator[bytes]:
    """Runs of several sizes, sealed as checks seal them."""
    for number in range(12):
        yield sealed(evidence_from(b"crm.people email" * number))[1]


def hold(data: bytes) -> None:
    """Verify and show it, under any name and under that of the run that it claims to be."""
    folder = _folder()
    file = folder / "fuzzed.jsonl"
    file.write_bytes(data)
    with Budget("verifying", _SECONDS):
        found = verify_run(file)
        check_line(str(found).partition("fuzzed.jsonl")[2])
        check_output(show_run(file).replace(str(folder), ""), "text")
        every = verify_all(file)
        check_output(every.text.replace(str(folder), ""), "text")
    if every.exit_code != found.result.value:
        raise Broken("a file alone and among others is verified otherwise")
    if found.result is Verified.VERIFIED and _sealed_anew(data) != data:
        raise Broken("a file is verified that no check would have written")


def _sealed_anew(data: bytes) -> bytes:
    """The lines that sealing would make of what they say."""
    tree, link, lines = MerkleTree(), "", []
    for line in data.splitlines(keepends=True):
        record = msgspec.structs.replace(decoded(line[:-1]), prev=link)
        if isinstance(record, SealRecord):
            record = msgspec.structs.replace(record, root=root_text(tree))
        written = encoded(record)
        tree.add(leaf_hash(written))
        link = link_to(leaf_hash(written))
        lines.append(written + b"\n")
    return b"".join(lines)


def mutate(data: bytes, others: Sequence[bytes], words: Sequence[str], dice: Random) -> bytes:
    """Change lines, or what one says; now and then link and seal the lines anew, as a forger."""
    lines = data.splitlines(keepends=True)
    what = dice.random()
    if not lines or what < 0.2:
        return mutate_text(data, others, words, dice)
    number = dice.randrange(len(lines))
    if what < 0.35:
        del lines[number]
    elif what < 0.45:
        lines.insert(dice.randrange(len(lines)), lines[number])
    elif what < 0.55:
        lines.insert(number, dice.choice(dice.choice(others).splitlines(keepends=True) or [b""]))
    else:
        lines[number] = _respelt(mutate_json(lines[number], others, words, dice))
    changed = b"".join(lines)
    return _forged(changed) if dice.random() < 0.4 else changed


def _respelt(line: bytes) -> bytes:
    """As canonical as it can be made, so that more than the spelling is tried."""
    try:
        return encoded(msgspec.json.decode(line, type=_record_type())) + b"\n"
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return line if line.endswith(b"\n") else line + b"\n"


def _record_type() -> Any:  # noqa: ANN401 - a union of types
    from enforcer.audit.records import AnyRecord  # noqa: PLC0415

    return AnyRecord


def _forged(data: bytes) -> bytes:
    try:
        return _sealed_anew(data)
    except (NotCanonicalError, AttributeError, msgspec.MsgspecError):
        return data


@cache
def _folder() -> Path:
    return Path(scratch().name).resolve()


TARGET = Target(seeds, hold, mutate, _WORDS)
