"""A supervised process sees nothing of ours, is bounded in every way, and does not outlive us."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lineage.confined import OUT_OF_MEMORY
from lineage.supervised import Supervised, TooMuchError

linux = pytest.mark.skipif(sys.platform != "linux", reason="what is asked is told by /proc")

_ANSWERS = """
import json, os, resource, sys
from lineage.confined import allow_seconds, confine, read_message, write_message
out = confine()
while (body := read_message(sys.stdin.buffer)) is not None:
    write_message(out, {answer})
"""

_PARENT = """
import sys, time
from lineage.supervised import Supervised
process = Supervised({program})
process._send(b"?", time.monotonic() + 20)
print(process._process.pid, flush=True)
sys.stdin.read()
"""
_TAKES_TOO_MUCH = """
import os
from lineage.confined import OUT_OF_MEMORY, confine
out = confine(1 << 30)
try:
    bytearray(1 << 30)
except MemoryError:
    os._exit(OUT_OF_MEMORY)
"""


def _program(answer: str) -> list[str]:
    """A program that answers every message with the bytes of an expression."""
    return ["-c", _ANSWERS.format(answer=answer)]


def _said(answer: str, **bounds: int) -> bytes:
    process = Supervised(_program(answer), **bounds)
    try:
        return process.exchange(b"?", 20)
    finally:
        process.close()


@linux
@pytest.mark.threat(1, 33, 40)
def test_it_sees_neither_the_environment_nor_the_checkout_nor_our_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It has an empty environment, `/` for its folder, and no file but its own pipes."""
    monkeypatch.setenv("CANARY", "canary")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit")
    held = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(held, True)  # noqa: FBT003 - what a careless parent does
    seen = json.loads(
        _said(
            "json.dumps([dict(os.environ), os.getcwd(), sys.flags.isolated,"
            " [os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')"
            "  if os.path.islink(f'/proc/self/fd/{n}')]]).encode()"
        )
    )
    os.close(held)

    environment, folder, isolated, files = seen
    assert "CANARY" not in environment
    assert set(environment) <= {"LC_CTYPE"}  # Python's own answer to having no locale
    assert (folder, isolated) == ("/", 1)
    assert not [file for file in files if not file.startswith(("pipe:", "/dev/null", "/proc/"))]


@linux
@pytest.mark.threat(1)
def test_it_leaves_no_core_behind() -> None:
    """What it held in memory is written nowhere when it dies."""
    assert _said("str(resource.getrlimit(resource.RLIMIT_CORE)).encode()") == b"(0, 0)"


@pytest.mark.threat(34)
def test_what_it_prints_is_no_answer() -> None:
    """Neither Python's output nor that of native code gets among the messages."""
    assert _said("(print('x', flush=True), os.write(1, b'xxxx'), b'said')[2]") == b"said"


@linux
@pytest.mark.threat(1)
def test_it_dies_with_the_process_that_started_it() -> None:
    """It is gone when its parent was killed, also where it never looks up from its work."""
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT.format(program=_program("pow(7, 10**9)"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert parent.stdout is not None
    gone = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()

    waiting = select.poll()
    waiting.register(gone, select.POLLIN)
    assert waiting.poll(20_000)
    os.close(gone)


@linux
@pytest.mark.threat(32)
def test_memory_is_watched_where_addresses_cannot_be_limited() -> None:
    """It is stopped while it holds more memory than it may."""
    with pytest.raises(TooMuchError, match="memory"):
        _said("(bytearray(b'x') * (1 << 28), pow(7, 10**9))[0]", resident=1 << 27)


@linux
@pytest.mark.threat(8)
def test_addresses_are_limited() -> None:
    """More of them than it may have are not to be had, and it can say so when it ends."""
    process = Supervised(["-c", _TAKES_TOO_MUCH])
    with pytest.raises((EOFError, BrokenPipeError)):
        process.exchange(b"?", 20)
    process.close()
    assert process.exit_code == OUT_OF_MEMORY


@linux
@pytest.mark.threat(5)
def test_processor_time_is_limited_from_now_on() -> None:
    """The system itself stops it, whatever it does."""
    process = Supervised(_program("(allow_seconds(0), pow(7, 10**9))[1]"))
    with pytest.raises(EOFError):
        process.exchange(b"?", 60)
    process.close()
    assert process.exit_code == -signal.SIGXCPU


def test_time_for_one_answer_does_not_count_for_the_next() -> None:
    """A limit of time is set anew, and so may be passed by all answers together."""
    process = Supervised(_program("(allow_seconds(1), sum(range(10**7)), b'said')[2]"))
    said = [process.exchange(b"?", 60) for _ in range(12)]
    process.close()
    assert said == [b"said"] * 12


@pytest.mark.threat(58)
@pytest.mark.parametrize(
    ("written", "error"),
    [
        (b"", EOFError),
        (b"\0\0", EOFError),
        (b"\0\0\0\x09said", EOFError),
        (b"\xff\xff\xff\xff", TooMuchError),
        (b"\x04\0\0\x01" + b"x" * 99, TooMuchError),
    ],
)
def test_an_answer_that_is_none_is_not_waited_for(written: bytes, error: type[Exception]) -> None:
    """Too short, or said to be longer than anything that is read: it is over at once."""
    process = Supervised(
        ["-c", f"import sys; sys.stdin.read(1); sys.stdout.buffer.write({written!r})"]
    )
    with pytest.raises(error):
        process.exchange(b"?", 20)
    process.close()


@pytest.mark.threat(58)
def test_one_that_does_not_listen_or_answer_is_late() -> None:
    """Neither a full pipe nor silence holds us up."""
    for body in (b"?", b"?" * (1 << 22)):
        process = Supervised(["-c", "import signal; signal.pause()"])
        with pytest.raises(TimeoutError):
            process.exchange(body, 0.2)
        process.close()


@pytest.mark.threat(58)
def test_one_that_speaks_unasked_is_not_to_be_used() -> None:
    """An answer that was not asked for could be taken for that to the next question."""
    process = Supervised(_program("(write_message(out, b'one'), b'two')[1]"))
    assert process.usable
    assert process.exchange(b"?", 20) == b"one"
    waiting = select.poll()
    waiting.register(process._out, select.POLLIN)  # noqa: SLF001 - until it has said more
    assert waiting.poll(20_000)
    assert not process.usable
    process.close()
