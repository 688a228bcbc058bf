"""Fields of columns that texts hand on: what flows into a column flows into each of its fields.

Of a copy it is the same field that does. So for each field that somebody reads, the way is
followed back through copies, from relation to relation, to where the column is made: of
named parts, of which only one is meant, or of something whole, of which any may be.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.graph_parts import parts_linked
from lineage.link.fields import MAX_DEPTH
from lineage.link.joining import expect_room
from lineage.objects import STAR
from lineage.words import IDENTITY, TransformType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from lineage.link.joining import Joiner
    from lineage.link.segments import Interface
    from lineage.link.shapes import Shapes

    Field = tuple[str, int]  # its name and its node

MAX_FIELDS = 10_000  # of one column, that are found by following copies back
_NONE = -1  # before the first edge


def open_fields(joiner: Joiner, interfaces: Mapping[str, Interface], shapes: Shapes | None) -> None:
    """Draw what flows into the fields of a graph, and what fields are parts of.

    `shapes` are those of its columns, where a struct may be taken for one of other names.
    """
    if joiner.fields_of:
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
        self.within: dict[int, tuple[int, int]] = {}  # of a field: its column, and how deep
        self.count: dict[int, int] = {}  # of a column's fields
        self.inner = set(joiner.inner)
        self.copies = [kind.transform == IDENTITY for kind in joiner.kinds]
        self.direct = [kind.transform.type is TransformType.DIRECT for kind in joiner.kinds]
        self.first = len(joiner.sources)  # the first of the edges that are drawn here
        self.hand_on: list[bool] = []  # of these, whether each hands on what it is given
        self.doubtful = set(joiner.ambiguous)
        # The edges into a node are a chain, so that none is looked at but those of wholes.
        self.last = [_NONE] * len(joiner.names)  # by node
        self.before: list[int] = []  # by edge
        self.waiting: dict[int, None] = {}  # what has new fields, or new edges into it
        self.done: dict[int, tuple[int, int]] = {}  # its last edge, and how many fields it had

    def run(self) -> None:
        """Follow every field back, until nothing is new."""
        self._chain(self.joiner.targets)
        for whole, fields in self.joiner.fields_of.items():
            self._note(whole, fields.values())
        while self.waiting:
            wholes, self.waiting = self.waiting, {}
            for whole in wholes:
                self._open(whole)
                expect_room(len(self.joiner.sources))

    def _chain(self, targets: Sequence[int]) -> None:
        """Edges that are new lead to these targets."""
        last, before = self.last, self.before
        for edge, target in enumerate(targets, len(before)):
            before.append(last[target])
            last[target] = edge

    def _note(self, whole: int, new: Collection[int]) -> None:
        """There are new fields of a whole."""
        top, depth = self.within.get(whole, (whole, 0))
        self.within.update(dict.fromkeys(new, (top, depth + 1)))
        self.count[top] = self.count.get(top, 0) + len(new)
        if whole in self.inner:
            self.inner.update(new)
            self.joiner.inner += new
        self.waiting[whole] = None

    def _open(self, whole: int) -> None:
        """What each edge into a whole means for its fields, as far as one of them is new."""
        last, made = self.last[whole], self.joiner.made.get(whole, ())
        if last == _NONE or STAR in made:
            return
        fields = [f for f in self.joiner.fields_of[whole].items() if f[0] not in made]
        edge, seen = self.done.get(whole, (_NONE, 0))
        self.done[whole] = last, len(fields)
        newer, older = self._chained(last, edge), self._chained(edge, _NONE)
        if newer and fields:
            self._draw_all(newer, whole, fields)
        if older and len(fields) > seen:
            self._draw_all(older, whole, fields[seen:])

    def _chained(self, edge: int, until: int) -> list[int]:
        """An edge and those before it that lead into the same node, up to one of them."""
        found = []
        while edge != until:
            found.append(edge)
            edge = self.before[edge]
        return found

    def _draw_all(self, edges: list[int], whole: int, fields: list[Field]) -> None:
        """What edges into a whole mean for some of its fields.

        Many that do the same to what is no copy flow together first: there are many fields.
        """
        joiner = self.joiner
        alike: dict[tuple[int, bool], list[int]] = {}
        for edge in edges:
            source = joiner.sources[edge]
            if joiner.names[source] == ROWS:
                self._draw(repeat(source), fields, edge)
            elif self._hands_on(edge, whole) and not self._differ(whole):
                self._draw(self._parts(source, fields), fields, edge, copies=True)
            else:
                alike.setdefault((joiner.kind_of[edge], edge in self.doubtful), []).append(edge)
        for same in alike.values():
            if len(same) > 1 and len(fields) > 1:
                self._draw(repeat(self._gathered(same)), fields, same[0])
            else:
                for edge in same:
                    self._draw(repeat(joiner.sources[edge]), fields, edge)

    def _hands_on(self, edge: int, whole: int) -> bool:
        """Whether an edge leads from what has the same fields as the whole that it leads into."""
        return (self.joiner.units[edge], whole) not in self.joiner.rows and self._copies(edge)

    def _copies(self, edge: int) -> bool:
        """Whether each field of what an edge leads from is that field of what it leads to."""
        if edge >= self.first:
            return self.hand_on[edge - self.first]
        kind, joiner = self.joiner.kind_of[edge], self.joiner
        return self.copies[kind] or (self.direct[kind] and joiner.targets[edge] in joiner.kept)

    def _differ(self, whole: int) -> bool:
        """Whether a field's name may mean another field of what the whole is made of."""
        if self.shapes is None:
            return False
        top, _depth = self.within.get(whole, (whole, 0))
        return self.shapes.differ(whole, top, self._copied_into)

    def _copied_into(self, node: int) -> list[int]:
        """What a node is a copy of."""
        sources, before, found = self.joiner.sources, self.before, []
        edge = self.last[node]
        while edge != _NONE:
            if self._copies(edge):
                found.append(sources[edge])
            edge = before[edge]
        return found

    def _gathered(self, edges: list[int]) -> int:
        """A node into which the sources of edges flow."""
        joiner = self.joiner
        node = joiner.inner_node("", "")
        self.last.append(_NONE)
        joiner.sources += [joiner.sources[edge] for edge in edges]
        joiner.targets += repeat(node, len(edges))
        joiner.kind_of += repeat(joiner.plain, len(edges))
        joiner.units.extend([joiner.units[edge] for edge in edges])
        joiner.offsets.extend([joiner.offsets[edge] for edge in edges])
        self._chain([node] * len(edges))
        self.hand_on += repeat(False, len(edges))  # noqa: FBT003 - a value to be repeated
        return node

    def _draw(
        self, parts: Iterable[int], fields: list[Field], like: int, *, copies: bool = False
    ) -> None:
        """Edges from parts into fields, like an edge between what they are parts of."""
        joiner, first = self.joiner, len(self.before)
        whole = joiner.sources[like]
        nodes = [field for _name, field in fields]
        ends = [(part, field) for part, field in zip(parts, nodes, strict=False) if part != field]
        doubt, place = like in self.doubtful, (joiner.units[like], joiner.offsets[like])
        joiner.edges(ends, joiner.kind_of[like], place, ambiguous=doubt)
        if doubt:
            self.doubtful.update(range(first, first + len(ends)))
        self.hand_on += [copies and part != whole for part, _field in ends]
        targets = joiner.targets[first:]
        self._chain(targets)
        self.waiting.update(dict.fromkeys(filter(joiner.fields_of.__contains__, targets)))

    def _parts(self, source: int, fields: list[Field]) -> list[int]:
        """What flows into fields out of what their whole is a copy of, new fields of that too."""
        joiner = self.joiner
        known = self._declared_of(source)
        top, depth = self.within.get(source, (source, 0))
        room = MAX_FIELDS - self.count.get(top, 0) if depth < MAX_DEPTH else 0
        there = joiner.fields_of.get(source, {})
        missing = [name for name, _field in fields if name not in there]
        if known is not None:  # what has another name there: structs are taken over by position
            missing = [name for name in missing if name in known]
        if missing and room > 0:
            new = [joiner.field(source, name) for name in missing[:room]]
            self.last += repeat(_NONE, len(new))
            self._note(source, new)
            there = joiner.fields_of[source]
        return [there.get(name, source) for name, _field in fields]

    def _declared_of(self, node: int) -> frozenset[str] | None:
        """The names of the fields that a column is declared to have, None where it has none."""
        if not self.declared or node in self.inner:
            return None
        name, path = self.joiner.names[node], self.joiner.paths.get(node)
        key = self.joiner.relations[node], f"{name}.{path}" if path else name
        return self.declared.get(key)

    def link_wholes(self) -> None:
        """Tell the graph which columns of relations have which fields."""
        joiner = self.joiner
        fields = {
            whole: list(found.values())
            for whole, found in joiner.fields_of.items()
            if whole not in self.inner
        }
        joiner.wholes, joiner.begins = parts_linked(fields, len(joiner.names))
        joiner.inner += joiner.begins.values()
        expect_room(len(joiner.wholes) + len(joiner.sources))
