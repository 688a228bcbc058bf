"""What lineage knows of a project or a script once it has been read, compiled and linked."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec

from lineage.flatten import edges_into, edges_out_of, flatten_edges
from lineage.graph import Graph
from lineage.guarded import Guarded, collect_guards
from lineage.projects import Relation, Unit
from lineage.words import Column, Delete, Edge, Gap, Grant, Guard, Origin, Remark
from lineage.written_lines import written_line

if TYPE_CHECKING:
    from collections.abc import Sequence


_SHORT = 1 << 13  # characters of a text whose lines are counted faster than listed


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an analysis.

    `graph` holds every flow, inner steps included, and is what a policy should be checked
    on; `edges` is the same from relation to relation. `relations` are the declared ones and
    those that the SQL itself made known; `guarded` the writes with their guards. `statements`
    counts what there was to analyse and `opaque` how many of those have a gap. `remarks` are
    what DDL says of relations and columns; they are among these' facts as well. `stars` and
    `unions` are the places, by unit and offset, where all columns pass on without being named;
    `equated` are pairs of nodes whose values some query asks to be equal in the rows it joins.
    """

    graph: Graph
    units: tuple[Unit, ...]
    relations: tuple[Relation, ...]
    grants: tuple[Grant, ...]
    deletes: tuple[Delete, ...]
    guarded: tuple[Guarded, ...]
    gaps: tuple[Gap, ...]
    statements: int
    opaque: int
    remarks: tuple[Remark, ...] = ()
    stars: frozenset[tuple[int, int]] = frozenset()
    unions: frozenset[tuple[int, int]] = frozenset()
    equated: frozenset[tuple[int, int]] = frozenset()

    @property
    def edges(self) -> Sequence[Edge]:
        """Flows between columns of relations, sorted; computed at each call."""
        return flatten_edges(self.graph, self.origin_of)

    @property
    def guards(self) -> tuple[Guard, ...]:
        """Predicates that hold for every row written into a relation; computed at each call."""
        return collect_guards(
            self.graph, self.guarded, lambda unit, offset: locate(self.units[unit], offset)
        )

    def edges_into(self, column: Column) -> Sequence[Edge]:
        """Flows into one column; none where nothing mentions it."""
        return edges_into(self.graph, self.origin_of, column)

    def edges_out_of(self, column: Column) -> Sequence[Edge]:
        """Flows out of one column."""
        return edges_out_of(self.graph, self.origin_of, column)

    def by_star(self, edge: int) -> bool:
        """True when an edge of the graph comes of a star, so that nobody named the column."""
        sites = self.graph.sites
        return (sites.units[edge], sites.offsets[edge]) in self.stars

    def by_position(self, edge: int) -> bool:
        """True when an edge of the graph may come of a union or the like, which names nothing.

        A union is written where its first column is, so that one may be named all the same.
        """
        sites = self.graph.sites
        return (sites.units[edge], sites.offsets[edge]) in self.unions

    def origin_of(self, edge: int) -> Origin:
        """Where an edge of the graph is written, in the text that was analysed."""
        site = self.graph.site(edge)
        if site.unit < 0:
            return self._declared_at(edge)
        unit = self.units[site.unit]
        return locate(unit, site.offset)

    def _declared_at(self, edge: int) -> Origin:
        """A flow that no text writes (into an exposure) is where its target is declared."""
        name = self.graph.columns[self.graph.targets[edge]].relation
        return next((r.origin for r in self.relations if r.name == name), Origin("", 0, 0))


def locate(unit: Unit, offset: int) -> Origin:
    """Where a character of a unit's text is written, 1-based.

    For a text that was generated, the line is that of the text a person wrote, and the
    column that of the generated one.
    """
    text = unit.text
    if len(text) <= _SHORT:
        line, start = text.count("\n", 0, offset) + 1, text.rfind("\n", 0, offset) + 1
    else:
        starts = _line_starts(text)
        line = bisect_right(starts, offset)
        start = starts[line - 1]
    return Origin(unit.file, written_line(unit, line), offset - start + 1)


@lru_cache(maxsize=64)  # one text has many places, and they are asked for one after another
def _line_starts(text: str) -> list[int]:
    return [0, *accumulate(map((1).__add__, map(len, text.split("\n"))))]
