"""Work in a process of its own, which the system ends when it takes too long.

Random SQL can keep an engine busy in a place where it hears no interrupt, and can take the
process down with it. Either costs one seed.
"""

from __future__ import annotations

import signal
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    Work = Callable[[int], "_Found"]

_Found = TypeVar("_Found")
_CONTEXT = get_context("spawn")  # no copy of an engine with its threads


class Ended(NamedTuple):
    """The process of a seed came to no end of its own; `why` in words."""

    why: str


def each(work: Work[_Found], seeds: range, seconds: float) -> Iterator[tuple[int, _Found | Ended]]:
    """What `work` finds for each seed, or that it was ended after so many seconds, or died.

    `work` has to be one that can be sent to another process.
    """
    left = seeds
    while left:
        ours, theirs = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(target=_do, args=(theirs, work, left, seconds), daemon=True)
        process.start()
        theirs.close()
        done = 0
        try:
            for seed in left:
                yield seed, ours.recv()
                done += 1
        except EOFError:
            process.join()
            yield left[done], Ended(_why(process.exitcode))
            done += 1
        finally:
            ours.close()
            process.join()
        left = left[done:]


def _do(answers: Connection, work: Work[_Found], seeds: range, seconds: float) -> None:
    # the signal's own effect, as no handler of ours would run while the engine is at work
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for seed in seeds:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        answers.send(work(seed))


def _why(code: int | None) -> str:
    if code == -signal.SIGALRM:
        return "stopped by the limit of its process"
    return f"its process died ({code})"
