"""A worker that dies, hangs or answers nonsense costs its text, never the run."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from lineage import GapReason, supervised, workers
from lineage.projects import Unit
from lineage.workers import compile_units


def _unit(sql: str) -> Unit:
    return Unit(file=f"{sql}.sql", text=sql, dialect="duckdb")


def _reasons(number: int = 3) -> list[list[GapReason]]:
    units = [_unit(f"select a{n} from t") for n in range(number)]
    return [
        [hole.reason for statement in found.statements for hole in statement.holes]
        for found in compile_units(units, 1)
    ]


def _replace_command(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    real = supervised.subprocess.Popen

    def start(_command: list[str], **options: object) -> object:
        return real([sys.executable, "-I", "-c", program], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(supervised.subprocess, "Popen", start)


def test_texts_compile_in_a_process_of_their_own() -> None:
    """What a worker sends back is what compiling in this process gives."""
    from lineage.compile import compile_text  # noqa: PLC0415 - brings in the parser

    units = [_unit("create table m as select a from t"), _unit("select (")]

    assert compile_units(units, 2) == [compile_text(u.text, u.dialect) for u in units]


def test_a_worker_that_is_killed_is_a_gap_and_the_next_one_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only the text whose worker was killed is not analysed."""
    send = workers._Worker._send  # noqa: SLF001 - killed between the question and the answer

    def killing(self: workers._Worker, body: bytes, deadline: float) -> None:
        if b"a1" in body:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
        send(self, body, deadline)

    monkeypatch.setattr(workers._Worker, "_send", killing)  # noqa: SLF001

    assert _reasons() == [[], [GapReason.WORKER_DIED], []]


def test_a_worker_that_hangs_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that does not answer in time is given up."""
    monkeypatch.setattr(workers, "WALL_SECONDS", 0.05)
    _replace_command(monkeypatch, "import sys; sys.stdin.buffer.read()")

    assert _reasons() == [[GapReason.WORKER_DIED]] * 3


@pytest.mark.parametrize(
    "answer",
    [b"", b"\x00", b"\x00\x00\x00\x02\xff\xff", b"\x00\x00\x00\x01\x90", b"\x7f\xff\xff\xff"],
)
def test_a_worker_that_answers_nonsense_is_a_gap(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """Too little, too much or the wrong thing: none of it is believed."""
    _replace_command(monkeypatch, f"import sys; sys.stdout.buffer.write({answer!r})")

    assert _reasons(1) == [[GapReason.WORKER_DIED]]


def test_after_too_many_deaths_the_rest_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of killers ends, with every text of it recorded as not analysed."""
    monkeypatch.setattr(workers, "MAX_DEATHS", 2)
    _replace_command(monkeypatch, "pass")

    assert _reasons(6) == [[GapReason.WORKER_DIED]] * 6
