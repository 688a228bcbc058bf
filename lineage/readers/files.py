"""The one place that opens files to read them, for nobody vouches for what lies in a checkout.

A path is relative to a root, in posix form. One bad file is a `Refusal`, a value, never an
exception: no link is followed, not even one that is put there while we read; nothing but a
regular file is opened, and size is looked at before a byte is read.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from pathlib import Path
from typing import BinaryIO, Self

import msgspec

from lineage.projects import Input, Outcome
from lineage.text import BOM_UTF8, NotTextError, text_of
from lineage.words import Gap, GapReason, Origin

_MARKED = "begins with a byte order mark"
MAX_FOLDERS = 100  # on the way to a file: each is an open descriptor
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# Where there is `O_PATH`, a folder need not be readable to be on the way.
_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_CHUNK_BYTES = 1 << 16
_SETTLES_NS = 2_000_000_000  # no file system has coarser times
_HERE = frozenset({"", "."})
_ELSEWHERE = "reached through a link or outside the root"
_IRREGULAR = "not a regular file"


class FileBytes(msgspec.Struct, frozen=True):
    """A file that was read: its bytes as on disk; `sha256` in hex; `stamp` as in `stamp_of`.

    It was `settled` if nobody had changed it for so long that a later change shows in its stamp.
    """

    path: str
    data: bytes
    sha256: str
    stamp: tuple[int, ...] = ()
    settled: bool = False


class FileText(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A text file that was read, without its byte order mark; `size` in bytes."""

    path: str
    text: str
    sha256: str
    size: int
    marked: bool = False
    stamp: tuple[int, ...] = ()
    settled: bool = False

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


def stamp_of(status: os.stat_result) -> tuple[int, ...]:
    """What is another one once a file was changed, or another file stands in its place."""
    return (
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_ino,
        status.st_dev,
    )


def has_settled(stamp: tuple[int, ...]) -> bool:
    """Whether a later change will show in a stamp: nobody has changed what has it for a while."""
    _size, written, changed, *_ = stamp
    return max(written, changed) + _SETTLES_NS < time.time_ns()


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


def open_regular(path: Path) -> BinaryIO:
    """A file that somebody named, to be read bit by bit; its folder may lie behind a link.

    Raises OSError, for anything that is not a regular file too.
    """
    with Checkout(Path(os.path.realpath(path.parent))) as checkout:
        return checkout.open(path.name)


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
        except _RefusedError as refused:
            return Refusal(path, GapReason.NOT_TEXT, str(refused))
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "not a file name"
            return Refusal(path, GapReason.NOT_TEXT, f"cannot be read: {why}")

    def read_text(self, path: str, limit: int) -> FileText | Refusal:
        """A text file: strict UTF-8, no control characters but tab and line ends."""
        read = self.read_bytes(path, limit)
        return read if isinstance(read, Refusal) else _as_text(read)

    def stamp(self, path: str) -> tuple[int, ...]:
        """What a file or folder is to be known by (see `stamp_of`), empty where there is none."""
        try:
            return stamp_of(os.lstat(f"{self._root}/{path}"))
        except OSError:
            return ()

    def open(self, path: str) -> BinaryIO:
        """A regular file, to be read bit by bit; raises OSError where there is none."""
        try:
            *folders, name = self._parts(path)
            return os.fdopen(_open_regular(name, self._descend(folders)), "rb")
        except ValueError as error:
            raise OSError("not a file name") from error

    def _parts(self, path: str) -> list[str]:
        if path.startswith("/"):
            path = path.removeprefix(self._root.rstrip("/") + "/")
        parts = [part for part in path.split("/") if part not in _HERE]
        if path.startswith("/") or ".." in parts:
            raise _RefusedError(_ELSEWHERE)
        if not parts:
            raise _RefusedError(_IRREGULAR)
        if len(parts) > MAX_FOLDERS + 1:
            raise _RefusedError(f"more than {MAX_FOLDERS} folders deep")
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


class _RefusedError(OSError):
    """What a path is that is not read."""


def _open_folder(name: str, parent: int) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except OSError:
        if stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            raise _RefusedError(_ELSEWHERE) from None
        raise


def _open_regular(name: str, folder: int) -> int:
    # Looked at before, for opening is enough to wake who waits at a pipe, and again once
    # open: it may have been swapped for a link or a pipe.
    _expect_regular(os.stat(name, dir_fd=folder, follow_symlinks=False))
    descriptor = os.open(name, _FILE, dir_fd=folder)
    try:
        _expect_regular(os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _read_regular(path: str, name: str, folder: int, limit: int) -> FileBytes | Refusal:
    descriptor = _open_regular(name, folder)
    try:
        status = os.fstat(descriptor)
        stamp = stamp_of(status)
        settled = has_settled(stamp)  # now, as it may take its time to be read
        if status.st_size > limit:
            return _too_large(path, limit, status.st_size)
        data = _read_all(descriptor, status.st_size, limit)
    finally:
        os.close(descriptor)
    if len(data) > limit:
        return _too_large(path, limit, len(data))
    return FileBytes(path, data, hashlib.sha256(data).hexdigest(), stamp, settled)


def _expect_regular(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise _RefusedError("a symbolic link, which is not followed")
    if not stat.S_ISREG(status.st_mode):
        raise _RefusedError(_IRREGULAR)


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
        text, marked = text_of(read.data), read.data.startswith(BOM_UTF8)
        size = len(read.data)
        return FileText(read.path, text, read.sha256, size, marked, read.stamp, read.settled)
    except NotTextError as error:
        size = len(read.data)
        return Refusal(read.path, GapReason.NOT_TEXT, str(error), size, read.sha256)
