"""Verify every run file below a folder."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.audit.cleaning import clean
from enforcer.audit.verify import Verification, Verified, verify_opened, verify_run
from lineage.readers.files import Checkout
from lineage.readers.folders import join_path, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDS: Final = (".jsonl", ".partial")


class ArchiveVerification(msgspec.Struct, frozen=True, kw_only=True):
    """A line for each run file, sorted by path, and the exit code for all of them.

    The exit code is 1 when any was tampered with, else 2 when any cannot be decided or there
    is none at all, else 0.
    """

    text: str
    exit_code: int


def verify_all(path: Path) -> ArchiveVerification:
    """Verify one run file, or all of them below a folder; unfinished ones count too.

    No link below the folder is followed: what may be behind one cannot be decided.
    """
    folder = path.is_dir() and not path.is_symlink()
    results = [*_verified_below(path)] if folder else [verify_run(path)]
    if not results:
        message = "holds no run file; give a folder that `fieldgate check --evidence` wrote"
        results = [_undecided(path, message)]
    worst = next(
        (kind for kind in (Verified.TAMPERED, Verified.CANNOT_DECIDE) if _any(results, kind)),
        Verified.VERIFIED,
    )
    good = sum(result.result is Verified.VERIFIED for result in results)
    lines = [*(str(result) for result in results), f"{good} of {len(results)} verified"]
    return ArchiveVerification(text="\n".join(lines) + "\n", exit_code=worst.value)


def _verified_below(folder: Path) -> Iterator[Verification]:
    root = Path(os.path.realpath(folder))
    tree = walk(root, everything=True)
    with Checkout(root) as checkout:
        for name in tree.files:
            if name.endswith(_ENDS):
                yield verify_opened(folder / name, partial(checkout.open, name))
    for link in tree.links:
        if link.folder or link.path.endswith(_ENDS):
            yield _undecided(folder / link.path, f"{link.refusal().message}; name it itself")
    for refusal in tree.refused:
        where = Path(join_path(str(folder), refusal.path))
        yield _undecided(where, f"{refusal.message}; make it readable")


def _undecided(path: Path, message: str) -> Verification:
    return Verification(path=clean(str(path)), result=Verified.CANNOT_DECIDE, message=message)


def _any(results: list[Verification], kind: Verified) -> bool:
    return any(result.result is kind for result in results)
