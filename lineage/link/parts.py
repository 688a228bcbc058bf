"""Fields of columns that texts hand on: what flows into a column flows into each of its fields.

Of a copy it is the same field that does. So for each field that somebody reads, the way is
followed back through copies, from relation to relation, to where the column is made: of
named parts, of which only one is meant, or of something whole, of which any may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.graph_parts import parts_linked
from lineage.link.fields import MAX_DEPTH
from lineage.link.joining import expect_room
from lineage.objects import STAR
from lineage.words import IDENTITY, TransformType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineage.link.joining import Joiner
    from lineage.link.segments import Interface
    from lineage.link.shapes import Shapes

MAX_FIELDS = 10_000  # of one column, that are found by following copies back
_OFTEN = 1023  # so often it is asked whether there is room for more


def open_fields(
    joiner: Joiner,
    interfaces: Mapping[str, Interface],
    shapes: Shapes | None,
) -> None:
    """Draw what flows into the fields of a graph, and what fields are parts of.

    `shapes` are those of its columns, where a struct may be taken for one of other names.
    """
    if joiner.field_of:
        opening = _Opening(joiner, interfaces, shapes)
        opening.run()
        opening.link_wholes()


class _Opening:
    def __init__(
        self, joiner: Joiner, interfaces: Mapping[str, Interface], shapes: Shapes | None
    ) -> None:
        self.joiner = joiner
        self.shapes = shapes
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
        self.drawn: dict[int, bool] = {}  # edges drawn here: whether each hands on what it is given
        self.doubtful = set(joiner.ambiguous)
        self.waiting: list[tuple[int, str, int, int]] = []  # field, name, whole, edge into that

    def run(self) -> None:
        """Follow every field back, until nothing is new."""
        into = self.into
        for edge, target in enumerate(self.joiner.targets):
            if target in into:
                into[target].append(edge)
            else:
                into[target] = [edge]
        for (whole, name), field in tuple(self.joiner.field_of.items()):
            self._note(field, name, whole)
        at, waiting = 0, self.waiting
        while at < len(waiting):  # first come, first served
            self._draw(*waiting[at])
            at += 1
            if not at & _OFTEN:
                expect_room(len(self.joiner.sources))

    def _note(self, field: int, name: str, whole: int) -> None:
        self.fields.setdefault(whole, []).append((name, field))
        if self.shapes is not None:
            self.shapes.note(field, name, whole)
        top = self.top[field] = self.top.get(whole, whole)
        self.depth[field] = self.depth.get(whole, 0) + 1
        self.count[top] = self.count.get(top, 0) + 1
        if whole in self.inner:
            self.inner.add(field)
            self.joiner.inner.append(field)
        made = self.joiner.made.get(whole, ())
        if name not in made and STAR not in made:
            for edge in self.into.get(whole, ()):
                self.waiting.append((field, name, whole, edge))

    def _draw(self, field: int, name: str, whole: int, edge: int) -> None:
        """What an edge into the whole means for one field of it."""
        joiner = self.joiner
        source = self._source(edge, name, whole)
        if source == field:
            return
        drawn, doubt = len(joiner.sources), edge in self.doubtful
        joiner.sources.append(source)
        joiner.targets.append(field)
        joiner.kind_of.append(joiner.kind_of[edge])
        joiner.units.append(joiner.units[edge])
        joiner.offsets.append(joiner.offsets[edge])
        if doubt:
            joiner.ambiguous.append(drawn)
            self.doubtful.add(drawn)
        self.drawn[drawn] = source != joiner.sources[edge]
        self.into.setdefault(field, []).append(drawn)
        for called, inside in self.fields.get(field, ()):
            self.waiting.append((inside, called, field, drawn))

    def _source(self, edge: int, name: str, whole: int) -> int:
        """What flows into a field where an edge leads into what it is a field of."""
        joiner = self.joiner
        source = joiner.sources[edge]
        if not self._copies(edge) or self._differ(whole):
            return source
        if joiner.names[source] == ROWS or (joiner.units[edge], whole) in joiner.rows:
            return source
        field = joiner.field_of.get((source, name))
        if field is not None:
            return field
        if self.declared and source not in self.inner:
            known = self.declared.get((joiner.relations[source], self._named(source)))
            if known is not None and name not in known:
                return source  # it has another name there: structs are taken over by position
        many = self.count.get(self.top.get(source, source), 0) >= MAX_FIELDS
        if many or self.depth.get(source, 0) >= MAX_DEPTH:
            return source
        field = joiner.field(source, name)
        self._note(field, name, source)
        return field

    def _differ(self, whole: int) -> bool:
        """Whether a field's name may mean another field of what the whole is made of."""
        shapes = self.shapes
        return shapes is not None and shapes.differ(whole, self.into, self._copies)

    def _copies(self, edge: int) -> bool:
        """Whether each field of what an edge leads from is that field of what it leads to."""
        found = self.drawn.get(edge)
        if found is None:
            kind, kept = self.joiner.kind_of[edge], self.joiner.targets[edge] in self.joiner.kept
            found = self.copies[kind] or (self.direct[kind] and kept)
        return found

    def link_wholes(self) -> None:
        """Tell the graph which columns of relations have which fields."""
        joiner = self.joiner
        fields = {
            w: [f for _, f in found] for w, found in self.fields.items() if w not in self.inner
        }
        joiner.wholes, joiner.begins = parts_linked(fields, len(joiner.names))
        joiner.inner += joiner.begins.values()
        expect_room(len(joiner.wholes) + len(joiner.sources))

    def _named(self, node: int) -> str:
        name, path = self.joiner.names[node], self.joiner.paths.get(node)
        return f"{name}.{path}" if path else name
