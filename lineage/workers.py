"""Supervised compile workers: a text that kills or hangs one is a gap, and the run goes on.

Every text gets an object, whatever happens. A worker that dies is replaced; where too many
have died, or the time of the run is used up, what is left is not tried, and each text of it
is a gap as well: a run of killers ends, and does not pass.
"""

from __future__ import annotations

import select
import signal
from collections import deque
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
    from collections.abc import Callable, Iterator, Sequence

    from lineage.projects import Unit

    # The number of a unit, its object, and that in msgpack.
    Answer = tuple[int, Object, memoryview | None]
    Each = Callable[[int, Object, memoryview | None], None]

PROGRAM = ("-m", "lineage.worker")
_OBJECTS = msgspec.msgpack.Decoder(Object)
WALL_SECONDS = 20.0  # for one text
GRACE_SECONDS = 1.0  # for what has begun to come when we look at it, if that is late
RUN_SECONDS = 600.0  # for all texts of one run
MAX_DEATHS = 20  # of all workers in one run
UNITS_PER_WORKER = 40  # starting a worker costs as much as compiling about so many texts
LARGEST_OBJECT = 16 << 20  # bytes of one text's object; those of real projects have 0.2 MB
LARGEST_OBJECTS = 256 << 20  # of all objects of one run
_AROUND = 64  # bytes of a message around its text
RENEWED_CHARACTERS = 32 << 20  # of text; then a worker makes room for one that remembers nothing


def compile_units(units: Sequence[Unit], jobs: int) -> list[Object]:
    """The object of each unit, compiled by at most `jobs` worker processes."""
    with Workers(jobs) as workers:
        return workers.compile(units)


class Workers:
    """A context: at most `jobs` workers that are kept, for as many texts as there are.

    Each is started when it is first needed. What bounds a run bounds all texts together. Those
    that are wanted but `once` go as soon as all texts of the first time are compiled.
    """

    def __init__(self, jobs: int = 1, *, once: bool = False) -> None:
        self._once = once
        self._lines = [_Line() for _ in range(max(1, jobs))]
        self._queue = _Queue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.give_up()  # where we were interrupted somebody may still be at work
        for line in self._lines:
            line.close()

    def start(self, units: int = 1) -> None:
        """Start the workers for so many units now, as these will have to be compiled soon."""
        with suppress(OSError):  # it is tried again, and told, where a text needs it
            for line in self._needed_for(units):
                line.start()

    def _needed_for(self, units: int) -> list[_Line]:
        return self._lines[: max(1, -(-units // UNITS_PER_WORKER))]

    def compile(
        self, units: Sequence[Unit], meanwhile: Callable[[], None] | None = None
    ) -> list[Object]:
        """The object of each unit.

        `meanwhile` is called once the workers have something to do, before their first answer.
        """
        found = [_unread("not compiled")] * len(units)

        def take(number: int, compiled: Object, _encoded: memoryview | None) -> None:
            found[number] = compiled

        self.compile_each(units, take, meanwhile)
        return found

    def compile_each(
        self, units: Sequence[Unit], each: Each, meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Call `each` with the number of a unit, its object, and that in msgpack if it has come so.

        Once for every unit, while the workers go on with what they have been sent. What it raises
        is raised. `meanwhile` is as in `compile`.
        """
        lines = self._needed_for(len(units))
        self._queue.take_on(units)
        try:
            for answer in self._queue.work(lines, meanwhile):
                each(*answer)
        except BaseException:
            for line in lines:  # what they were asked is no answer to what others may ask
                line.close()
                line.taken_back()
            raise
        for line in self._lines if self._once else ():
            line.kill()


class _Queue:
    """The units that are left to compile, and what those before them have cost."""

    def __init__(self) -> None:
        self._deadline = monotonic() + RUN_SECONDS
        self._units: Sequence[Unit] = ()
        self._left: deque[int] = deque()
        self._deaths = 0
        self._bytes = 0

    def take_on(self, units: Sequence[Unit]) -> None:
        """Units to be compiled next, after those before them."""
        self._units, self._left = units, deque(range(len(units)))

    def give_up(self) -> None:
        """Try no more units."""
        self._deadline = 0.0

    def work(
        self, lines: Sequence[_Line], meanwhile: Callable[[], None] | None = None
    ) -> Iterator[Answer]:
        """Have all units compiled, each by the line that has room for it first."""
        while True:
            for line in lines:
                yield from self._fill(line, len(lines))
            if meanwhile is not None:
                meanwhile()
                meanwhile = None
            busy = [line for line in lines if line.asked]
            if not busy:
                return
            yield self._next_of(_first_to_answer(busy, self._deadline))

    def _fill(self, line: _Line, lines: int) -> Iterator[Answer]:
        """Send what a line has room for; yields what is not sent to anybody."""
        while self._left and line.has_room_for(self._units[self._left[0]]):
            if lines > 1 and len(line.asked) * lines > len(self._left):
                return  # the last ones are for whoever is done first
            number = self._left.popleft()
            unit = self._units[number]
            excess, spent = excess_of_text(unit.text), self._spent()
            if excess is not None:
                yield number, _gap(Hole(excess.reason, excess.message, (), excess.offset)), None
            elif spent:
                yield number, _unread(spent), None
            else:
                try:
                    line.ask(number, unit)
                except _DiedError as died:
                    self._deaths += 1
                    yield number, _unread(str(died)), None
                except Exception as error:  # noqa: BLE001 - no text may end the others
                    kind = type(error).__name__
                    yield number, _unread(f"it cannot be handed to the parser ({kind})"), None

    def _next_of(self, line: _Line) -> Answer:
        """What the first text that a line was asked for has come to."""
        number = line.asked[0]
        try:
            found, encoded = line.answer(min(line.since + WALL_SECONDS, self._deadline))
        except _DiedError as died:
            self._deaths += 1
            self._left.extendleft(reversed(line.taken_back()))
            return number, _unread(str(died)), None
        if self._bytes > LARGEST_OBJECTS:
            return number, _unread(self._spent()), None
        self._bytes += len(encoded)
        return number, found, encoded

    def _spent(self) -> str:
        """Why no more texts are tried, empty where they are."""
        if self._deaths >= MAX_DEATHS:
            return f"{MAX_DEATHS} workers have died before it"
        if self._deadline <= monotonic():
            return f"the {RUN_SECONDS:.0f} s for all texts were used up before it"
        if self._bytes > LARGEST_OBJECTS:
            return f"the texts before it came to more than {LARGEST_OBJECTS >> 20} MiB"
        return ""


def _first_to_answer(lines: Sequence[_Line], deadline: float) -> _Line:
    """The line that can be read from first; where none says anything, the one that is late."""
    said = select.poll()
    for line in lines:
        said.register(line.out, select.POLLIN)
    latest = min(lines, key=lambda line: line.since)
    left = min(latest.since + WALL_SECONDS, deadline) - monotonic()
    ready = {out for out, _event in said.poll(max(0.0, left) * 1000)}
    return next((line for line in lines if line.out in ready), latest)


class _DiedError(Exception):
    """What a worker died of, or was stopped for."""


class _Line:
    """One worker after another, each started when there is none that can be used.

    A worker is sent texts ahead, as many as lie in its pipe without anybody waiting, so that
    it need not wait for us. `asked` are the numbers of those that it has not answered, in
    order, and `since` is when it began with the first.
    """

    def __init__(self) -> None:
        self.asked: deque[int] = deque()
        self.since = 0.0
        self._sizes: deque[int] = deque()
        self._worker: Supervised | None = None
        self._room = 0
        self._listens = True
        self._characters = 0
        self._decoder = msgspec.msgpack.Decoder(tuple[int, msgspec.Raw])
        self._encoder = msgspec.msgpack.Encoder()

    @property
    def out(self) -> int:
        """The descriptor to wait for, of a line that was asked something."""
        return self._worker.out if self._worker is not None else -1

    def has_room_for(self, unit: Unit) -> bool:
        """Whether a text can be sent now."""
        if not self.asked:
            return True
        worn = self._characters + len(unit.text) > RENEWED_CHARACTERS
        return self._listens and not worn and sum(self._sizes) + _largest(unit) <= self._room

    def ask(self, number: int, unit: Unit) -> None:
        """Send a text. Raises `_DiedError` where there is nobody to send it to."""
        question = self._encoder.encode((number, unit.dialect, unit.text))
        try:
            self._ready_for(unit).ask(question, WALL_SECONDS)
        except OSError as error:
            if not self.asked:
                raise _DiedError(self._end_of(error, WALL_SECONDS)) from None
            self._listens = False  # it has died of one before this, which its answers will tell
        if not self.asked:
            self.since = monotonic()
        self.asked.append(number)
        self._sizes.append(len(question))

    def answer(self, deadline: float) -> tuple[Object, memoryview]:
        """The first asked text's object, also as it has come, in msgpack.

        What is there already is read whenever we come to it. Raises `_DiedError` for the
        worker's end.
        """
        assert self._worker is not None
        seconds, there = deadline - self.since, not self._worker.usable
        left = max(deadline - monotonic(), GRACE_SECONDS if there else 0.0)
        number = self.asked.popleft()
        self._sizes.popleft()
        try:
            said, encoded = self._decoder.decode(self._worker.answer(left))
            found = _OBJECTS.decode(encoded)
        except (OSError, EOFError, ValueError, RecursionError, msgspec.DecodeError) as error:
            raise _DiedError(self._end_of(error, seconds)) from None
        if said != number:
            raise _DiedError(self._end_of(EOFError(), seconds))
        self.since = monotonic()
        return found, memoryview(encoded)

    def taken_back(self) -> list[int]:
        """What a worker that has ended was asked for and has not come to."""
        left = list(self.asked)
        self.asked.clear()
        self._sizes.clear()
        return left

    def _ready_for(self, unit: Unit) -> Supervised:
        self._characters += len(unit.text)
        worn = self._characters > RENEWED_CHARACTERS
        if self._worker is not None and not self.asked and (worn or not self._worker.usable):
            self.close()
        if self._worker is None:
            self._characters = len(unit.text)
        return self.start()

    def start(self) -> Supervised:
        """The worker, which is started if there is none. Raises `OSError` where it cannot be."""
        if self._worker is None:
            self._worker = Supervised(PROGRAM, largest=LARGEST_OBJECT)
            self._room, self._listens = self._worker.room(), True
        return self._worker

    def _end_of(self, error: Exception, seconds: float) -> str:
        """What is said of a worker that is of no use any more, which is ended here."""
        worker = self._worker
        self.close()
        if isinstance(error, TimeoutError):
            return f"it took more than {seconds:.0f} s to parse"
        if isinstance(error, TooMuchError):
            return f"it came to more than {LARGEST_OBJECT >> 20} MiB of lineage"
        code = worker.exit_code if worker is not None else None
        if code == -signal.SIGXCPU:
            return f"it took more than {CPU_SECONDS} s of processor time to parse"
        if code == OUT_OF_MEMORY:
            return f"it took more than {MEMORY_BYTES >> 20} MiB of memory to parse"
        return "the parser's process died of it"

    def kill(self) -> None:
        """Have the worker end, if there is one, while others work."""
        if self._worker is not None:
            self._worker.kill()

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _largest(unit: Unit) -> int:
    """The most bytes that a text may take in a message."""
    return _AROUND + len(unit.text) * (1 if unit.text.isascii() else 4)


def _gap(hole: Hole) -> Object:
    return Object((Statement(hole.offset, holes=(hole,)),))


def _unread(message: str) -> Object:
    return _gap(Hole(GapReason.WORKER_DIED, message, (), 0))
