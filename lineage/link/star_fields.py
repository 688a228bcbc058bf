"""Stars over a struct: one column for each of its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.link.fields import feed_by_name, row_of
from lineage.link.holders import Holder, Tail
from lineage.objects import ASKED, WHOLE
from lineage.words import TransformType

if TYPE_CHECKING:
    from lineage.link.linking import Linking
    from lineage.objects import Output


def _columns_of_rows(linker: Linking, output: Output) -> tuple[str, ...]:
    """The columns of the rows of which one is taken, where all have the same."""
    found: set[tuple[str, ...]] = set()
    for dep in output.deps:
        if dep.subtype.type is TransformType.DIRECT:
            row = row_of(linker, dep)
            if row is None or not row.complete:
                return ()
            found.add(tuple(name for name, _node in row.items()))
    return found.pop() if len(found) == 1 else ()


def spread(linker: Linking, number: int, output: Output, holder: Holder) -> None:
    """All fields of a struct; where they are not known, one column for all of them."""
    star = output.star
    assert star is not None
    nodes = {node for dep in output.deps for node, _view, _several in linker.meanings(dep)}
    deep = any(WHOLE in dep.path for dep in output.deps)
    names = linker.fields.names(min(nodes)) if len(nodes) == 1 and not deep else ()
    names = names or _columns_of_rows(linker, output)
    renamed, replaced = dict(star.renamed), {r.name: r.deps for r in star.replaced}
    fields = tuple(
        replace(dep, path=(*dep.path, ASKED)) if dep.subtype.type is TransformType.DIRECT else dep
        for dep in output.deps
    )

    def into(name: str, target: int) -> None:
        if name in replaced:
            linker.feed(number, replaced[name], target)
            return
        for field in fields:
            feed_by_name(linker, number, (field, row_of(linker, field)), (name, target))

    for name in names:
        if name.lower() not in star.excepted:
            into(name, holder.add(renamed.get(name, name)))
    if not names:
        for name in replaced:
            into(name, holder.add(name))
        linker.feed(number, output.deps, holder.add(output.name))
        holder.open(Tail(into), ())
