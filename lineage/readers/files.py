"""The one place that reads files of a checkout, which is not trusted.

A path is relative to a root, in posix form. One bad file is a `Refusal`, a value, never an
exception: no link is followed, not even one that is put there while we read; nothing but a
regular file is opened, and size is looked at before a byte is read.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING, Self

import msgspec

from lineage.projects import Input, Outcome
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from pathlib import Path

# C0 but for tab, line feed and carriage return; and what JSON can smuggle past UTF-8.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32), 127])  # the same, of what UTF-8 can say
_BOM = "\ufeff"
_MARKED = "begins with a byte order mark"

MAX_FOLDERS = 100  # on the way to a file: each is an open descriptor
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# Where there is `O_PATH`, a folder need not be readable to be on the way.
_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_CHUNK_BYTES = 1 << 16
_HERE = frozenset({"", "."})
_ELSEWHERE = "reached through a link or outside the root"
_IRREGULAR = "not a regular file"


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
    marked: bool = False

    def as_input(self, kind: str, outcome: Outcome = Outcome.ANALYSED, reason: str = "") -> Input:
        """The record of this file."""
        return Input(
            path=shown_path(self.path),
            kind=kind,
            sha256=self.sha256,
            size=self.size,
            outcome=outcome,
            reason=reason or (_MARKED if self.marked else ""),
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
    with Checkout(root) as checkout:
        return checkout.read_bytes(path, limit)


def read_text(root: Path, path: str, limit: int) -> FileText | Refusal:
    """A text file below `root`: strict UTF-8, no control characters but tab and line ends."""
    with Checkout(root) as checkout:
        return checkout.read_text(path, limit)


class Checkout:
    """A root below which many files are read: a context, and `read_bytes` and `read_text` in it.

    `root` must be a real path. Each folder on the way to a file is opened by its name in the
    one above it, which no link passes, whoever swaps what in the meantime. The folders on
    the way to the last file stay open, so that files in the order of their paths are cheap.
    """

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._names: list[str] = []
        self._folders: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close(0)

    def read_bytes(self, path: str, limit: int) -> FileBytes | Refusal:
        """A regular file of at most `limit` bytes."""
        try:
            *folders, name = self._parts(path)
            return _read_regular(path, name, self._descend(folders), limit)
        except _Refused as refused:
            return Refusal(path, GapReason.NOT_TEXT, str(refused))
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "not a file name"
            return Refusal(path, GapReason.NOT_TEXT, f"cannot be read: {why}")

    def read_text(self, path: str, limit: int) -> FileText | Refusal:
        """A text file: strict UTF-8, no control characters but tab and line ends."""
        read = self.read_bytes(path, limit)
        return read if isinstance(read, Refusal) else _as_text(read)

    def _parts(self, path: str) -> list[str]:
        if path.startswith("/"):
            path = path.removeprefix(self._root.rstrip("/") + "/")
        parts = [part for part in path.split("/") if part not in _HERE]
        if path.startswith("/") or ".." in parts:
            raise _Refused(_ELSEWHERE)
        if not parts:
            raise _Refused(_IRREGULAR)
        if len(parts) > MAX_FOLDERS + 1:
            raise _Refused(f"more than {MAX_FOLDERS} folders deep")
        return parts

    def _descend(self, names: list[str]) -> int:
        """The descriptor of a folder, from the deepest one on the way to it that is open."""
        if not self._folders:
            self._folders.append(os.open(self._root, _FOLDER))
        if names != self._names:
            same = 0
            for name, there in zip(names, self._names, strict=False):
                if name != there:
                    break
                same += 1
            self._close(same + 1)
            for name in names[same:]:
                self._folders.append(_open_folder(name, self._folders[-1]))
                self._names.append(name)
        return self._folders[-1]

    def _close(self, kept: int) -> None:
        while len(self._folders) > kept:
            os.close(self._folders.pop())
        del self._names[max(kept - 1, 0) :]


class _Refused(Exception):  # noqa: N818 - it is caught here and nobody's error
    """What a path is that is not read."""


def _open_folder(name: str, parent: int) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except OSError:
        if stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            raise _Refused(_ELSEWHERE) from None
        raise


def _read_regular(path: str, name: str, folder: int, limit: int) -> FileBytes | Refusal:
    # Looked at before, for opening is enough to wake who waits at a pipe, and again once
    # open: it may have been swapped for a link or a pipe.
    _expect_regular(os.stat(name, dir_fd=folder, follow_symlinks=False))
    descriptor = os.open(name, _FILE, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        _expect_regular(status)
        if status.st_size > limit:
            return _too_large(path, limit, status.st_size)
        data = _read_all(descriptor, status.st_size, limit)
    finally:
        os.close(descriptor)
    if len(data) > limit:
        return _too_large(path, limit, len(data))
    return FileBytes(path, data, hashlib.sha256(data).hexdigest())


def _expect_regular(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise _Refused("a symbolic link, which is not followed")
    if not stat.S_ISREG(status.st_mode):
        raise _Refused(_IRREGULAR)


def _read_all(descriptor: int, size: int, limit: int) -> bytes:
    """All bytes, or some more than `limit` of them; `size` is what there should be."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    chunks, length = [data], len(data)  # it changes while it is read
    while chunks[-1] and length <= limit:
        chunks.append(os.read(descriptor, _CHUNK_BYTES))
        length += len(chunks[-1])
    return b"".join(chunks)


def _too_large(path: str, limit: int, size: int) -> Refusal:
    return Refusal(path, GapReason.TOO_LARGE, f"larger than {limit} bytes", size)


def _as_text(read: FileBytes) -> FileText | Refusal:
    try:
        decoded = read.data.decode("utf-8")
    except UnicodeDecodeError as error:
        why = f"not UTF-8 at byte {error.start}"
    else:
        text = decoded.removeprefix(_BOM)
        if not _has_control(read.data):
            return FileText(read.path, text, read.sha256, len(read.data), text != decoded)
        why = why_not_text(text)
    return Refusal(read.path, GapReason.NOT_TEXT, why, len(read.data), read.sha256)


def _has_control(data: bytes) -> bool:
    """Whether UTF-8 holds a control character, ten times as fast as a pattern says where."""
    return len(data.translate(None, _CONTROL)) != len(data)


def why_not_text(text: str) -> str:
    """What a string holds that no text should, or nothing."""
    try:
        found = _NOT_TEXT.search(text) if _has_control(text.encode()) else None
    except UnicodeEncodeError:
        found = _NOT_TEXT.search(text)
    if found is None:
        return ""
    line = text.count("\n", 0, found.start()) + 1
    return f"control character U+{ord(found.group()):04X} in line {line}"
