"""The lines of a run file that anyone may have written, in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from enforcer.audit.records import MAX_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines with their line feeds; one that is too long comes cut, as the last."""
    while line := stream.readline(MAX_LINE + 1):
        yield line
        if not line.endswith(b"\n"):
            return
