"""Objects of git: asked for by id from one process, and each held against its id.

`cat-file --batch` answers with the object as it is stored: no filter, no conversion of text, no
replacement. An object whose content is not what its id says is refused.
"""

from __future__ import annotations

import hashlib
import os
import select
import subprocess
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from enforcer.base.private import SECONDS, stuck
from lineage import InputError, Origin

if TYPE_CHECKING:
    from enforcer.base.private import Private

MAX_BYTES: Final = 64 << 20
_HEADER: Final = 200
_CHUNK: Final = 1 << 16


class MissingObjectError(Exception):
    """The repository has no such object; the argument is its id."""


class Objects:
    """A context in which objects can be read, all within `SECONDS`."""

    def __init__(self, private: Private, algorithm: str) -> None:
        self._private, self._algorithm = private, algorithm
        self._process: subprocess.Popen[bytes] | None = None
        self._ahead = b""
        self._deadline = 0.0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - plumbing, with everything closed
            self._private.command("cat-file", "--batch"),
            env=self._private.environment,
            cwd=self._private.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._deadline = monotonic() + SECONDS
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.wait()

    def read(self, name: str, kind: str, limit: int = MAX_BYTES) -> bytes:
        """The content of an object; `kind` is `commit`, `tree` or `blob`.

        Raises `MissingObjectError`, and `InputError` for one of another kind, for one of more
        than `limit` bytes, and for one that is damaged.
        """
        self._ask(name)
        header = self._line().split()
        if header[1:] in ([b"missing"], [b"ambiguous"]):
            raise MissingObjectError(name)
        if len(header) != 3 or header[1] != kind.encode() or not header[2].isdigit():  # noqa: PLR2004
            raise _unusable(name, f"is no {kind}")
        size = int(header[2])
        if size > limit:
            raise _unusable(name, f"is larger than {limit} bytes")
        data = self._exactly(size + 1)[:-1]
        whole = hashlib.new(self._algorithm, usedforsecurity=False)
        whole.update(b"%s %d\0" % (header[1], size) + data)
        if whole.hexdigest() != name:
            raise _unusable(name, "is not what its id says")
        return data

    def _ask(self, name: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{name}\n".encode())
            self._process.stdin.flush()
        except OSError:
            raise _unusable(name, "cannot be read: git is gone") from None

    def _line(self) -> bytes:
        while b"\n" not in self._ahead and len(self._ahead) < _HEADER:
            self._ahead += self._more()
        line, _, self._ahead = self._ahead.partition(b"\n")
        return line

    def _exactly(self, size: int) -> bytes:
        chunks, length = [self._ahead], len(self._ahead)
        while length < size:
            chunks.append(self._more())
            length += len(chunks[-1])
        found = b"".join(chunks)
        self._ahead = found[size:]
        return found[:size]

    def _more(self) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        ready, _, _ = select.select([descriptor], [], [], max(0.0, self._deadline - monotonic()))
        if not ready:
            raise stuck()
        chunk = os.read(descriptor, _CHUNK)
        if not chunk:
            raise InputError(Origin("", 0, 0), "git ended early", "run `git fsck`")
        return chunk


def _unusable(name: str, what: str) -> InputError:
    return InputError(Origin("", 0, 0), f"git object {name[:12]} {what}", "run `git fsck`")
