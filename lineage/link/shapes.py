"""Shapes: the names of a struct's fields, one after another, in all that is put into a column.

Where a column gets structs whose fields have other names, or others first, some engines go by
name and some by position. So a field of it may be any field of these.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from lineage.fields import path_to
from lineage.objects import STAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lineage.link.joining import Joiner

    Shape = tuple[str, ...]


# Where structs are put into one another field by field, by name.
_BY_NAME = frozenset({"duckdb", "snowflake"})


def by_position(dialects: Iterable[str]) -> bool:
    """Whether a struct may be taken for one of other names, its fields by their position."""
    return not _BY_NAME.issuperset(dialects)


class Shapes:
    """The shapes of the columns of a graph, before its fields are followed."""

    def __init__(self, joiner: Joiner, declared: Mapping[tuple[str, str], Shape]) -> None:
        """`declared` has shapes by relation and dotted name."""
        self._joiner = joiner
        self._declared = declared
        self._within: dict[int, tuple[int, str]] = {}
        self._known: dict[int, bool] = {}
        for (whole, name), field in joiner.field_of.items():
            self._within[field] = (whole, name)

    def note(self, field: int, name: str, whole: int) -> None:
        """There is one field more."""
        self._within[field] = (whole, name)

    def differ(
        self, node: int, into: Mapping[int, list[int]], copies: Callable[[int], bool]
    ) -> bool:
        """Whether structs of several shapes come together in a column or field.

        `into` are edges by target; `copies` tells which of them copy.
        """
        found = self._known.get(node)
        if found is None:
            several: dict[int, Shape] = {}
            found = self._known[node] = any(
                several.setdefault(len(shape), shape) != shape
                for shape in self._of(node, into, copies)
            )
        return found

    def _of(
        self, node: int, into: Mapping[int, list[int]], copies: Callable[[int], bool]
    ) -> Iterator[Shape]:
        """Every shape, of the node itself and of all that it is a copy of."""
        path: tuple[str, ...] = ()
        while node in self._within:
            node, name = self._within[node]
            path = (name, *path)
        seen = {(node, path)}
        waiting = [(node, path)]
        while waiting:
            here, below = waiting.pop()
            yield from self._at(here, below)
            following = [
                (self._joiner.sources[edge], below) for edge in into.get(here, ()) if copies(edge)
            ]
            if below:
                field = self._joiner.field_of.get((here, below[0]))
                following += [] if field is None else [(field, below[1:])]
            new = [place for place in following if place not in seen]
            seen.update(new)
            waiting += new

    def _at(self, node: int, path: tuple[str, ...]) -> Iterator[Shape]:
        joiner = self._joiner
        if not path and node in joiner.made and STAR not in joiner.made[node]:
            yield joiner.made[node]
        if self._declared and node not in joiner.paths:
            name = reduce(path_to, path, "")
            whole = f"{joiner.names[node]}.{name}" if name else joiner.names[node]
            shape = self._declared.get((joiner.relations[node], whole))
            if shape is not None:
                yield shape
