"""In which order texts are linked: what writes a relation before what reads it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lineage.link.functions import Functions
    from lineage.link.outlines import Outline
    from lineage.projects import Unit


def linking_order(
    units: Sequence[Unit],
    outlines: Sequence[Outline],
    meanings: Callable[[str, int], tuple[str, ...]],
    functions: Functions,
) -> list[int]:
    """Numbers of the units, writers first (Kahn); a cycle is entered in the given order.

    Who makes a function comes before those that call it.
    """
    writers: dict[str, set[int]] = {}
    for number, unit in enumerate(units):
        names = {name for name, _kind, _temporary in outlines[number].writes}
        for name in names | ({unit.target} if unit.target else set()):
            for meaning in meanings(name, number):
                writers.setdefault(meaning, set()).add(number)
    before = [
        {w for name in outlines[n].reads for m in meanings(name, n) for w in writers.get(m, ())}
        - {n}
        for n in range(len(units))
    ]
    if functions.some:
        for number, outline in enumerate(outlines):
            before[number] |= functions.makers(outline.calls, number) - {number}
    return _sorted(before)


def _sorted(before: list[set[int]]) -> list[int]:
    after: list[list[int]] = [[] for _ in before]
    for number, earlier in enumerate(before):
        for other in earlier:
            after[other].append(number)
    missing = [len(earlier) for earlier in before]
    order: list[int] = []
    ready = deque(n for n, count in enumerate(missing) if not count)
    done = [False] * len(before)
    cursor = 0
    while len(order) < len(before):
        while ready:
            number = ready.popleft()
            if done[number]:
                continue
            done[number] = True
            order.append(number)
            for later in after[number]:
                missing[later] -= 1
                if not missing[later] and not done[later]:
                    ready.append(later)
        while cursor < len(before) and done[cursor]:
            cursor += 1
        if cursor < len(before):
            ready.append(cursor)
    return order
