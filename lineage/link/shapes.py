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
    from collections.abc import Callable, Collection, Iterable, Mapping

    from lineage.link.joining import Joiner

    Shape = tuple[str, ...]
    Place = tuple[int, tuple[str, ...]]  # a node, and the way from it to a field


MOST_PLACES = 300  # that a struct comes from: each column asks anew

_ANY: Shape = (STAR,)  # of what no query puts together of fields that it names
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
        untold: list[int] = []  # of which nobody declares what names there are
        fields_of, made = self._joiner.fields_of, self._joiner.made
        seen, waiting = {place}, [place]
        while waiting:
            if len(seen) > MOST_PLACES:
                return True
            here, below = waiting.pop()
            shape = made.get(here, _ANY) if not below else _ANY
            if STAR not in shape and several.setdefault(len(shape), shape) != shape:
                return True
            declared = self._declared_at(here, below) if self._declared else None
            if declared is None:
                untold.append(here)
            elif several.setdefault(len(declared), declared) != declared:
                return True
            new = [(source, below) for source in copied(here)]
            if below and here in fields_of:
                field = fields_of[here].get(below[0])
                if field is not None:
                    new.append((field, below[1:]))
            for found in new:
                if found not in seen:
                    seen.add(found)
                    waiting.append(found)
        return bool(several) and any(map(self._has_own, untold))

    def _declared_at(self, node: int, path: tuple[str, ...]) -> Shape | None:
        joiner = self._joiner
        if node in joiner.paths:
            return None
        name = reduce(path_to, path, "")
        whole = f"{joiner.names[node]}.{name}" if name else joiner.names[node]
        return self._declared.get((joiner.relations[node], whole))

    def _has_own(self, node: int) -> bool:
        """Whether a node is a column that no query gives its fields."""
        relation, joiner = self._joiner.relations[node], self._joiner
        if relation in self._queries or joiner.names[node] == ROWS or not _is_stored(relation):
            return False
        return joiner.nodes_of.get(relation, {}).get(joiner.names[node]) == node


def _is_stored(relation: str) -> bool:
    return not relation.startswith((RESULT, FUNCTION, PROCEDURE))
