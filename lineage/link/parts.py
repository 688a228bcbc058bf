"""Fields of columns that texts hand on: what flows into a column flows into each of its fields.

Of a copy it is the same field that does. So for each field that somebody reads, the way is
followed back through copies, from relation to relation, to where the column is made: of
named parts, of which only one is meant, or of something whole, of which any may be.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.link.joining import expect_room
from lineage.link.fields import MAX_DEPTH
from lineage.objects import STAR
from lineage.words import IDENTITY, TransformType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineage.link.joining import Joiner
    from lineage.link.segments import Interface

MAX_FIELDS = 10_000  # of one column, that are found by following copies back


def open_fields(joiner: Joiner, interfaces: Mapping[str, Interface]) -> None:
    """Draw what flows into the fields of a graph, and what fields are parts of."""
    if joiner.field_of:
        opening = _Opening(joiner, interfaces)
        opening.run()
        opening.link_wholes()


class _Opening:
    def __init__(self, joiner: Joiner, interfaces: Mapping[str, Interface]) -> None:
        self.joiner = joiner
        self.declared = {
            (relation, whole): frozenset(name.lower() for name in names)
            for relation, interface in interfaces.items()
            for whole, names in interface.fields
        }
        self.fields: dict[int, list[tuple[str, int]]] = {}  # by what they are fields of
        self.into: dict[int, list[int]] = {}  # edges by target
        self.top: dict[int, int] = {}  # of a field, the column it is in
        self.depth: dict[int, int] = {}
        self.count: dict[int, int] = {}
        self.inner = set(joiner.inner)
        self.copies = [kind.transform == IDENTITY for kind in joiner.kinds]
        self.direct = [kind.transform.type is TransformType.DIRECT for kind in joiner.kinds]
        self.doubtful = set(joiner.ambiguous)
        # a field, its name, what it is a field of, and an edge that leads there
        self.waiting: deque[tuple[int, str, int, int]] = deque()

    def run(self) -> None:
        """Follow every field back, until nothing is new."""
        joiner = self.joiner
        for edge, target in enumerate(joiner.targets):
            self.into.setdefault(target, []).append(edge)
        for (whole, name), field in list(joiner.field_of.items()):
            self._note(field, name, whole)
        while self.waiting:
            self._draw(*self.waiting.popleft())

    def _note(self, field: int, name: str, whole: int) -> None:
        self.fields.setdefault(whole, []).append((name, field))
        top = self.top[field] = self.top.get(whole, whole)
        self.depth[field] = self.depth.get(whole, 0) + 1
        self.count[top] = self.count.get(top, 0) + 1
        if whole in self.inner:
            self.inner.add(field)
            self.joiner.inner.append(field)
        self.waiting += [(field, name, whole, edge) for edge in self.into.get(whole, ())]

    def _draw(self, field: int, name: str, whole: int, edge: int) -> None:
        """What an edge into the whole means for one field of it."""
        joiner = self.joiner
        place = joiner.units[edge], whole
        made = joiner.made.get(place)
        if made is not None and (name in made or STAR in made):
            return
        source = self._source(edge, name, place)
        if source == field:
            return
        drawn, kind, offset = len(joiner.sources), joiner.kind_of[edge], joiner.offsets[edge]
        doubt = edge in self.doubtful
        joiner.edge((source, field), kind, place[0], offset, ambiguous=doubt)
        if doubt:
            self.doubtful.add(drawn)
        expect_room(drawn)
        self.into.setdefault(field, []).append(drawn)
        self.waiting += [(n, called, field, drawn) for called, n in self.fields.get(field, ())]

    def _source(self, edge: int, name: str, place: tuple[int, int]) -> int:
        """What flows into a field where an edge leads into what it is a field of."""
        joiner = self.joiner
        source, kind = joiner.sources[edge], joiner.kind_of[edge]
        if joiner.columns[source].column == ROWS or place in joiner.rows:
            return source
        if not (self.copies[kind] or (place in joiner.kept and self.direct[kind])):
            return source
        of = joiner.columns[source]
        known = self.declared.get((of.relation, of.name)) if self.declared else None
        if known is not None and name not in known and source not in self.inner:
            return source  # under another name: a struct may be taken over by position
        field = joiner.field_of.get((source, name))
        if field is None:
            many = self.count.get(self.top.get(source, source), 0) >= MAX_FIELDS
            if many or self.depth.get(source, 0) >= MAX_DEPTH:
                return source
            field = joiner.field(source, name)
            self._note(field, name, source)
        return field

    def link_wholes(self) -> None:
        """Whoever reads a column reads its fields; a value may begin in any of these."""
        joiner = self.joiner
        for whole, fields in sorted(self.fields.items()):
            if whole in self.inner:
                continue
            of = joiner.columns[whole]
            begin = joiner.begins[whole] = len(joiner.columns)
            joiner.columns.append(of)
            joiner.inner.append(begin)
            joiner.wholes += [(field, whole) for _name, field in fields]
            joiner.wholes += [(begin, node) for node in (whole, *self._inside(whole))]
            expect_room(len(joiner.wholes))

    def _inside(self, whole: int) -> list[int]:
        """All fields in a column, those of its fields among them."""
        found = [field for _name, field in self.fields.get(whole, ())]
        for field in found:
            found += [inside for _name, inside in self.fields.get(field, ())]
        return found
