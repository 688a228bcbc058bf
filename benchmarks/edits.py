"""A harmless real change to one file of a folder: its first query puts out one more column."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import sqlglot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SELECT = re.compile(
    r"(?<![\w.`\"'])select(?=\s)(?!\s+(?:all|as|distinct|top|with)\b)", re.IGNORECASE
)


class Edits:
    """Files of a folder to change, one after another, spread evenly over it."""

    def __init__(self, folder: Path, texts: Path, dialect: str) -> None:
        self._folder = folder
        self._dialect = dialect
        self._files = _spread([entry["file"] for entry in json.loads(texts.read_text("utf-8"))])

    def change(self, number: int) -> None:
        """Change one file that was not changed before and is read before and after."""
        for name in self._files:
            path = self._folder / name
            text = path.read_text("utf-8")
            changed = _SELECT.sub(rf"\g<0> {number} AS benchmark_{number},", text, count=1)
            if changed != text and self._parses(text) and self._parses(changed):
                path.write_text(changed, "utf-8")
                return
        raise SystemExit("no file is left that could be changed")

    def _parses(self, text: str) -> bool:
        try:
            return bool(sqlglot.parse(text, read=self._dialect or None))
        except (sqlglot.errors.SqlglotError, ValueError, RecursionError):
            return False


def _spread(names: list[str]) -> Iterator[str]:
    """Each name once, neighbours far apart."""
    step = max(len(names) // 16, 1)
    return (name for start in range(step) for name in names[start::step])
