"""One file of the cache: what is read is what was written under the same key, or nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from lineage.readers.files import open_regular
from lineage.writing import write_file

if TYPE_CHECKING:
    from pathlib import Path

_SUM_BYTES = 32  # of a key, and of a digest
_PRIVATE = 0o600
_MAX_BYTES = 2 << 30

Content = TypeVar("Content")


class Store(Generic[Content]):
    """A file with content of one type: its key, the digest of the rest, and the rest in msgpack."""

    def __init__(self, path: Path, kind: type[Content]) -> None:
        self._path = path
        self._decoder = msgspec.msgpack.Decoder(kind)

    def read(self, key: bytes) -> Content | None:
        """The content under a key, None where the file is not what was written."""
        try:
            with open_regular(self._path) as stream:
                size = os.fstat(stream.fileno()).st_size
                # Past the stream, which would copy all that follows what it has read.
                head = os.read(stream.fileno(), 2 * _SUM_BYTES)
                if size > _MAX_BYTES or head[:_SUM_BYTES] != key:
                    return None
                body = stream.read()
        except OSError:
            return None
        if _digest(key, body) != head[_SUM_BYTES:]:
            return None
        try:
            return self._decoder.decode(body)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    def write(self, key: bytes, content: object) -> None:
        """Put content in the place of what is there, if that can be done."""
        body = msgspec.msgpack.encode(content)
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_file(self._path, key + _digest(key, body), body, mode=_PRIVATE, durable=False)


def _digest(key: bytes, body: bytes) -> bytes:
    digest = sha256(key)
    digest.update(body)
    return digest.digest()
