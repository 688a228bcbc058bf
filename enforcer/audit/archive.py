"""Verify every run file below a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.audit.cleaning import clean
from enforcer.audit.verify import Verification, Verified, verify_run
from lineage.shown import guarded, plain_again

if TYPE_CHECKING:
    from pathlib import Path


class ArchiveVerification(msgspec.Struct, frozen=True, kw_only=True):
    """A line for each run file, sorted by path, and the exit code for all of them.

    The exit code is 1 when any was tampered with, else 2 when any cannot be decided or there
    is none at all, else 0.
    """

    text: str
    exit_code: int


def verify_all(path: Path) -> ArchiveVerification:
    """Verify one run file, or all of them below a folder; unfinished ones count too."""
    files = _run_files(path) if path.is_dir() and not path.is_symlink() else [path]
    results = [verify_run(file) for file in files]
    if not results:
        message = "holds no run file; give a folder that `fieldgate check --evidence` wrote"
        results = [
            Verification(path=clean(str(path)), result=Verified.CANNOT_DECIDE, message=message)
        ]
    worst = next(
        (kind for kind in (Verified.TAMPERED, Verified.CANNOT_DECIDE) if _any(results, kind)),
        Verified.VERIFIED,
    )
    good = sum(result.result is Verified.VERIFIED for result in results)
    lines = [*(str(result) for result in results), f"{good} of {len(results)} verified"]
    text = guarded("".join(f"{plain_again(line)}\n" for line in lines))
    return ArchiveVerification(text=text, exit_code=worst.value)


def _run_files(folder: Path) -> list[Path]:
    return sorted(file for end in ("jsonl", "partial") for file in folder.rglob(f"*.{end}"))


def _any(results: list[Verification], kind: Verified) -> bool:
    return any(result.result is kind for result in results)
