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

MANY = 1 << 19  # objects; they take some 100 MB


@contextmanager
def paused() -> Iterator[None]:
    """No collection inside but by `collect`; afterwards the collector is as it was.

    What is there by then counts as old: or all of it would be looked at as soon as there is one
    object more. So nothing inside may leave circles behind that are not collected.
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


def collect(fewest: int = 0) -> None:
    """Collect what texts have left, if so many objects have been made and not freed since."""
    if gc.get_count()[0] >= fewest:
        gc.collect(0)
