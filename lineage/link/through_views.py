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
    """The views that a statement makes, each with the relations that its own query reads."""
    for write in statement.writes:
        if write.kind == "view" and write.relation:
            for source in statement.scopes[write.scope].sources:
                if source.relation:
                    yield write.relation, source.relation


def write_through(builder: SegmentBuilder, view: str, first: tuple[int, int]) -> list[str]:
    """Let what is written into a view flow back into what its columns are copies of.

    `first` are the numbers of the first edge and wildcard that the view's own query made. Returns
    the relations behind the view.
    """
    kinds, inner = builder.kinds, frozenset(builder.inner)
    behind: dict[str, None] = {}

    def is_copied(source: int, target: int, kind: int) -> bool:
        if builder.nodes[target][0] != view or builder.nodes[source][0] == view:
            return False
        copies = kinds[kind].transform.subtype is TransformSubtype.IDENTITY
        return copies and inner.isdisjoint((source, target))

    made = list(islice(builder.ends, first[0], None))
    offsets = builder.edges.offsets[first[0] :]
    for (source, target, kind), offset in zip(made, offsets, strict=True):
        if is_copied(source, target, kind):
            behind[builder.nodes[source][0]] = None
            builder.edge(target, source, kind, offset)
    for star in builder.wildcards[first[1] :]:
        if is_copied(star.source, star.target, star.kind):
            behind[builder.nodes[star.source][0]] = None
            back = {old: new for new, old in star.renamed}
            builder.wildcard(star.target, star.source, (star.kind, star.offset), (), back)
    return list(behind)
