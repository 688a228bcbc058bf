"""The one place that writes files: whole or not at all, and never through a link.

A file is written beside its name, flushed, and then renamed, below a folder that is held open:
whoever swaps what in the meantime, it comes into that folder or nowhere. All of it raises
OSError.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Self

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READABLE = 0o644
_PLANTED = "a link or no regular file stands there"


def write_file(path: Path, *parts: bytes, mode: int = _READABLE, durable: bool = True) -> None:
    """Put bytes in the file at `path`, in the place of what is there, which is no link.

    The folders on the way to it are those that a person named: links among them are followed.
    What need not be `durable` may be lost with the machine's power.
    """
    if not path.name:
        raise OSError(_PLANTED)
    with OpenFolder(path.parent, follow=True) as folder:
        folder.put(path.name, *parts, mode=mode, durable=durable)


def write_file_below(root: Path, path: str, content: bytes) -> None:
    """The same for a path, in posix form, below a root: no folder on the way may be a link."""
    *parents, name = PurePosixPath(path).parts or ("",)
    if not name or {"..", "/"} & {*parents, name}:
        raise OSError(_PLANTED)
    with OpenFolder(root) as folder:
        for parent in parents:
            folder.enter(parent)
        folder.put(name, content)


class OpenFolder:
    """A folder that is held open, and into which files are put: a context."""

    def __init__(self, path: Path, *, follow: bool = False) -> None:
        """With `follow`, the path itself may be a link to a folder."""
        self._descriptor = os.open(path, _FOLDER | (0 if follow else os.O_NOFOLLOW))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def enter(self, name: str, *, make: bool = False) -> None:
        """Go on to a folder in this one, which is no link; with `make` it may be missing."""
        if make:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=self._descriptor)
                os.fsync(self._descriptor)
        inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=self._descriptor)
        outer, self._descriptor = self._descriptor, inner
        os.close(outer)

    def put(self, name: str, *parts: bytes, mode: int = _READABLE, durable: bool = True) -> None:
        """Put bytes under a name, in the place of what is there if that is a regular file."""
        self._refuse_planted(name)
        partial = f"{name[:40]}.{secrets.token_hex(8)}.partial"
        try:
            with os.fdopen(os.open(partial, _NEW, mode, dir_fd=self._descriptor), "wb") as stream:
                stream.writelines(parts)
                stream.flush()
                if durable:
                    os.fsync(stream.fileno())
            here = self._descriptor
            os.rename(partial, name, src_dir_fd=here, dst_dir_fd=here)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(partial, dir_fd=self._descriptor)
            raise
        if durable:
            os.fsync(self._descriptor)

    def _refuse_planted(self, name: str) -> None:
        try:
            status = os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return
        if not stat.S_ISREG(status.st_mode):
            raise OSError(_PLANTED)
