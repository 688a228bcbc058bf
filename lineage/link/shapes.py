"""Shapes: the names of a struct's fields, one after another, in all that is put into a column.

Where a column gets structs whose fields have other names, or others first, some engines go by
name and some by position. So a field of it may be any field of these. A table that no query
makes has names of its own: where nobody tells them, they are other ones.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from lineage.fields import parts_of, path_to
from lineage.graph import ROWS
from lineage.link.segments import RESULT
from lineage.objects import FUNCTION, PROCEDURE, STAR

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from lineage.link.joining import Joiner

    Shape = tuple[str, ...]
    Place = tuple[int, tuple[str, ...]]  # a node, and the way from it to a field


MOST_PLACES = 300  # that a struct comes from: each column asks anew

_UNKNOWN: Shape = (STAR,)  # names that nobody tells, of whatever is put into a table

# Where structs are put into one another field by field, by name.
_BY_NAME = frozenset({"duckdb", "snowflake"})


def by_position(dialects: Iterable[str]) -> bool:
    """Whether a struct may be taken for one of other names, its fields by their position."""
    return not _BY_NAME.issuperset(dialects)


class Shapes:
    """The shapes of the columns of a graph, before its fields are followed."""

    def __init__(
        self, joiner: Joiner, declared: Mapping[tuple[str, str], Shape], queries: Collection[str]
    ) -> None:
        """`declared` has shapes by relation and dotted name; `queries` make these relations."""
        self._joiner = joiner
        self._declared = declared
        self._queries = queries
        self._known: dict[int, bool] = {}

    def differ(self, node: int, top: int, copied: Callable[[int], list[int]]) -> bool:
        """Whether structs of several shapes come together in a column or a field of one.

        `top` is the column, and `copied` tells what a node is a copy of. True also for what has
        more copies before it than are looked at.
        """
        found = self._known.get(node)
        if found is None:
            path = tuple(parts_of(self._joiner.paths.get(node, "")))
            found = self._known[node] = self._differ((top, path), copied)
        return found

    def _differ(self, place: Place, copied: Callable[[int], list[int]]) -> bool:
        several: dict[int, Shape] = {}
        unknown = False
        seen, waiting = {place}, [place]
        while waiting:
            if len(seen) > MOST_PLACES:
                return True
            here, below = waiting.pop()
            for shape in self._at(here, below):
                if shape == _UNKNOWN:
                    unknown = True
                elif several.setdefault(len(shape), shape) != shape:
                    return True
            if unknown and several:
                return True
            following = [(source, below) for source in copied(here)]
            field = self._joiner.fields_of.get(here, {}).get(below[0]) if below else None
            if field is not None:
                following.append((field, below[1:]))
            new = [found for found in following if found not in seen]
            seen.update(new)
            waiting += new
        return False

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
                return
        if self._has_own(node):
            yield _UNKNOWN

    def _has_own(self, node: int) -> bool:
        """Whether a node is a column that no query gives its fields."""
        relation, joiner = self._joiner.relations[node], self._joiner
        if relation in self._queries or joiner.names[node] == ROWS or not _is_stored(relation):
            return False
        return joiner.nodes_of.get(relation, {}).get(joiner.names[node]) == node


def _is_stored(relation: str) -> bool:
    return not relation.startswith((RESULT, FUNCTION, PROCEDURE))
