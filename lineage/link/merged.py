"""Columns that joins have merged, which most engines put out before all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.objects import AS_LEFT, UNQUALIFIED

if TYPE_CHECKING:
    from lineage.link.linking import Linking
    from lineage.objects import Star


def leading(linker: Linking, number: int, star: Star) -> list[str]:
    """The names with which a star begins, whatever order its sources have their columns in."""
    sources = linker.statement.scopes[number].sources
    if star.source != UNQUALIFIED or star.apart or not any(s.leads for s in sources):
        return []
    found: list[str] = []
    left: dict[str, None] = {}  # names of the columns so far, in order
    for position, source in enumerate(sources):
        if source.hidden or source.aside:
            continue
        own = dict.fromkeys(name for name, _node in linker.view(number, position).items())
        if source.leads:
            merged = own if source.natural else dict.fromkeys(source.merged)
            order = left if source.leads == AS_LEFT else merged
            shared = [name for name in order if name in merged and name in left]
            found = [*shared, *(name for name in found if name not in shared)]
        left = dict.fromkeys([*found, *left, *own])
    return found
