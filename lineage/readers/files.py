"""The one place that reads files of a checkout, which is not trusted.

A path is relative to a root, in posix form. One bad file is a `Refusal`, a value, never an
exception: no link is followed, nothing but a regular file is opened, and size is looked at
before a byte is read.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING

import msgspec

from lineage.projects import Input, Outcome
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from pathlib import Path

# C0 but for tab, line feed and carriage return; and what JSON can smuggle past UTF-8.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BOM = "\ufeff"


class FileBytes(msgspec.Struct, frozen=True):
    """A file that was read: its bytes as on disk; `sha256` in hex."""

    path: str
    data: bytes
    sha256: str


class FileText(msgspec.Struct, frozen=True):
    """A text file that was read, without its byte order mark; `size` in bytes."""

    path: str
    text: str
    sha256: str
    size: int

    def as_input(self, kind: str, outcome: Outcome = Outcome.ANALYSED, reason: str = "") -> Input:
        """The record of this file."""
        return Input(
            path=shown_path(self.path),
            kind=kind,
            sha256=self.sha256,
            size=self.size,
            outcome=outcome,
            reason=reason,
        )


class Refusal(msgspec.Struct, frozen=True):
    """A file that was not read, or is not text; `message` says what it is."""

    path: str
    reason: GapReason
    message: str
    size: int = 0
    sha256: str = ""

    def as_input(self, kind: str, outcome: Outcome = Outcome.REFUSED, reason: str = "") -> Input:
        """The record of this file."""
        return Input(
            path=shown_path(self.path),
            kind=kind,
            sha256=self.sha256,
            size=self.size,
            outcome=outcome,
            reason=reason or self.message,
        )

    def as_gap(self, relations: tuple[str, ...] = ()) -> Gap:
        """The gap that this leaves."""
        path = shown_path(self.path)
        return Gap(self.reason, f"not read: {self.message}", relations, Origin(path, 1, 1))


def shown_path(path: str) -> str:
    r"""A path as text: bytes of a name that are not UTF-8 become `\xff`."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def read_bytes(root: Path, path: str, limit: int) -> FileBytes | Refusal:
    """A regular file below `root`, which must be a real path, of at most `limit` bytes."""
    whole = root / path
    try:
        refusal = _why_not(root, path, whole.lstat(), limit)
        return refusal or _read_regular(path, whole, limit)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a file name"
        return Refusal(path, GapReason.NOT_TEXT, f"cannot be read: {why}")


def _why_not(root: Path, path: str, status: os.stat_result, limit: int) -> Refusal | None:
    if stat.S_ISLNK(status.st_mode):
        return Refusal(path, GapReason.NOT_TEXT, "a symbolic link, which is not followed")
    if not stat.S_ISREG(status.st_mode):
        return Refusal(path, GapReason.NOT_TEXT, "not a regular file")
    whole = root / path
    if whole != whole.resolve() or not whole.is_relative_to(root):
        return Refusal(path, GapReason.NOT_TEXT, "reached through a link or outside the root")
    if status.st_size > limit:
        return _too_large(path, limit, status.st_size)
    return None


def _too_large(path: str, limit: int, size: int) -> Refusal:
    return Refusal(path, GapReason.TOO_LARGE, f"larger than {limit} bytes", size)


def _read_regular(path: str, whole: Path, limit: int) -> FileBytes | Refusal:
    # Looked at again once open: what `lstat` saw may have been swapped for a link or a pipe.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(whole, flags)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return Refusal(path, GapReason.NOT_TEXT, "not a regular file")
        data = stream.read(limit + 1)
    if len(data) > limit:
        return _too_large(path, limit, len(data))
    return FileBytes(path, data, hashlib.sha256(data).hexdigest())


def read_text(root: Path, path: str, limit: int) -> FileText | Refusal:
    """A text file below `root`: strict UTF-8, no control characters but tab and line ends."""
    read = read_bytes(root, path, limit)
    if isinstance(read, Refusal):
        return read
    try:
        text = read.data.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        why = f"not UTF-8 at byte {error.start}"
    else:
        why = why_not_text(text)
        if not why:
            return FileText(path, text, read.sha256, len(read.data))
    return Refusal(path, GapReason.NOT_TEXT, why, len(read.data), read.sha256)


def why_not_text(text: str) -> str:
    """What a string holds that no text should, or nothing."""
    found = _NOT_TEXT.search(text)
    if found is None:
        return ""
    line = text.count("\n", 0, found.start()) + 1
    return f"control character U+{ord(found.group()):04X} in line {line}"
