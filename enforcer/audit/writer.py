"""Put a run file on disk: whole, sealed and flushed, or not at all under its name.

Everything is opened relative to a directory that is held open, and never through a link.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from enforcer.audit.sealing import sealed_lines
from lineage import InputError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enforcer.audit.records import Evidence

RUNS: Final = "runs"
_READABLE: Final = 0o644
_NEXT_STEP: Final = "name an evidence directory that can be written, outside of the checkout"


class EvidenceError(InputError):
    """The evidence could not be written, so the run must not end as if it had been."""


def write_run(directory: Path, evidence: Evidence) -> Path:
    """Seal the evidence and write it to `runs/<run id>.jsonl` in the directory.

    A run that is there already is left alone: equal evidence gives equal bytes. A process
    that is killed leaves at most `<run id>.<random>.partial`. Raises EvidenceError when the
    file cannot be written, or when another stands under its name.
    """
    path = directory / RUNS
    if os.open not in os.supports_dir_fd or not hasattr(os, "O_NOFOLLOW"):
        raise EvidenceError(
            Origin(str(path), 1, 1),
            "evidence cannot be written safely on this system",
            "run the check on Linux or macOS",
        )
    run_id, lines = sealed_lines(evidence)
    content = b"".join(lines)
    path /= f"{run_id}.jsonl"
    try:
        with _opened_runs(directory) as runs:
            if not _stands_already(runs, path, content):
                _write(runs, path.name, content)
    except OSError as error:
        message = f"evidence cannot be written: {error.strerror or error}"
        raise EvidenceError(Origin(str(path), 1, 1), message, _NEXT_STEP) from error
    return path


@contextmanager
def _opened_runs(directory: Path) -> Iterator[int]:
    """A descriptor of the directory `runs`, which is made where it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    top = os.open(directory, flags)
    try:
        try:
            os.mkdir(RUNS, dir_fd=top)
            os.fsync(top)
        except FileExistsError:
            pass
        runs = os.open(RUNS, flags, dir_fd=top)
    finally:
        os.close(top)
    try:
        yield runs
    finally:
        os.close(runs)


def _stands_already(runs: int, path: Path, content: bytes) -> bool:
    """True when the very same file is there. Evidence is never written over."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path.name, flags, dir_fd=runs)
    except FileNotFoundError:
        return False
    with os.fdopen(descriptor, "rb") as stream:
        same = stat.S_ISREG(os.fstat(descriptor).st_mode) and (
            stream.read(len(content) + 1) == content
        )
    if not same:
        raise EvidenceError(
            Origin(str(path), 1, 1),
            "another file stands under this run's name",
            "`fieldgate log verify` says what is wrong with it; move it away and keep it",
        )
    return True


def _write(runs: int, name: str, content: bytes) -> None:
    partial = f"{name.removesuffix('.jsonl')}.{secrets.token_hex(8)}.partial"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(partial, flags, _READABLE, dir_fd=runs)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        os.rename(partial, name, src_dir_fd=runs, dst_dir_fd=runs)
    except BaseException:
        os.unlink(partial, dir_fd=runs)
        raise
    os.fsync(runs)
