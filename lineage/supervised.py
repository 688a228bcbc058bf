"""A process that is watched over: it sees nothing of ours, and what it costs is bounded.

A message is four bytes of length, big-endian, and that many bytes. Whoever asks says how
long an answer may take; a process that is late, or gone, is closed and not asked again.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LENGTH_BYTES = 4


class Supervised:
    """One worker process: isolated from the environment, the checkout and our files."""

    def __init__(self, program: Sequence[str]) -> None:
        """`program` is what Python is to run: `-m` and a module, or a file."""
        self._process = subprocess.Popen(  # noqa: S603 - a program of ours
            [sys.executable, "-I", *program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        )

    def exchange(self, body: bytes, seconds: float) -> bytes:
        """The answer to a message.

        Raises `TimeoutError` when it takes longer, `EOFError` or `OSError` when there is
        nobody left to give it.
        """
        deadline = monotonic() + seconds
        self._send(body, deadline)
        size = int.from_bytes(self._read(LENGTH_BYTES, deadline), "big")
        return self._read(size, deadline)

    def _send(self, body: bytes, deadline: float) -> None:
        assert self._process.stdin is not None
        descriptor = self._process.stdin.fileno()
        os.set_blocking(descriptor, False)  # or one that does not listen would hold us up
        left = memoryview(len(body).to_bytes(LENGTH_BYTES, "big") + body)
        while left:
            _, ready, _ = select.select([], [descriptor], [], max(0.0, deadline - monotonic()))
            if not ready:
                raise TimeoutError
            left = left[os.write(descriptor, left) :]

    def _read(self, size: int, deadline: float) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        found = bytearray()
        while len(found) < size:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - monotonic()))
            if not ready:
                raise TimeoutError
            chunk = os.read(descriptor, size - len(found))
            if not chunk:
                raise EOFError
            found += chunk
        return bytes(found)

    def close(self) -> None:
        """Kill the process and wait until it is gone."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue  # what it still held was for a process that is gone
        self._process.wait()
