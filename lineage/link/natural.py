"""NATURAL JOIN, which compares the columns that both sides are known to have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import EdgeKind
from lineage.link.merged import first_joined
from lineage.words import Transform, TransformSubtype

if TYPE_CHECKING:
    from lineage.link.holders import Holder, View
    from lineage.link.linking import Linking


def join_naturally(linker: Linking, number: int, holder: Holder) -> None:
    """Let the shared columns of a scope's natural joins decide about its rows."""
    for position, source in enumerate(linker.statement.scopes[number].sources):
        if not source.natural:
            continue
        kind = linker.builder.kind(EdgeKind(Transform(TransformSubtype.JOIN)))
        earlier = [linker.view(number, p) for p in range(first_joined(source), position)]
        for view in (*earlier, linker.view(number, position)):
            if not view.complete:
                linker.note_unknown(source.offset, view.unknown)
        last = linker.view(number, position)
        names = dict.fromkeys(name for view in (last, *earlier) for name, _node in view.items())
        for name in names if earlier else ():
            nodes = last.find(name) if _may_have(last, name) else []
            having = [view for view in earlier if _may_have(view, name)]
            shared = [node for view in having for node in view.find(name)]
            for common in (*nodes, *shared) if nodes and shared else ():
                linker.edge(common, holder.rows, kind, source.offset)
            if all(view.has(name) for view in (last, *having)):
                linker.builder.equate(nodes, shared)


def _may_have(view: View, name: str) -> bool:
    """Whether a column is there, or may be one of those that an UNNEST makes of fields.

    What is not known of a relation is told as a gap.
    """
    known = view.has(name)
    return bool(known) or (known is None and view.complete)
