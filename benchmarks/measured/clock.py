"""What a measured process prints: the seconds of its work, its memory, and an account of it."""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


def report(
    work: Callable[[], Result],
    account: Callable[[Result], dict[str, object]],
    workers: int = 0,
) -> None:
    """Do the work, then print its figures and what `account` makes of its result.

    `peak` is that of this process, plus that of the largest worker for each of `workers`.
    """
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    peak = _own_peak() + workers * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peak": peak, **account(result)}))


def _own_peak() -> int:
    # Not `ru_maxrss`, which begins with that of the process we were started from.
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("utf-8").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
