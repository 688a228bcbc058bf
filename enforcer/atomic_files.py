"""Write a file that a person asked for: whole or not at all, or one line that says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage import InputError, Origin
from lineage.shown import plain
from lineage.writing import write_file, write_file_below

if TYPE_CHECKING:
    from pathlib import Path


def write_text_atomically(path: Path, text: str) -> None:
    """Put a text in the file at `path`, in the place of what is there.

    Raises InputError when that is a link or a folder, or when it cannot be written; what
    was there is then still there.
    """
    try:
        write_file(path, text.encode())
    except (OSError, ValueError) as error:
        raise _failure(str(path), error) from error


def write_text_below(root: Path, path: str, text: str) -> None:
    """The same below a root, for a path that the project names: no part of it may be a link."""
    try:
        write_file_below(root, path, text.encode())
    except (OSError, ValueError) as error:
        raise _failure(path, error) from error


def _failure(path: str, error: OSError | ValueError) -> InputError:
    why = getattr(error, "strerror", None) or error
    return InputError(Origin(plain(path), 1, 1), f"cannot be written: {why}", "name another file")
