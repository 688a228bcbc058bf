"""NATURAL JOIN, which compares the columns that both sides are known to have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import EdgeKind
from lineage.link.merged import first_joined
from lineage.words import Transform, TransformSubtype

if TYPE_CHECKING:
    from lineage.link.holders import Holder
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
        for name, node in linker.view(number, position).items():
            shared = [n for view in earlier if view.has(name) for n in view.find(name)]
            for common in (node, *shared) if shared else ():
                linker.edge(common, holder.rows, kind, source.offset)
            linker.builder.equate((node,), shared)
