"""Wildcards made into edges: what one relation has, those that take over its columns have too.

To the least fixpoint, in both directions: a column that is asked of a relation is looked for
in what that was made from, and one that a relation is known to have is handed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lineage.graph import ROWS
from lineage.link.segments import ANY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.link.joining import Joiner
    from lineage.link.segments import Wildcard


class JoinedWildcard(NamedTuple):
    """A wildcard between nodes of the joined graph; `written` is its unit and itself."""

    source: int
    target: int
    kind: int
    written: tuple[int, Wildcard]

    def source_name(self, name: str) -> str | None:
        """The column that a target's column takes its value from, None where from none."""
        wild = self.written[1]
        if name in wild.blocked:
            return None
        return next((old for new, old in wild.renamed if new == name), name)

    def target_names(self, name: str) -> Iterator[str]:
        """The columns that a source's column becomes."""
        wild = self.written[1]
        yield from (new for new, old in wild.renamed if old == name)
        if name not in wild.blocked and all(new != name for new, _old in wild.renamed):
            yield name


def _content(wild: JoinedWildcard) -> tuple[object, ...]:
    """All but the place where it is written: of equal ones the first counts."""
    written = wild.written[1]
    ambiguous = written.ambiguous
    return (*wild[:3], ambiguous, written.blocked, written.renamed)


def open_wildcards(joiner: Joiner) -> None:
    """Make edges of a graph's wildcards, for each column that anything is known to have."""
    if joiner.wildcards:
        _Opening(joiner).run()


class _Opening:
    def __init__(self, joiner: Joiner) -> None:
        self.joiner = joiner
        self.into: dict[int, list[JoinedWildcard]] = {}
        self.out_of: dict[int, list[JoinedWildcard]] = {}
        for wild in {_content(w): w for w in reversed(joiner.wildcards)}.values():
            self.into.setdefault(wild.target, []).append(wild)
            self.out_of.setdefault(wild.source, []).append(wild)
        self.inner = set(joiner.inner)
        self.made: dict[tuple[int, str], int] = {}  # nodes for one column of a node for any
        self.waiting: list[tuple[int, str]] = []

    def run(self) -> None:
        for columns in list(self.joiner.nodes_of.values()):
            any_node = columns.get(ANY)
            if any_node is not None:
                self.waiting.extend((any_node, c) for c in columns if c not in {ROWS, ANY})
        seen = set(self.waiting)
        while self.waiting:
            node, name = self.waiting.pop()
            for found in (*self._backward(node, name), *self._forward(node, name)):
                if found not in seen:
                    seen.add(found)
                    self.waiting.append(found)

    def _backward(self, node: int, name: str) -> Iterator[tuple[int, str]]:
        """Where a column comes from: edges into it, and the columns that these start from."""
        target = self._node(node, name)
        for wild in self.into.get(node, ()):
            source_name = wild.source_name(name)
            if source_name is None:
                continue
            if self._is_any(wild.source):
                yield wild.source, source_name
                self._edge(self._node(wild.source, source_name), target, wild)
            else:
                self._edge(wild.source, target, wild)

    def _forward(self, node: int, name: str) -> Iterator[tuple[int, str]]:
        """Where a column goes: into the same column further on, or into a single one."""
        for wild in self.out_of.get(node, ()):
            if self._is_any(wild.target):
                yield from ((wild.target, new) for new in wild.target_names(name))
            else:
                self._edge(self._node(node, name), wild.target, wild)

    def _is_any(self, node: int) -> bool:
        return self.joiner.columns[node].column == ANY

    def _node(self, node: int, name: str) -> int:
        """The node of one column where `node` is that for any."""
        relation = self.joiner.columns[node].relation
        if node not in self.inner:
            return self.joiner.node(relation, name)
        found = self.made.get((node, name))
        if found is None:
            found = self.made[node, name] = self.joiner.inner_node(relation, name)
        return found

    def _edge(self, source: int, target: int, wild: JoinedWildcard) -> None:
        if source != target:
            unit, written = wild.written
            ends = (source, target)
            self.joiner.edge(ends, wild.kind, unit, written.offset, ambiguous=written.ambiguous)
