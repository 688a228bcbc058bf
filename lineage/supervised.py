"""A process that is watched over: it sees nothing of ours, and what it costs is bounded.

A message is four bytes of length, big-endian, and that many bytes. Whoever asks says how
long an answer may take; a process that is late, gone, too large or speaks unasked is closed
and not asked again. The other side is `lineage.confined`.

A process that can limit its own addresses does so. One that cannot (the engine for Rego
reserves them by the hundred gigabytes) is started with `resident`, and its memory is looked
at from here while it works.
"""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LENGTH_BYTES = 4
_CHUNK_BYTES = 1 << 18
_PIPE_BYTES = 1 << 18
LARGEST_ANSWER = 64 << 20  # bytes; what claims to be longer is not read
WATCH_SECONDS = 0.02  # between two looks at a process whose memory is watched
STATM = "/proc/{}/statm"  # sizes in pages, the second of them the resident one; Linux only


class TooMuchError(OSError):
    """A process said more than is read, or took more memory than it may."""


class Supervised:
    """One worker process: isolated from the environment, the checkout and our files.

    It is started with the number of a pipe as its last argument, that nobody writes to: it
    breaks when this process ends, however it ends, and `lineage.confined` dies of it.
    """

    def __init__(
        self, program: Sequence[str], *, resident: int = 0, largest: int = LARGEST_ANSWER
    ) -> None:
        """`program` is what Python is to run: `-m` and a module, or a file.

        `resident` is the memory in bytes that the process may take, 0 where it limits itself;
        `largest` that of one answer. Raises `OSError` where it cannot be started.
        """
        self._resident = resident
        self._largest = largest
        lifeline, self._held = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a program of ours
                [sys.executable, "-I", *program, str(lifeline)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                pass_fds=(lifeline,),
            )
        except BaseException:
            os.close(self._held)
            raise
        finally:
            os.close(lifeline)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in = self._process.stdin.fileno()
        self._out = self._process.stdout.fileno()
        os.set_blocking(self._in, False)  # or one that does not listen would hold us up
        # Not `select`, which knows only a thousand descriptors.
        self._hears, self._says = select.poll(), select.poll()
        self._hears.register(self._in, select.POLLOUT)
        self._says.register(self._out, select.POLLIN)

    @property
    def usable(self) -> bool:
        """Whether it is alive and has said nothing that nobody asked for."""
        return not self._says.poll(0)  # which a broken pipe would end too

    @property
    def exit_code(self) -> int | None:
        """How it ended: below 0 by that signal; None while it is alive."""
        return self._process.poll()

    @property
    def out(self) -> int:
        """The descriptor that can be read from once there is an answer, or nobody to give it."""
        return self._out

    def room(self) -> int:
        """How many bytes of messages can lie unread without holding up who sends them.

        None are promised where the system does not tell.
        """
        get, put = getattr(fcntl, "F_GETPIPE_SZ", None), getattr(fcntl, "F_SETPIPE_SZ", None)
        if get is None or put is None:
            return 0
        with suppress(OSError):  # more than this user may have
            fcntl.fcntl(self._in, put, _PIPE_BYTES)
            fcntl.fcntl(self._out, put, _PIPE_BYTES)
        return fcntl.fcntl(self._in, get) // 2  # what is not full is not used up either

    def exchange(self, body: bytes, seconds: float) -> bytes:
        """The answer to a message.

        Raises `TimeoutError` when it takes longer, `TooMuchError` when it is too long or takes
        too much memory, `EOFError` or another `OSError` when there is nobody left to give it.
        """
        deadline = monotonic() + seconds
        self._send(body, deadline)
        return self._receive(deadline)

    def ask(self, body: bytes, seconds: float) -> None:
        """Send a message whose answer is waited for later. Raises as `exchange`."""
        self._send(body, monotonic() + seconds)

    def answer(self, seconds: float) -> bytes:
        """The answer to the first message that has none yet. Raises as `exchange`."""
        return self._receive(monotonic() + seconds)

    def _receive(self, deadline: float) -> bytes:
        size = int.from_bytes(self._read(LENGTH_BYTES, deadline), "big")
        if size > self._largest:
            raise TooMuchError(f"an answer of {size} bytes")
        return self._read(size, deadline)

    def _send(self, body: bytes, deadline: float) -> None:
        left = memoryview(len(body).to_bytes(LENGTH_BYTES, "big") + body)
        while left:
            self._wait_for(self._hears, deadline)
            left = left[os.write(self._in, left) :]

    def _read(self, size: int, deadline: float) -> bytes:
        found = bytearray()
        while len(found) < size:
            self._wait_for(self._says, deadline)
            chunk = os.read(self._out, min(size - len(found), _CHUNK_BYTES))
            if not chunk:
                raise EOFError
            found += chunk
        return bytes(found)

    def _wait_for(self, pipe: select.poll, deadline: float) -> None:
        """Wait until a pipe can be used, or is broken, which using it will tell."""
        while (left := deadline - monotonic()) > 0:
            step = min(left, WATCH_SECONDS) if self._resident else left
            if pipe.poll(step * 1000):
                return
            if self._resident and self._memory() > self._resident:
                raise TooMuchError(f"more than {self._resident} bytes of memory")
        raise TimeoutError

    def _memory(self) -> int:
        """The bytes of memory that it holds; 0 where the system does not tell."""
        try:
            pages = Path(STATM.format(self._process.pid)).read_bytes().split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def kill(self) -> None:
        """Have the process go, which takes as long as there is memory to give back."""
        self._process.kill()

    def close(self) -> None:
        """Kill the process and wait until it is gone."""
        self.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):  # what it still held was for a process that is gone
                    stream.close()
        self._process.wait()
        held, self._held = self._held, -1  # at once: who was interrupted may be closing it too
        if held >= 0:
            os.close(held)
