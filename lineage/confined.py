"""The inside of a process that `lineage.supervised` watches over: its limits and its messages.

A message is four bytes of length, big-endian, and that many bytes.
"""

from __future__ import annotations

import fcntl
import os
import resource
import select
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

LENGTH_BYTES = 4  # before every message
OUT_OF_MEMORY = 12  # the exit code that says so
_ORPHANED = 13
_ALSO_USED = 1  # a second of processor time: limits are in whole ones


def confine(addresses: int = 0) -> BinaryIO:
    """Take what this process does not need, and return the stream for its answers.

    It leaves no core behind, may take `addresses` bytes of them (0 for as many as it likes),
    cannot print into its answers, and dies with the process that started it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if addresses and sys.platform == "linux":  # others refuse, or do not keep to it
        _limit(resource.RLIMIT_AS, addresses)
    _die_with(int(sys.argv[-1]))
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _die_with(lifeline: int) -> None:
    """Have the system kill this process once the other end of a pipe is closed.

    No thread could do it: compiled code may never let another one run.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)
    broken = select.poll()
    broken.register(lifeline)
    if broken.poll(0):  # before anybody was told to look
        os._exit(_ORPHANED)


def allow_seconds(seconds: int) -> None:
    """Have the system kill this process once it took so much time of the processor from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + _ALSO_USED)


def _limit(what: int, most: int) -> None:
    """Set a limit, where no lower one is in force that nobody may raise."""
    _soft, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def read_message(stream: BinaryIO) -> bytes | None:
    """The next message, None at the end of the stream."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    return body if len(body) == size else None


def write_message(stream: BinaryIO, body: bytes) -> None:
    """Write one message and flush it."""
    stream.write(len(body).to_bytes(LENGTH_BYTES, "big") + body)
    stream.flush()
