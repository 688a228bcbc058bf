"""Wildcards made into edges: what one relation has, those that take over its columns have too.

To the least fixpoint, in both directions: a column that is asked of a relation is looked for
in what that was made from, and one that a relation is known to have is handed on.
"""

from __future__ import annotations

from collections import deque
from itertools import repeat
from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.link.joining import expect_room

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.link.joining import JoinedWildcard, Joiner


def open_wildcards(joiner: Joiner) -> None:
    """Make edges of a graph's wildcards, for each column that anything is known to have."""
    if joiner.wildcards:
        _Opening(joiner).run()


def _content(wild: JoinedWildcard) -> tuple[object, ...]:
    """All but the place where it is written: of equal ones the first counts."""
    written = wild.written[1]
    return (*wild[:3], written.ambiguous, written.blocked, written.renamed)


class _Opening:
    def __init__(self, joiner: Joiner) -> None:
        self.joiner = joiner
        self.wildcards = list({_content(w): w for w in reversed(joiner.wildcards)}.values())[::-1]
        self.known: dict[int, set[str]] = {-n - 1: set() for n in range(len(joiner.for_any))}
        self.made: dict[int, dict[str, int]] = {}  # inner nodes for the columns of one for any
        self._handed = 0  # names, from all nodes to others

    def run(self) -> None:
        """Find out which columns there are, then draw their edges."""
        for relation, node in self.joiner.any_of.items():
            self.known[node] |= self.joiner.nodes_of.get(relation, {}).keys() - {ROWS}
        self._spread_names()
        for wild in self.wildcards:
            self._draw(wild)
            expect_room(len(self.joiner.sources))

    def _spread_names(self) -> None:
        """Hand names on and back until nothing is new."""
        passing = [w for w in self.wildcards if w.source < 0 and w.target < 0]
        at: dict[int, list[JoinedWildcard]] = {}
        for wild in passing:
            at.setdefault(wild.source, []).append(wild)
            at.setdefault(wild.target, []).append(wild)
        waiting = deque(sorted(at))
        queued = set(waiting)
        while waiting:
            node = waiting.popleft()
            queued.discard(node)
            for wild in at[node]:
                leaves = wild.source == node
                other = wild.target if leaves else wild.source
                names = (wild.forward if leaves else wild.backward)(self.known[node])
                if not names <= self.known[other]:
                    before = len(self.known[other])
                    self.known[other] |= names
                    self._handed += len(self.known[other]) - before
                    expect_room(self._handed)
                    if other not in queued:
                        queued.add(other)
                        waiting.append(other)

    def _draw(self, wild: JoinedWildcard) -> None:
        _unit, written = wild.written
        if wild.target >= 0:
            sources = self._nodes(wild.source, sorted(self.known[wild.source]))
            self._edges(sources, repeat(wild.target), wild)
            return
        names = sorted(self.known[wild.target].difference(written.blocked))
        if wild.source >= 0:
            self._edges(repeat(wild.source), self._nodes(wild.target, names), wild)
            return
        old = dict(written.renamed)
        olds = [old.get(name, name) for name in names] if old else names
        self._edges(self._nodes(wild.source, olds), self._nodes(wild.target, names), wild)

    def _nodes(self, node: int, names: list[str]) -> list[int]:
        """The nodes of columns where `node` is that for any."""
        joiner = self.joiner
        relation, inner = joiner.for_any[-node - 1]
        there = self.made.setdefault(node, {}) if inner else joiner.nodes_of.get(relation, {})
        for name in names:
            if name not in there:
                if inner:
                    there[name] = joiner.inner_node(relation, name)
                else:
                    joiner.node(relation, name)
                    there = joiner.nodes_of[relation]
        return [there[name] for name in names]

    def _edges(self, sources: Iterable[int], targets: Iterable[int], wild: JoinedWildcard) -> None:
        unit, written = wild.written
        ends = [ends for ends in zip(sources, targets, strict=False) if ends[0] != ends[1]]
        place = unit, written.offset
        self.joiner.edges(ends, wild.kind, place, ambiguous=written.ambiguous)
