"""In which order texts are linked: what writes a relation before what reads it."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lineage.link.functions import Functions
    from lineage.link.outlines import Outline
    from lineage.projects import Unit


def linking_order(
    units: Sequence[Unit],
    outlines: Sequence[Outline],
    meanings: Callable[[str, int], tuple[str, ...]],
    functions: Functions,
) -> list[int]:
    """Numbers of the units, writers first (Kahn).

    A cycle comes before what is behind it, and is entered in the given order.

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
    entries: Iterator[int] | None = None  # where cycles are entered
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
        entries = entries if entries is not None else _by_cycle(before)
        ready.extend(islice((n for n in entries if not done[n]), 1))
    return order


def _by_cycle(before: list[set[int]]) -> Iterator[int]:
    """All numbers, cycle by cycle, each behind those that it waits for (Tarjan)."""
    found: dict[int, int] = {}  # and when
    lowest: dict[int, int] = {}  # of those whose cycle is not known: the first that is reached
    stack: list[int] = []
    for start in range(len(before)):
        way = [] if start in found else [(start, iter(sorted(before[start])))]
        while way:
            number, others = way[-1]
            if number not in found:
                found[number] = lowest[number] = len(found)
                stack.append(number)
            other = next((n for n in others if n not in found), None)
            if other is not None:
                way.append((other, iter(sorted(before[other]))))
                continue
            way.pop()
            reached = [lowest[n] for n in before[number] if n in lowest]
            lowest[number] = min([found[number], *reached])
            if lowest[number] == found[number]:
                cycle = stack[stack.index(number) :] if stack[-1] != number else [number]
                del stack[-len(cycle) :]
                for member in cycle:
                    del lowest[member]
                yield from sorted(cycle)
