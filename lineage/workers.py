"""Supervised compile workers: a text that kills or hangs one is a gap, and the run goes on.

Every text gets an object, whatever happens. A worker that dies is replaced; where too many
have died, or the time of the run is used up, what is left is not tried, and each text of it
is a gap as well: a run of killers ends, and does not pass.
"""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Self

import msgspec

from lineage.confined import OUT_OF_MEMORY
from lineage.limits import CPU_SECONDS, MEMORY_BYTES, excess_of_text
from lineage.objects import Hole, Object, Statement
from lineage.supervised import Supervised, TooMuchError
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lineage.projects import Unit

    Each = Callable[[int, Object], None]

PROGRAM = ("-m", "lineage.worker")
WALL_SECONDS = 20.0  # for one text
RUN_SECONDS = 600.0  # for all texts of one run
MAX_DEATHS = 20  # of all workers in one run
UNITS_PER_WORKER = 40  # starting a worker costs as much as compiling about so many texts
LARGEST_OBJECT = 16 << 20  # bytes of one text's object; those of real projects have 0.2 MB
LARGEST_OBJECTS = 256 << 20  # of all objects of one run
RENEWED_CHARACTERS = 32 << 20  # of text; then a worker makes room for one that remembers nothing


def compile_units(units: Sequence[Unit], jobs: int, each: Each | None = None) -> list[Object]:
    """The object of each unit, compiled by at most `jobs` worker processes.

    `each` is called with the number of a unit and its object, once for every unit and never
    twice at the same time, while a worker compiles the next one. What it raises is raised.
    """
    with Workers(jobs) as workers:
        return workers.compile(units, each)


class Workers:
    """A context: at most `jobs` workers that are kept, for as many texts as there are.

    Each is started when it is first needed. What bounds a run bounds all texts together.
    """

    def __init__(self, jobs: int = 1) -> None:
        self._lines = [_Line() for _ in range(max(1, jobs))]
        self._queue = _Queue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.close()

    def start(self) -> None:
        """Start the first worker now, as there will be texts to compile soon."""
        with suppress(OSError):  # it is tried again, and told, where a text needs it
            self._lines[0].start()

    def compile(self, units: Sequence[Unit], each: Each | None = None) -> list[Object]:
        """The object of each unit; see `compile_units`."""
        queue = self._queue
        queue.take_on(units, each)
        first, *others = self._lines[: max(1, -(-len(units) // UNITS_PER_WORKER))]
        beside = [
            threading.Thread(target=queue.work_beside, args=(o,), daemon=True) for o in others
        ]
        for thread in beside:
            thread.start()
        try:
            queue.work(first)
            for thread in beside:
                thread.join()
        except BaseException:
            queue.deadline = 0.0  # whoever interrupts us does not wait for the rest
            raise
        if queue.error is not None:
            raise queue.error
        return queue.compiled()


class _Queue:
    """The units to compile and what became of them, shared by the supervising threads."""

    def __init__(self) -> None:
        self.deadline = monotonic() + RUN_SECONDS
        self.error: BaseException | None = None
        self._each: Each | None = None
        self._handing = threading.Lock()
        self._units: Sequence[Unit] = ()
        self._objects: list[Object | None] = []
        self._deaths = 0
        self._bytes = 0
        self._next = iter(range(0))
        self._lock = threading.Lock()

    def take_on(self, units: Sequence[Unit], each: Each | None) -> None:
        """Units to be compiled next, after those before them."""
        self._each = each
        self._units, self._objects = units, [None] * len(units)
        self._next = iter(range(len(units)))

    def compiled(self) -> list[Object]:
        """The object of each unit that was taken on last."""
        return [one if one is not None else _unread("not compiled") for one in self._objects]

    def work_beside(self, line: _Line) -> None:
        """The same in a thread that nobody hears."""
        try:
            self.work(line)
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            self.error = error

    def work(self, line: _Line) -> None:
        """Have units compiled by one worker after another until none is left."""
        last = -1
        while (number := self._take()) is not None:
            refused = self._ask(line, self._units[number])
            self._hand_on(last)
            self._objects[number] = refused or self._answer(line)
            last = number
        self._hand_on(last)

    def _hand_on(self, number: int) -> None:
        """Tell what has become of a unit, if of any."""
        found = self._objects[number] if number >= 0 else None
        if found is not None and self._each is not None:
            with self._handing:
                self._each(number, found)

    def _take(self) -> int | None:
        """The number of the next unit, None when there is none left."""
        with self._lock:
            return next(self._next, None)

    def _ask(self, line: _Line, unit: Unit) -> Object | None:
        """Have a worker begin with a unit; where none does, what the unit comes to."""
        excess = excess_of_text(unit.text)
        if excess is not None:
            return _gap(Hole(excess.reason, excess.message, (), excess.offset))
        seconds = min(WALL_SECONDS, self.deadline - monotonic())
        spent = self._spent(seconds)
        if spent:
            return _unread(spent)
        try:
            line.ask(unit, seconds)
        except Exception as error:  # noqa: BLE001 - nothing about one text may end the others
            return self._failed(error)
        return None

    def _answer(self, line: _Line) -> Object:
        """What the unit comes to that a worker has begun with."""
        try:
            found, size = line.answer()
        except Exception as error:  # noqa: BLE001 - likewise
            return self._failed(error)
        with self._lock:
            self._bytes += size
        return found

    def _failed(self, error: Exception) -> Object:
        """What a unit comes to of which a worker made nothing."""
        if not isinstance(error, _DiedError):
            return _unread(f"it cannot be handed to the parser ({type(error).__name__})")
        with self._lock:
            self._deaths += 1
        return _unread(str(error))

    def _spent(self, seconds: float) -> str:
        """Why no more texts are tried, empty where they are."""
        if self._deaths >= MAX_DEATHS:
            return f"{MAX_DEATHS} workers have died before it"
        if seconds <= 0:
            return f"the {RUN_SECONDS:.0f} s for all texts were used up before it"
        if self._bytes > LARGEST_OBJECTS:
            return f"the texts before it came to more than {LARGEST_OBJECTS >> 20} MiB"
        return ""


class _DiedError(Exception):
    """What a worker died of, or was stopped for."""


class _Line:
    """One worker after another, each started when there is none that can be used."""

    def __init__(self) -> None:
        self._worker: Supervised | None = None
        self._characters = 0
        self._seconds = 0.0  # that the text may take which is compiled now
        self._decoder = msgspec.msgpack.Decoder(Object)
        self._encoder = msgspec.msgpack.Encoder()

    def ask(self, unit: Unit, seconds: float) -> None:
        """Have a worker begin with a unit. Raises `_DiedError` for its end."""
        self._seconds = seconds
        question = self._encoder.encode((unit.dialect, unit.text))
        try:
            self._ready_for(unit).tell(question, seconds)
        except OSError as error:
            raise _DiedError(self._end_of(error)) from None

    def answer(self) -> tuple[Object, int]:
        """That unit's object and its size in bytes. Raises `_DiedError` for the worker's end."""
        assert self._worker is not None
        try:
            answer = self._worker.hear(self._seconds)
            return self._decoder.decode(answer), len(answer)
        except (OSError, EOFError, msgspec.DecodeError) as error:
            raise _DiedError(self._end_of(error)) from None

    def _ready_for(self, unit: Unit) -> Supervised:
        self._characters += len(unit.text)
        worn = self._characters > RENEWED_CHARACTERS
        if self._worker is not None and (worn or not self._worker.usable):
            self.close()
        if self._worker is None:
            self._characters = len(unit.text)
        return self.start()

    def start(self) -> Supervised:
        """The worker, started if there is none. Raises `OSError` where it cannot be."""
        if self._worker is None:
            self._worker = Supervised(PROGRAM, largest=LARGEST_OBJECT)
        return self._worker

    def _end_of(self, error: Exception) -> str:
        """What is said of a worker that is of no use any more, which is ended here."""
        worker = self._worker
        self.close()
        if isinstance(error, TimeoutError):
            return f"it took more than {self._seconds:.0f} s to parse"
        if isinstance(error, TooMuchError):
            return f"it came to more than {LARGEST_OBJECT >> 20} MiB of lineage"
        code = worker.exit_code if worker is not None else None
        if code == -signal.SIGXCPU:
            return f"it took more than {CPU_SECONDS} s of processor time to parse"
        if code == OUT_OF_MEMORY:
            return f"it took more than {MEMORY_BYTES >> 20} MiB of memory to parse"
        return "the parser's process died of it"

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _gap(hole: Hole) -> Object:
    return Object((Statement(hole.offset, holes=(hole,)),))


def _unread(message: str) -> Object:
    return _gap(Hole(GapReason.WORKER_DIED, message, (), 0))
