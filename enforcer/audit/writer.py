"""Put a run file on disk: whole, sealed and flushed, or not at all under its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.audit.sealing import sealed_lines
from lineage import InputError, Origin
from lineage.readers.files import open_regular
from lineage.writing import OpenFolder

if TYPE_CHECKING:
    from pathlib import Path

    from enforcer.audit.records import Evidence

RUNS: Final = "runs"
_NEXT_STEP: Final = "name an evidence directory that can be written, outside of the checkout"


class EvidenceError(InputError):
    """The evidence could not be written, so the run must not end as if it had been."""


def write_run(directory: Path, evidence: Evidence) -> Path:
    """Seal the evidence and write it to `runs/<run id>.jsonl` in the directory.

    A run that is there already is left alone: equal evidence gives equal bytes. A process
    that is killed leaves at most `<run id>.jsonl.<random>.partial`. Raises EvidenceError when
    the file cannot be written, or when another stands under its name.
    """
    run_id, lines = sealed_lines(evidence)
    content = b"".join(lines)
    path = directory / RUNS / f"{run_id}.jsonl"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with OpenFolder(directory) as folder:
            folder.enter(RUNS, make=True)
            if not _stands_already(path, content):
                folder.put(path.name, content)
    except OSError as error:
        message = f"evidence cannot be written: {error.strerror or error}"
        raise EvidenceError(Origin(str(path), 1, 1), message, _NEXT_STEP) from error
    return path


def _stands_already(path: Path, content: bytes) -> bool:
    """True when the very same file is there. Evidence is never written over."""
    try:
        with open_regular(path) as stream:
            same = stream.read(len(content) + 1) == content
    except FileNotFoundError:
        return False
    if not same:
        raise EvidenceError(
            Origin(str(path), 1, 1),
            "another file stands under this run's name",
            "`fieldgate log verify` says what is wrong with it; move it away and keep it",
        )
    return True
