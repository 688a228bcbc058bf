"""The garbage collector, kept out of the way of work that makes many objects and no garbage.

While a tree is parsed or a graph is built, every collection looks at all that was made so
far and finds nothing: half of the time goes there. What the parser leaves behind in circles
is collected now and then, the youngest objects only; what is kept holds no circle and is not
looked at again.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTED_CHARACTERS = 1 << 21  # of text between two collections


@contextmanager
def paused() -> Iterator[None]:
    """No collection inside but that of `Batches`; afterwards the collector is as it was.

    What is there by then counts as old: or all of it would be looked at as soon as there is one
    object more. So nothing inside may leave circles behind that `Batches` does not collect.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():  # or what others have set aside would be among it
                gc.freeze()
                gc.unfreeze()
            gc.enable()


class Batches:
    """Collection after every so many characters of text."""

    def __init__(self, characters: int = COLLECTED_CHARACTERS) -> None:
        self._characters = characters
        self._waiting = 0

    def add(self, characters: int) -> None:
        """Count a text that was compiled; collect what it and those before it left, when due."""
        self._waiting += characters
        if self._waiting >= self._characters:
            self.collect()

    def collect(self) -> None:
        """Collect what the texts since the last time have left."""
        self._waiting = 0
        gc.collect(0)
