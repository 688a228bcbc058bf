"""A worker that dies, hangs or answers nonsense costs its text, never the run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from lineage import GapReason, supervised, workers
from lineage.deep import STACK_BYTES
from lineage.limits import CPU_SECONDS, MEMORY_BYTES
from lineage.projects import Unit
from lineage.workers import Workers, compile_units

if TYPE_CHECKING:
    from lineage.objects import Object


def _unit(sql: str) -> Unit:
    return Unit(file=f"{sql}.sql", text=sql, dialect="duckdb")


def _reasons(number: int = 3) -> list[list[GapReason]]:
    units = [_unit(f"select a{n} from t") for n in range(number)]
    return [
        [hole.reason for statement in found.statements for hole in statement.holes]
        for found in compile_units(units, 1)
    ]


def _is_gap(found: Object) -> bool:
    return any(statement.holes for statement in found.statements)


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


# A worker that ends in some way when a text asks for it, and compiles all others.
_ENDS = {
    "killed": "signal.raise_signal(9)",
    "aborted": "os.abort()",
    "crashed": "signal.raise_signal(11)",
    "stopped": "os._exit(0)",
    "out of memory": "raise_(MemoryError)",
    "out of numbers": "raise_(OverflowError)",
    "hung": "signal.pause()",
}
_PROGRAM = """
import os, signal
import lineage.worker as worker
real = worker.compile_text
def raise_(error):
    raise error
def compile_text(text, dialect):
    if 'a1' in text:
        {end}
    return real(text, dialect)
worker.compile_text = compile_text
worker.main()
"""


@pytest.mark.threat(1, 12, 58)
@pytest.mark.parametrize("end", _ENDS)
def test_a_worker_that_ends_is_a_gap_and_the_next_one_goes_on(
    monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """However its worker ends, only the text that it was at is not analysed."""
    monkeypatch.setattr(workers, "WALL_SECONDS", 5.0)
    monkeypatch.setattr(workers, "PROGRAM", ("-c", _PROGRAM.format(end=_ENDS[end])))

    assert _reasons() == [[], [GapReason.WORKER_DIED], []]


def test_each_text_comes_once_whatever_became_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes the texts as they are compiled gets all of them."""
    monkeypatch.setattr(workers, "PROGRAM", ("-c", _PROGRAM.format(end=_ENDS["killed"])))
    texts = ["select a0", "select a1", "select '\ud800'", *(f"select b{n}" for n in range(90))]
    units = [_unit(sql) for sql in texts]
    come: list[tuple[int, Object]] = []
    with Workers(2) as some:
        some.compile_each(units, lambda number, one, _encoded: come.append((number, one)))

    assert sorted(number for number, _one in come) == list(range(len(units)))
    assert sorted(number for number, one in come if _is_gap(one)) == [1, 2]


def test_what_was_sent_ahead_of_a_death_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker takes nothing with it but the text that it was at, however many it was sent."""
    end = "signal.raise_signal(9)"
    program = _PROGRAM.replace("'a1' in text", "'killer' in text").format(end=end)
    monkeypatch.setattr(workers, "PROGRAM", ("-c", program))
    texts = [f"select {'killer' if n % 9 == 4 else 'plain'}{n}" for n in range(60)]
    found = compile_units([_unit(text) for text in texts], 1)

    assert [_is_gap(one) for one in found] == ["killer" in text for text in texts]


def test_an_answer_to_another_question_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that says more than it was asked for is ended before that is taken for an answer."""
    program = _PROGRAM.replace(
        "worker.compile_text = compile_text",
        "write = worker.write_message\n"
        "worker.write_message = lambda to, body: (write(to, body), write(to, body))",
    )
    monkeypatch.setattr(workers, "PROGRAM", ("-c", program.format(end="pass")))

    found = compile_units([_unit(f"select b{n} from t") for n in range(2)], 1)
    assert [_is_gap(one) for one in found] == [False, True]


def test_who_stops_half_way_leaves_no_answers_to_others() -> None:
    """What goes wrong with a text after it was compiled is raised, and is no trouble to the next.

    The worker has been sent more texts by then, whose answers nobody waits for any more.
    """

    def refuse(_number: int, _compiled: Object, _encoded: memoryview | None) -> None:
        raise ZeroDivisionError

    with Workers() as kept:
        with pytest.raises(ZeroDivisionError):
            kept.compile_each([_unit(f"select a{n}") for n in range(50)], refuse)
        units = [_unit(f"create table m{n} as select 1") for n in range(50)]

        assert kept.compile(units) == compile_units(units, 1)


def test_a_text_that_cannot_be_sent_is_a_gap_and_the_others_are_not() -> None:
    """A lone surrogate, which no message can hold, costs the text that has it."""
    units = [_unit("select a from t"), _unit("select '\ud800' from t"), _unit("select b from t")]

    assert [bool(s.holes) for o in compile_units(units, 1) for s in o.statements] == [
        False,
        True,
        False,
    ]


@pytest.mark.threat(58)
def test_workers_that_cannot_be_started_are_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives us no process every text is accounted for."""

    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(supervised.subprocess, "Popen", refuse)

    assert _reasons() == [[GapReason.WORKER_DIED]] * 3


def test_a_worker_that_hangs_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that does not answer in time is given up."""
    monkeypatch.setattr(workers, "WALL_SECONDS", 0.05)
    _replace_command(monkeypatch, "import sys; sys.stdin.buffer.read()")

    assert _reasons() == [[GapReason.WORKER_DIED]] * 3


@pytest.mark.threat(58)
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00",
        b"\x00\x00\x00\x02\xff\xff",
        b"\x00\x00\x00\x01\x90",
        b"\x7f\xff\xff\xff",
        b"\xff\xff\xff\xff" + b"x" * 1_000_000,
        b"\x00\x00\x00\x09" + b"\x91" * 9,
    ],
)
def test_a_worker_that_answers_nonsense_is_a_gap(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """Too little, too much or the wrong thing: none of it is believed."""
    _replace_command(monkeypatch, f"import sys; sys.stdout.buffer.write({answer!r})")

    assert _reasons(1) == [[GapReason.WORKER_DIED]]


@pytest.mark.threat(12)
def test_a_thousand_killers_end_with_all_of_them_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of killers costs so many workers and no more, and every text of it is a gap."""
    started = []
    _replace_command(monkeypatch, "pass")
    count = supervised.subprocess.Popen
    monkeypatch.setattr(
        supervised.subprocess, "Popen", lambda *a, **k: started.append(1) or count(*a, **k)
    )

    assert _reasons(1_000) == [[GapReason.WORKER_DIED]] * 1_000
    assert len(started) == workers.MAX_DEATHS


@pytest.mark.threat(12)
def test_when_the_time_of_the_run_is_used_up_the_rest_is_not_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A project of slow texts ends, with every text that was not tried recorded."""
    monkeypatch.setattr(workers, "RUN_SECONDS", 0.0)

    assert _reasons() == [[GapReason.WORKER_DIED]] * 3


@pytest.mark.threat(6)
def test_objects_are_bounded_one_by_one_and_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that comes to too much is refused, and so are those for which nothing is left."""
    monkeypatch.setattr(workers, "LARGEST_OBJECT", 10)
    assert _reasons() == [[GapReason.WORKER_DIED]] * 3
    monkeypatch.setattr(workers, "LARGEST_OBJECT", 1 << 20)
    monkeypatch.setattr(workers, "LARGEST_OBJECTS", 10)
    assert _reasons() == [[], [GapReason.WORKER_DIED], [GapReason.WORKER_DIED]]


def test_a_worker_is_used_again_and_renewed_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """One is started for many texts, and another one once that one has read enough."""
    started = []
    real = supervised.subprocess.Popen
    monkeypatch.setattr(
        supervised.subprocess, "Popen", lambda *a, **k: started.append(1) or real(*a, **k)
    )

    assert _reasons(30) == [[]] * 30
    assert len(started) == 1
    monkeypatch.setattr(workers, "RENEWED_CHARACTERS", 40)
    assert _reasons(6) == [[]] * 6
    assert len(started) == 1 + 3


@pytest.mark.skipif(sys.platform != "linux", reason="what is asked is told by /proc")
@pytest.mark.threat(1, 33)
def test_the_real_worker_is_confined() -> None:
    """The process that parses has no environment, lies at `/`, and its memory is limited."""
    worker = supervised.Supervised(workers.PROGRAM)
    worker.exchange(msgspec.msgpack.encode((0, "duckdb", "select 1")), 20)
    proc = Path("/proc") / str(worker._process.pid)  # noqa: SLF001 - to look at it
    limits = {
        line[:26].strip(): line[26:].split()[0]
        for line in (proc / "limits").read_text().splitlines()[1:]
    }
    seen = ((proc / "environ").read_bytes(), (proc / "cwd").readlink())
    worker.close()

    assert seen == (b"", Path("/"))
    assert limits["Max address space"] == str(MEMORY_BYTES + STACK_BYTES)
    assert limits["Max core file size"] == "0"
    assert int(limits["Max cpu time"]) <= CPU_SECONDS + 5


def test_who_waits_does_something_meanwhile() -> None:
    """What is to be done meanwhile is done once, before anything is handed on."""
    done: list[str] = []
    with workers.Workers() as some:
        some.compile_each(
            [_unit("select 1"), _unit("select 2")],
            lambda number, _object, _encoded: done.append(str(number)),
            lambda: done.append("meanwhile"),
        )

    assert done == ["meanwhile", "0", "1"]
