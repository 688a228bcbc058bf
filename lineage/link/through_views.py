"""Views that are written to: what goes into one goes into the tables that it shows.

A column that a view shows as it is can be changed through it, in all engines that let anybody
change a view. So each way from a table's column to a view's that does nothing to the value
leads back as well, where some text changes the rows of the view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.link.joining import NOWHERE, JoinedWildcard
from lineage.link.segments import Wildcard
from lineage.words import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lineage.link.joining import Joiner
    from lineage.link.segments import Shown

    Renamed = dict[str, str]  # names in a view, and what they are called further back


def write_through(joiner: Joiner, changed: Collection[str]) -> None:
    """Draw what flows out of `changed` views into what they show."""
    if any(view.relation in changed for view in joiner.views):
        _Through(joiner).run(changed)


class _Through:
    def __init__(self, joiner: Joiner) -> None:
        self.joiner = joiner
        self.inner = frozenset(joiner.inner)
        self.copies = [kind.transform == IDENTITY for kind in joiner.kinds]
        self.into: dict[int, list[int]] = {}  # of nodes of subqueries, what they are copies of
        self.open: dict[int, list[JoinedWildcard]] = {}  # the same of those for any column
        for source, target, kind in zip(
            joiner.sources, joiner.targets, joiner.kind_of, strict=True
        ):
            if target in self.inner and self.copies[kind]:
                self.into.setdefault(target, []).append(source)
        for wild in joiner.wildcards:
            self.open.setdefault(wild.target, []).append(wild)

    def run(self, changed: Collection[str]) -> None:
        """Follow what is written from view to view, down to tables."""
        views: dict[str, list[Shown]] = {}
        for view in self.joiner.views:
            views.setdefault(view.relation, []).append(view)
        waiting = [name for name in views if name in changed]
        seen = set(waiting)
        while waiting:
            for view in views[waiting.pop()]:
                below = {*self._by_columns(view), *self._by_stars(view)}
                self._rows(view, below)
                new = sorted(name for name in below if name in views and name not in seen)
                seen.update(new)
                waiting += new

    def _by_columns(self, view: Shown) -> Iterator[str]:
        """Lead the columns of a view back; the relations that they come from."""
        joiner = self.joiner
        first, end = view.edges
        found = [
            (joiner.sources[edge], joiner.targets[edge])
            for edge in range(first, end)
            if self.copies[joiner.kind_of[edge]]
        ]
        place = self._place(view)
        for source, target in (*found, *view.again):
            if target in self.inner or joiner.relations[target] != view.relation:
                continue
            bases = [b for b in self._bases(source) if b != target]
            joiner.edges([(target, base) for base in bases], joiner.plain, place)
            yield from (joiner.relations[base] for base in bases)

    def _bases(self, node: int) -> Iterator[int]:
        """The columns of relations that a node is a copy of."""
        seen, waiting = {node}, [node]
        while waiting:
            here = waiting.pop()
            if self.joiner.names[here] == ROWS:
                continue
            if here not in self.inner:
                yield here
                continue
            new = [source for source in self.into.get(here, ()) if source not in seen]
            seen.update(new)
            waiting += new

    def _by_stars(self, view: Shown) -> Iterator[str]:
        """Lead back what a star shows of unknown columns; the relations that it is over."""
        joiner = self.joiner
        first, end = view.wildcards
        for wild in joiner.wildcards[first:end]:
            if wild.target != joiner.any_of.get(view.relation):
                continue
            unit, written = wild.written
            for base, renamed in self._any_bases(wild, {}):
                if base == wild.target:
                    continue
                names = tuple(sorted((old, new) for new, old in renamed.items()))
                back = Wildcard(0, 0, 0, written.offset, renamed=names)
                joiner.wildcards.append(
                    JoinedWildcard(wild.target, base, joiner.plain, (unit, back))
                )
                yield joiner.for_any[-base - 1][0]

    def _any_bases(self, wild: JoinedWildcard, names: Renamed) -> Iterator[tuple[int, Renamed]]:
        """The nodes for any column of relations behind a star, with what its names are there."""
        seen: set[int] = set()
        waiting = [(wild, names)]
        while waiting:
            here, names = waiting.pop()
            if here.source >= 0 or here.source in seen:
                continue
            seen.add(here.source)
            old = dict(here.written[1].renamed)
            further = {new: old.get(name, name) for new, name in names.items()}
            further.update({n: o for n, o in old.items() if n not in names.values()})
            _name, inner = self.joiner.for_any[-here.source - 1]
            if inner:
                waiting += [(w, further) for w in self.open.get(here.source, ())]
            else:
                yield here.source, further

    def _rows(self, view: Shown, below: Collection[str]) -> None:
        """A row that comes into a view is one of the table, also in columns that it hides."""
        joiner = self.joiner
        rows = joiner.nodes_of.get(view.relation, {}).get(ROWS)
        if rows is None:
            return
        for name in sorted(below):
            ends = [(rows, node) for node in joiner.nodes_of.get(name, {}).values()]
            joiner.edges(ends, joiner.plain, self._place(view))

    def _place(self, view: Shown) -> tuple[int, int]:
        first, end = view.edges
        joiner = self.joiner
        return (joiner.units[first], joiner.offsets[first]) if first < end else NOWHERE
