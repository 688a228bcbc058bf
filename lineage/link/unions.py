"""Branches of a union whose columns are not known: those of a name are taken for each other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import EdgeKind
from lineage.words import IDENTITY

if TYPE_CHECKING:
    from lineage.link.holders import Holder
    from lineage.link.linking import Linking
    from lineage.objects import Scope


def take_by_name(linker: Linking, scope: Scope, holder: Holder) -> None:
    """`SELECT a FROM t UNION ALL SELECT * FROM u`: `u` is likely to have an `a` in that place.

    Which column it is, nobody knows, so the edge is marked, and there is a gap as well. BY NAME it
    can be no other one, if it is there.
    """
    if not scope.by_name:
        _count_columns(linker, scope)
    plain = linker.builder.kind(EdgeKind(IDENTITY))
    for branch in scope.branches if scope.by_name or not holder.complete else ():
        inner = linker.holder(branch)
        if inner.complete:
            continue
        if not scope.by_name:
            linker.note_unknown(scope.offset, inner.unknown)
        for name, target in holder.items()[0 if scope.by_name else inner.sure :]:
            found = inner.find(name)
            if found is not None and name not in inner.positions:
                linker.edge(found, target, plain, scope.offset, ambiguous=True)


def _count_columns(linker: Linking, scope: Scope) -> None:
    """All branches have as many columns: one with fewer makes some of a row that nobody knows."""
    branches = [linker.holder(branch) for branch in scope.branches]
    most = max((len(branch.names) for branch in branches), default=0)
    if any(b.fallback is not None and len(b.names) < most for b in branches):
        linker.note_unknown(scope.offset, ())
