"""Lists as they are kept: numbers of four bytes, in the byte order of the machine; names once."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING

from lineage.graph import numbers

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable

Numbers = memoryview


def flat(values: Iterable[int]) -> Numbers:
    """Numbers as they are kept."""
    return memoryview(numbers(values))


def numbers_in(kept: Numbers) -> array[int]:
    """The numbers that are kept. Raises ValueError where there is part of one."""
    found = numbers(())
    found.frombytes(kept)
    return found


def once(names: Iterable[str]) -> tuple[list[str], Numbers]:
    """Each name once, and the position of each among these."""
    position: defaultdict[str, int] = defaultdict(count().__next__)
    positions = flat(list(map(position.__getitem__, names)))
    return list(position), positions
