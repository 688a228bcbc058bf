"""Read a run file that anyone may have written: a regular file, line by line, bounded."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from enforcer.audit.records import MAX_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def open_regular(path: Path) -> BinaryIO:
    """The file, opened without following a link and without waiting for a pipe's writer.

    Raises OSError, also for anything that is not a regular file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("not a regular file")
    return os.fdopen(descriptor, "rb")


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines with their line feeds; one that is too long comes cut, as the last."""
    while line := stream.readline(MAX_LINE + 1):
        yield line
        if not line.endswith(b"\n"):
            return
