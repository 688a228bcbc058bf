"""Stars: a star puts out every column in view, known or not, but for what it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import EdgeKind
from lineage.link.holders import Holder, View
from lineage.objects import OUTPUT_OF, UNQUALIFIED
from lineage.words import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lineage.link.linking import Linking
    from lineage.objects import Output, Star


def expand(linker: Linking, number: int, output: Output, holder: Holder) -> None:
    """Put the columns that the star of an output stands for into a holder, in order.

    A column that a join merged is one, and may take its value from either side.
    """
    star = output.star
    assert star is not None
    renamed = dict(star.renamed)
    replaced = {r.name: r for r in star.replaced}
    made: dict[str, int] = {}
    for view, merged in _starred(linker, number, output, star):
        kind = linker.builder.kind(EdgeKind(IDENTITY, linker.guards_of(number, view)))
        for name, node in view.items():
            if name in star.excepted:
                continue
            target = made.get(name) if name in merged else None
            if target is None:
                target = made[name] = holder.add(renamed.get(name, name))
            if name in replaced:
                linker.feed(number, replaced[name].deps, target)
            else:
                linker.edge(node, target, kind, output.offset)
        if not view.complete:
            holder.open(_tail(linker, view, star, (kind, output.offset)), view.unknown)


def _starred(
    linker: Linking, number: int, output: Output, star: Star
) -> Iterator[tuple[View, frozenset[str]]]:
    """The views a star stands for, each with the columns that a join merged into others."""
    if star.source == OUTPUT_OF:
        (dep,) = output.deps
        if dep.source == OUTPUT_OF:
            yield View((linker.holder(dep.scope),), (), 0), frozenset()
        else:
            yield linker.view(dep.scope, dep.source), frozenset()
        return
    for position, source in enumerate(linker.statement.scopes[number].sources):
        if source.hidden or star.source not in {UNQUALIFIED, position}:
            continue
        view = linker.view(number, position)
        merged = frozenset(source.merged) if star.source == UNQUALIFIED else frozenset()
        if source.natural and star.source == UNQUALIFIED:
            merged = frozenset(name for name, _ in view.items())
        yield view, merged


def _tail(
    linker: Linking, view: View, star: Star, written: tuple[int, int]
) -> Callable[[str, int], None]:
    """Feeds a column that is asked of the star by name; `written` is the edges' kind and place."""
    kind, offset = written
    original = {new: old for old, new in star.renamed}
    gone = {old for old, _ in star.renamed} | set(star.excepted)

    def tail(name: str, node: int) -> None:
        wanted = original.get(name, name)
        if wanted in gone and name not in original:
            return
        nodes = view.find(wanted)
        for found in nodes:
            linker.edge(found, node, kind, offset, ambiguous=len(nodes) > 1)

    return tail
