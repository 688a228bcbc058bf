"""Is this run file what the gate wrote? Reads it once, in bounded memory, and trusts nothing.

What the file alone can show: that no line was altered, added, left out or moved since it
was sealed. Who rewrites and seals all of it gets another run id, so the id has to be known
from elsewhere: the job's output, or the file's name in an archive.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final

import msgspec

from enforcer.audit.chain import Chain, Fault
from enforcer.audit.cleaning import clean
from enforcer.audit.lines import read_lines
from enforcer.audit.sealing import RUN_ID_DIGITS
from lineage.readers.files import open_regular

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_RUN_ID: Final = re.compile(rf"[0-9a-f]{{{RUN_ID_DIGITS}}}\Z")


class Verified(IntEnum):
    """What came of it, as a process says it. Only VERIFIED is good news."""

    VERIFIED = 0
    TAMPERED = 1
    CANNOT_DECIDE = 2


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """The result: `line` is the first bad line, counted from 1, or 0 where none is to blame."""

    path: str
    result: Verified
    message: str
    line: int = 0
    run_id: str = ""
    root: str = ""
    records: int = 0

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.message}"


def verify_run(path: Path, expected_run_id: str = "") -> Verification:
    """Check a run file against its seal, its own name and, if given, the run id it should have.

    Never raises for what the file holds, nor where there is none: CANNOT_DECIDE says that it
    cannot be read, has no seal, or was written by a later version.
    """
    return verify_opened(path, partial(open_regular, path), expected_run_id)


def verify_opened(
    path: Path, opened: Callable[[], BinaryIO], expected_run_id: str = ""
) -> Verification:
    """The same of a file that somebody else opens, who may raise OSError."""
    shown = clean(str(path))
    try:
        with opened() as stream:
            chain, fault = _read(stream)
    except OSError as error:
        message = f"cannot be read ({error.strerror or error}); give the path of a run file"
        return Verification(path=shown, result=Verified.CANNOT_DECIDE, message=message)
    fault = fault or _is_another_run(chain, path.stem, expected_run_id)
    if fault is not None:
        result = Verified.TAMPERED if fault.tampered else Verified.CANNOT_DECIDE
        return Verification(path=shown, result=result, message=fault.message, line=fault.line)
    assert chain.seal is not None
    return Verification(
        path=shown,
        result=Verified.VERIFIED,
        message=_good_news(chain, expected_run_id),
        run_id=chain.run_id,
        root=chain.seal.root,
        records=chain.seal.records,
    )


def _read(stream: BinaryIO) -> tuple[Chain, Fault | None]:
    chain = Chain()
    lines = read_lines(stream)
    for line in lines:
        fault = chain.take(line)
        if fault is not None:
            return chain, chain.blame(fault, line, next(lines, b""))
    return chain, chain.end()


def _is_another_run(chain: Chain, stem: str, expected: str) -> Fault | None:
    if expected and expected != chain.run_id:
        return Fault(f"is run {chain.run_id}, not the expected one: it was rewritten or replaced")
    if _RUN_ID.match(stem) and stem != chain.run_id:
        return Fault(f"is run {chain.run_id} under another run's name: it was replaced")
    return None


def _good_news(chain: Chain, expected: str) -> str:
    assert chain.seal is not None
    known = (
        "it is the expected run"
        if expected
        else "sealed but not signed: compare the run id with the one that the job printed"
    )
    return (
        f"verified: {chain.seal.records} records, verdict {chain.seal.verdict} "
        f"(exit code {chain.seal.exit_code.value}), run id {chain.run_id}; {known}"
    )
