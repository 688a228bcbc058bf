"""Supervised compile workers: a text that kills or hangs one is a gap, and the run goes on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import msgspec

from lineage.objects import Hole, Object, Statement
from lineage.supervised import Supervised
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.projects import Unit

WALL_SECONDS = 20.0  # for one text
MAX_DEATHS = 20  # of all workers in one run; then what is left is not analysed
UNITS_PER_WORKER = 40  # starting a worker costs as much as compiling about so many texts


def compile_units(units: Sequence[Unit], jobs: int) -> list[Object]:
    """The object of each unit, compiled by at most `jobs` worker processes."""
    workers = max(1, min(jobs, -(-len(units) // UNITS_PER_WORKER)))
    queue = _Queue(units)
    threads = [threading.Thread(target=queue.work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found if found is not None else _unread("not compiled") for found in queue.objects]


class _Queue:
    """The units to compile and what became of them, shared by the supervising threads."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.objects: list[Object | None] = [None] * len(units)
        self.deaths = 0
        self._next = iter(range(len(units)))
        self._lock = threading.Lock()

    def take(self) -> int | None:
        """The number of the next unit, None when there is none left."""
        with self._lock:
            return next(self._next, None)

    def work(self) -> None:
        """Have units compiled by one worker after another until none is left."""
        worker: _Worker | None = None
        while (number := self.take()) is not None:
            if self.deaths >= MAX_DEATHS:
                self.objects[number] = _unread(f"{MAX_DEATHS} workers have died before it")
                continue
            worker = worker or _Worker()
            answer = worker.compile(self.units[number])
            if isinstance(answer, str):
                self.deaths += 1
                worker.close()
                worker = None
                answer = _unread(answer)
            self.objects[number] = answer
        if worker is not None:
            worker.close()


class _Worker(Supervised):
    """One process that compiles."""

    def __init__(self) -> None:
        super().__init__(["-m", "lineage.worker"])
        self._decoder = msgspec.msgpack.Decoder(Object)
        self._encoder = msgspec.msgpack.Encoder()

    def compile(self, unit: Unit) -> Object | str:
        """The unit's object, or what happened to the worker instead."""
        body = self._encoder.encode((unit.dialect, unit.text))
        try:
            return self._decoder.decode(self.exchange(body, WALL_SECONDS))
        except TimeoutError:
            return f"it took more than {WALL_SECONDS:.0f} s to parse"
        except (OSError, EOFError, msgspec.DecodeError):
            return "the parser's process died of it"


def _unread(message: str) -> Object:
    return Object((Statement(0, holes=(Hole(GapReason.WORKER_DIED, message, (), 0),)),))
