"""Running recursive code on a stack that is large enough for the limits we set.

Python's recursion limit is raised only inside a thread whose stack can hold it: raised
without the stack it turns a refusal into a crash. With both fixed, the compiled and the
pure parser, and every Python, accept the same depth.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

STACK_BYTES = 512 << 20  # of address space; the pages are taken as they are needed
RECURSION_LIMIT = 200_000

Result = TypeVar("Result")
_one_at_a_time = threading.Lock()
_deep = threading.local()  # `here` is set in a thread that has the large stack


def run_deep(function: Callable[[], Result]) -> Result:
    """Call `function` on the large stack and return what it returns or raise what it raises.

    Who is on it already stays there, so that many small calls can share the one stack.
    """
    if getattr(_deep, "here", False):
        return function()
    done: list[Result] = []
    failed: list[BaseException] = []

    def call() -> None:
        _deep.here = True
        try:
            done.append(function())
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller
            failed.append(error)

    with _one_at_a_time:
        stack, limit = threading.stack_size(STACK_BYTES), sys.getrecursionlimit()
        sys.setrecursionlimit(RECURSION_LIMIT)
        try:
            thread = threading.Thread(target=call, daemon=True)  # or an interrupt would wait for it
            thread.start()
            thread.join()
        finally:
            sys.setrecursionlimit(limit)
            threading.stack_size(stack)
    if failed:
        raise failed[0]
    return done[0]
