"""The garbage collector, kept out of the way of work that makes many objects and no garbage.

While a tree is parsed or a graph is built, every collection looks at all that was made so
far and finds nothing: half of the time goes there. Trees do refer back to their parents, so
they are collected in the end, all at once.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def paused() -> Iterator[None]:
    """No collection inside; afterwards the collector is as it was."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Batches:
    """Collection after every so many characters of text, in a process that does nothing else."""

    def __init__(self, characters: int) -> None:
        self._characters = characters
        self._waiting = 0
        gc.freeze()
        gc.disable()

    def add(self, characters: int) -> None:
        """Count a text that was compiled; collect its tree, with those before it, when due."""
        self._waiting += characters
        if self._waiting >= self._characters:
            self._waiting = 0
            gc.collect()
