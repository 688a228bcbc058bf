"""What a fuzzer found: inputs under which a law of a target does not hold."""

from __future__ import annotations

import hashlib
import traceback
from typing import TYPE_CHECKING

from lineage.shown import plain

if TYPE_CHECKING:
    from pathlib import Path

_DIGITS = 12


class Broken(Exception):  # noqa: N818 - what is broken is a law
    """A law of a target that does not hold for an input."""


def where(error: BaseException) -> str:
    """The same for the same defect: what was raised, and by which lines of ours."""
    lines = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    said = f" {error}" if isinstance(error, Broken) else ""
    return f"{type(error).__name__}{said} at {' '.join(lines[-3:])}"


class Findings:
    """A folder with one input for each defect."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()

    def keep(self, data: bytes, error: BaseException) -> str:
        """Write an input down, unless it shows what another one has shown; "" if so."""
        defect = where(error)
        if defect in self._known:
            return ""
        self._known.add(defect)
        name = hashlib.sha256(defect.encode("utf-8", "replace")).hexdigest()[:_DIGITS]
        (self._folder / name).write_bytes(data)
        told = "".join(traceback.format_exception(error))
        (self._folder / f"{name}.txt").write_text(told, "utf-8", "backslashreplace")
        return f"{name}: {plain(defect, longest=300)}"
