"""Write a file whole or not at all, and never through a link that somebody planted."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

from lineage import InputError, Origin

if TYPE_CHECKING:
    from pathlib import Path

_READABLE: Final = 0o644


def write_text_atomically(path: Path, text: str) -> None:
    """Put a text in the file at `path`, in the place of what is there.

    Raises InputError when that is a link or a folder, or when it cannot be written; what
    was there is then still there.
    """
    partial = path.with_name(f"{path.name}.{secrets.token_hex(8)}.partial")
    try:
        _refuse_planted(path)
        _write(partial, text.encode())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        message = f"cannot be written: {error.strerror or error}"
        raise InputError(Origin(str(path), 1, 1), message, "name another file") from error


def _refuse_planted(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise OSError("a link or no regular file stands there")


def _write(path: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, _READABLE), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
