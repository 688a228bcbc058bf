"""Views that somebody writes into: what is written to a column of one is in the table behind it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from lineage.words import TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.link.segments import SegmentBuilder
    from lineage.objects import Statement

WRITTEN = "\0written"  # the name of a column that tells of a relation that somebody writes into it
_CHANGES = frozenset({"insert", "update"})


def written_into(statement: Statement) -> Iterator[str]:
    """The relations whose rows a statement adds or changes."""
    return (w.relation for w in statement.writes if w.kind in _CHANGES and w.relation)


def views_over(statement: Statement) -> Iterator[tuple[str, str]]:
    """The views that a statement makes, each with the relations that its query reads."""
    views = [w.relation for w in statement.writes if w.kind == "view" and w.relation]
    for scope in statement.scopes if views else ():
        for source in scope.sources:
            if source.relation:
                yield from ((view, source.relation) for view in views)


def write_through(
    builder: SegmentBuilder, view: str, first: tuple[int, int], kind: int
) -> list[str]:
    """Let what is written into a view flow back into what its columns are copies of.

    `first` are the numbers of the first edge and wildcard of the statement that makes the view,
    `kind` is that of a copy. Returns the relations behind the view.
    """
    through = _Through(builder, view, first[0])
    behind: dict[str, None] = {}
    for target, source, offset in list(through.copies()):
        behind[builder.nodes[source][0]] = None
        builder.edge(target, source, kind, offset)
    for star in builder.wildcards[first[1] :]:
        if through.is_of_view(star.target) and through.is_behind(star.source):
            behind[builder.nodes[star.source][0]] = None
            back = {old: new for new, old in star.renamed}
            builder.wildcard(star.target, star.source, (kind, star.offset), (), back)
    return list(behind)


class _Through:
    """The columns that a view has as they are, and what they are copies of."""

    def __init__(self, builder: SegmentBuilder, view: str, first: int) -> None:
        self._builder = builder
        self._view = view
        self._inner = frozenset(builder.inner)
        self._into: dict[int, list[tuple[int, int]]] = {}  # the copies that go into each node
        kinds, offsets = builder.kinds, builder.edges.offsets[first:]
        for (source, target, kind), offset in zip(
            islice(builder.ends, first, None), offsets, strict=True
        ):
            if kinds[kind].transform.subtype is TransformSubtype.IDENTITY:
                self._into.setdefault(target, []).append((source, offset))

    def is_of_view(self, node: int) -> bool:
        """Whether a node is a column of the view."""
        return node not in self._inner and self._builder.nodes[node][0] == self._view

    def is_behind(self, node: int) -> bool:
        """Whether a node is a column of another relation."""
        return node not in self._inner and self._builder.nodes[node][0] != self._view

    def copies(self) -> Iterator[tuple[int, int, int]]:
        """Columns of the view, those of relations that they are copies of, and where this is so."""
        for column in filter(self.is_of_view, self._into):
            seen, waiting = {column}, [column]
            while waiting:
                for source, offset in self._into.get(waiting.pop(), ()):
                    if self.is_behind(source):
                        yield column, source, offset
                    elif source in self._inner and source not in seen:
                        seen.add(source)
                        waiting.append(source)
