"""Which guards of a graph satisfy a test that somebody wrote down.

A guard tests a node. It is the column it is named after only if it really is a copy of
it: a CTE, or a branch of a union, that puts out `true as consent` makes a column of that
name, and no consent.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from lineage import TransformSubtype, TransformType
from lineage.dialects import split_name
from lineage.graph import ABSENT, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enforcer.rules import GuardTest
    from lineage.graph import Graph, GuardRef

COUNT_DISTINCT: Final = "count_distinct"
_WHOLE_NUMBER: Final = re.compile(r"\d{1,18}")
# How warehouses without booleans, and people, write the two.
_SPELLINGS: Final = {
    **dict.fromkeys(("1", "t", "y", "yes"), "true"),
    **dict.fromkeys(("0", "f", "n", "no"), "false"),
}
# Words that turn a name into its contrary, or into a question that nobody has answered.
_CONTRARY: Final = frozenset(
    {
        "asked",
        "declined",
        "denied",
        "ended",
        "expired",
        "lacks",
        "missing",
        "needed",
        "needs",
        "never",
        "no",
        "non",
        "not",
        "pending",
        "refused",
        "rejected",
        "requested",
        "required",
        "requires",
        "revoked",
        "shown",
        "unknown",
        "withdrawn",
        "without",
    }
)
_WORD_ENDS: Final = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])")


def kinds_excused(
    graph: Graph, tests: Iterable[GuardTest], subjects: frozenset[int] = frozenset()
) -> frozenset[int]:
    """The kinds of edge on which one of the tests is known to hold.

    `subjects` are the nodes that are known to identify a subject.
    """
    return Guarded(graph, subjects).kinds_excused(tests)


class Guarded:
    """The edges of a graph that carry guards; what satisfies a test is found out once."""

    def __init__(self, graph: Graph, subjects: frozenset[int] = frozenset()) -> None:
        self._subjects, self._copies = subjects, Copies(graph)
        self._kinds: dict[GuardTest, frozenset[int]] = {}
        self._grouped: dict[int, frozenset[int]] = {}
        self._named: dict[GuardRef, Mapping[frozenset[str], list[GuardRef]]] = {}
        self._by_guard: dict[GuardRef, list[int]] = {}
        for number, kind in enumerate(graph.kinds):
            for guard in kind.guards:
                self._by_guard.setdefault(guard, []).append(number)

    @cached_property
    def _said(self) -> Sequence[Sequence[GuardRef]]:
        """The guards that say the same, each of its own column."""
        found: dict[tuple[str, str, str], list[GuardRef]] = {}
        for guard in self._by_guard:
            found.setdefault((guard.function, guard.operator, guard.value), []).append(guard)
        return tuple(found.values())

    def _alike(self, said: Sequence[GuardRef]) -> Mapping[frozenset[str], list[GuardRef]]:
        """Guards that say the same by the names that their columns go by."""
        if said[0] not in self._named:
            found: dict[frozenset[str], list[GuardRef]] = {}
            for guard in said:
                found.setdefault(self._copies.last_names(guard.node), []).append(guard)
            self._named[said[0]] = found
        return self._named[said[0]]

    def kinds_excused(self, tests: Iterable[GuardTest]) -> frozenset[int]:
        """The kinds of edge on which one of the tests is known to hold."""
        return frozenset[int]().union(*map(self._kinds_of, tests))

    def kinds_grouped(self, size: int) -> frozenset[int]:
        """The kinds of edge that only carry groups of at least `size` subjects.

        Where subjects are known, counting anything else says nothing: one person may have
        twenty orders.
        """
        if size not in self._grouped:
            self._grouped[size] = frozenset(
                number
                for guard, numbers in self._by_guard.items()
                if guard.function == COUNT_DISTINCT
                and _least(guard) >= size
                and (not self._subjects or self._copies.bases_of(guard.node) & self._subjects)
                for number in numbers
            )
        return self._grouped[size]

    def _kinds_of(self, test: GuardTest) -> frozenset[int]:
        if test not in self._kinds:
            held = [
                guard
                for said in self._said
                if _may_hold(said[0], test)
                for names, alike in self._alike(said).items()
                if test.absent_from or _may_be_named(names, test)
                for guard in alike
                if _satisfies(self._copies, guard, test)
            ]
            found = frozenset(number for guard in held for number in self._by_guard[guard])
            sized = frozenset[int]()
            if test.group_size is not None:
                sized = self.kinds_grouped(test.group_size)
            self._kinds[test] = found | sized
        return self._kinds[test]


def _may_hold(guard: GuardRef, test: GuardTest) -> bool:
    """False where a guard is surely not what a test asks, whatever its column is called."""
    return guard.function == ABSENT if test.absent_from else _holds(guard, test)


def _may_be_named(names: frozenset[str], test: GuardTest) -> bool:
    """False where a column that goes by these names is surely not the one that a test asks of."""
    ends = {split_name(glob)[-1] for glob in _globs(test.column)}
    return any(name_matches(name, glob) for name in names for glob in ends)


def _holds(guard: GuardRef, test: GuardTest) -> bool:
    """True when a guard says of its column, whatever it is called, what a test asks of one."""
    if not test.column or guard.function:
        return False
    if test.at_least is None:
        return guard.operator == "=" and _spelt(guard.value) == _spelt(test.equals)
    return _least(guard) >= test.at_least


def _satisfies(copies: Copies, guard: GuardRef, test: GuardTest) -> bool:
    if test.absent_from:
        return guard.function == ABSENT and copies.lists(guard.node, _globs(test.absent_from))
    return _holds(guard, test) and any(
        copies.is_named(guard.node, glob) for glob in _globs(test.column)
    )


def _globs(written: str | Sequence[str]) -> Sequence[str]:
    return (written,) if isinstance(written, str) else written


def _spelt(value: str) -> str:
    low = value.lower()
    return _SPELLINGS.get(low, low)


def _least(guard: GuardRef) -> int:
    """The smallest whole number that passes a guard; 0 when it promises nothing."""
    if not _WHOLE_NUMBER.fullmatch(guard.value):
        return 0
    value = int(guard.value)
    return {">=": value, "=": value, ">": value + 1}.get(guard.operator, 0)


class Copies:
    """Answers what a node is a copy of; remembers its answers."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._bases: dict[int, frozenset[int]] = {}
        self._named: dict[int, tuple[str, frozenset[int]]] = {}

    def bases_of(self, node: int) -> frozenset[int]:
        """The node and all nodes whose value is certain to have come to it unchanged."""
        found = self._bases.get(node)
        if found is None:
            found = self._bases[node] = self._follow(node)
        return found

    def _follow(self, node: int) -> frozenset[int]:
        bases, chain = {node}, node
        while True:
            sources = self._sources(chain)
            if len(sources) != 1 or not self._is_copy(chain):
                return frozenset(bases)
            (chain,) = sources
            if chain in bases:
                return frozenset(bases)
            bases.add(chain)

    def _is_copy(self, node: int) -> bool:
        return all(
            transform.subtype is TransformSubtype.IDENTITY
            or (
                transform.subtype is TransformSubtype.TRANSFORMATION
                and set(transform.functions) == {"cast"}
            )
            for transform in (self._graph.kind(e).transform for e in self._graph.incoming(node))
            if transform.type is TransformType.DIRECT
        )

    def is_named(self, node: int, pattern: str) -> bool:
        """True when the node is, or on every way in is a copy of, a column of such a name."""
        waiting, seen, found = [node], {node}, False
        while waiting:
            name, copied = self._name_of(waiting.pop())
            if name and name_matches(name, pattern):
                found = True
                continue
            if not copied:
                return False
            waiting.extend(copied - seen)
            seen |= copied
        return found

    def last_names(self, node: int) -> frozenset[str]:
        """The last parts of all names that the node, or what it may be a copy of, goes by."""
        waiting, seen, found = [node], {node}, set()
        while waiting:
            name, copied = self._name_of(waiting.pop())
            if name:
                found.add(split_name(name)[-1])
            waiting.extend(copied - seen)
            seen |= copied
        return frozenset(found)

    def _name_of(self, node: int) -> tuple[str, frozenset[int]]:
        """The name of a declared column, empty for another one, and what the node is a copy of."""
        if node not in self._named:
            name = str(self._graph.columns[node]) if self._is_declared(node) else ""
            copied = self._sources(node) if self._is_copy(node) else ()
            self._named[node] = (name, frozenset(copied))
        return self._named[node]

    def lists(self, node: int, patterns: Sequence[str]) -> bool:
        """True when the node is a column of a relation of such a name, or made of one row by row.

        The queries between are known to read the list whole, a list of several whole lists too.
        """
        waiting, seen = [node], {node}
        while waiting:
            here = waiting.pop()
            if here not in self._graph.inner:
                name = self._graph.columns[here].relation
                if any(name_matches(name, pattern) for pattern in patterns):
                    return True
                continue
            sources = self._sources(here) - seen
            waiting.extend(sources)
            seen |= sources
        return False

    def _sources(self, node: int) -> set[int]:
        return {self._graph.sources[e] for e in self._graph.incoming(node) if self._is_value(e)}

    def _is_declared(self, node: int) -> bool:
        """A relation's column that is not a constant which some query made up."""
        if node in self._graph.inner:
            return False
        if self._makers(node):
            return not self._has_constant_branch(node)
        siblings = self._graph.nodes_of(self._graph.columns[node].relation)
        return not any(self._is_value(e) for n in siblings for e in self._graph.incoming(n))

    def _has_constant_branch(self, node: int) -> bool:
        """True when a query block that fills the column puts out something made of nothing."""
        waiting, seen = [node], {node}
        while waiting:
            makers = self._makers(waiting.pop())
            if not makers:
                return True
            inner = (makers & self._graph.inner) - seen
            waiting.extend(inner)
            seen |= inner
        return False

    def _makers(self, node: int) -> set[int]:
        """The columns that a value is made of, or that decide which one it is."""
        sources = {self._graph.sources[edge] for edge in self._graph.incoming(node)}
        return {source for source in sources if self._graph.columns[source].column != ROWS}

    def _is_value(self, edge: int) -> bool:
        return (
            self._graph.kind(edge).transform.type is TransformType.DIRECT
            and self._graph.columns[self._graph.sources[edge]].column != ROWS
        )


def name_matches(name: str, pattern: str) -> bool:
    """True when a glob matches a dotted name, or its end after a dot, part by part.

    A star stands for no word that turns the name into its contrary: `*consent*` is not
    `consent_withdrawn`.
    """
    return _end_matches(tuple(split_name(name)[-len(split_name(pattern)) :]), pattern)


@lru_cache(maxsize=65_536)  # columns of many relations have the same name
def _end_matches(ends: tuple[str, ...], pattern: str) -> bool:
    globs = split_name(pattern.lower())
    return (
        len(ends) == len(globs)
        and all(fnmatchcase(e.lower(), g) for e, g in zip(ends, globs, strict=True))
        and not (_words(ends[-1]) - _words(globs[-1])) & _CONTRARY
    )


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD_ENDS.split(name)}
