"""Stars: a star puts out every column in view, known or not, but for what it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.graph import EdgeKind
from lineage.link.holders import Holder, RelationHolder, Tail, View
from lineage.link.merged import first_joined, leading
from lineage.link.segments import ANY
from lineage.link.star_fields import spread
from lineage.link.star_names import called, fits, uncalled
from lineage.objects import FIELDS, OUTPUT_OF, UNQUALIFIED
from lineage.words import Transform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lineage.link.linking import Linking
    from lineage.objects import Output, Star


def expand(linker: Linking, number: int, output: Output, holder: Holder) -> None:
    """Put the columns that the star of an output stands for into a holder, in order.

    A column that a join merged is one, and may take its value from either side.
    """
    if output.star is not None and output.star.source == FIELDS:
        spread(linker, number, output, holder)
    else:
        _expand_columns(linker, number, output, holder)


def _expand_columns(linker: Linking, number: int, output: Output, holder: Holder) -> None:
    star = output.star
    assert star is not None
    replaced = {r.name: r for r in star.replaced}
    transform = Transform(star.subtype, star.functions)
    also = output.deps if star.source != OUTPUT_OF else ()
    made: dict[str, int] = {}
    left: dict[str, int] = {}
    leads = leading(linker, number, star)
    before: dict[str, int] = {}
    plain = not (_is_shaped(star) or also)
    linker.builder.stars[output.offset] = None
    for view, joined, own, position in views_of_star(linker, number, output, star):
        before.update(_begun(star, leads.get(position, []), holder))
        renamed = dict(own.renamed)
        holder.call(view.called())
        kind = linker.builder.kind(EdgeKind(transform, linker.guards_of(number, view)))
        columns, alike = _columns_of(linker, number, (view, output, own), holder)
        fields = _in_elements(linker, number, position, columns)
        columns = fields or columns
        merged = joined | alike
        _forget(made, alike - joined)
        together = plain and not (merged or before)
        if together:
            _copy_all(linker, columns, made, (holder, kind, output.offset))
        for name, node in () if together else columns:
            if not _is_kept(own, name):
                left[name] = node
                continue
            if name in before or not (name in merged and name in made):
                new = renamed.get(name) or called(star, name)
                made[name] = before.pop(name) if name in before else holder.add(new)
            target = made[name]
            if name in replaced:
                linker.feed(number, replaced[name].deps, target)
            else:
                for each in _with_merged(name, node, left if name in merged else {}):
                    linker.edge(each, target, kind, output.offset, ambiguous=name in alike)
            if also:
                linker.feed(number, also, target)
        if not fields:
            _add_rest(linker, number, view, (output, kind, own), holder)


def _columns_of(
    linker: Linking, number: int, starred: tuple[View, Output, Star], holder: Holder
) -> tuple[list[tuple[str, int]], frozenset[str]]:
    """The columns of a view, and which of them have one name but several meanings.

    A name that may mean several relations has one column of a name, which is of any of them, and
    at each place what any of them has there. Where one has more columns than another, nobody
    knows at which place what follows is.
    """
    view, output, star = starred
    listed = list(view.items())
    if len(view.holders) == 1:
        return listed, frozenset()
    order = list(dict.fromkeys(name for name, _node in listed if _is_kept(star, name)))
    lengths = set()
    for one in view.holders:
        alone = View((one,), view.columns, view.group)
        kept = [(name, node) for name, node in alone.items() if _is_kept(star, name)]
        lengths.add(len(kept))
        placed = zip(order, kept, strict=False)
        listed += [(other, node) for other, (name, node) in placed if other != name]
    scope = linker.statement.scopes[number]
    last = output is scope.outputs[-1] and (star.source != UNQUALIFIED or len(scope.sources) == 1)
    if len(lengths) > 1 and view.complete and not last:
        holder.open(None, {h.name for h in view.holders if isinstance(h, RelationHolder)})
    return listed, frozenset(order)


def _in_elements(
    linker: Linking, number: int, position: int, columns: list[tuple[str, int]]
) -> list[tuple[str, int]]:
    """The columns of a source with the fields of an element in its place; none if not known."""
    scopes = linker.statement.scopes
    place = scopes[number].sources[position].scope if position >= 0 else -1
    if place < 0 or not scopes[place].elements or not columns:
        return []
    (_name, node), *others = columns
    fields = [(name, linker.fields.part(node, (name,))) for name in linker.fields.names(node)]
    return [*fields, *others] if fields else []


def _forget(made: dict[str, int], names: frozenset[str]) -> None:
    """The columns of these names that earlier sources have are others."""
    for name in names:
        made.pop(name, None)


def _is_kept(star: Star, name: str) -> bool:
    return name not in star.excepted and fits(star, name)


def _add_rest(
    linker: Linking, number: int, view: View, starred: tuple[Output, int, Star], holder: Holder
) -> None:
    """The columns that have no place, and those that a view may have beside the known ones."""
    output, kind, star = starred
    for name, node in view.aside() if star.whole else ():
        linker.edge(node, holder.add(name), kind, output.offset)
    if view.complete:
        return
    holder.open(_tail(linker, number, view, starred), view.unknown)
    for name in (*(new for _old, new in star.renamed), *(r.name for r in star.replaced)):
        holder.find(name)  # the star says itself that there is such a column


def _with_merged(name: str, node: int, left: dict[str, int]) -> Iterator[int]:
    """A column, and the one merged with it that the star leaves out of an earlier source."""
    if name in left:
        yield left[name]
    yield node


def _begun(star: Star, leads: list[str], holder: Holder) -> dict[str, int]:
    """The columns with which a star begins, or a join, for whichever source has them first."""
    renamed = dict(star.renamed)
    return {
        name: holder.add(renamed.get(name) or called(star, name))
        for name in leads
        if name not in star.excepted and fits(star, name)
    }


def _is_shaped(star: Star) -> bool:
    """Whether a star leaves out, renames or replaces something."""
    shapes = (star.excepted, star.renamed, star.replaced, star.pattern, star.called, star.apart)
    return any(shapes)


def _of_source(star: Star, position: int) -> Star:
    """The star as it is over one of its sources."""
    for place, excepted, renamed in star.apart:
        if place == position:
            return replace(star, excepted=excepted, renamed=renamed)
    return star


def _copy_all(
    linker: Linking,
    columns: list[tuple[str, int]],
    made: dict[str, int],
    written: tuple[Holder, int, int],
) -> None:
    """Put columns as they are into a holder; `written` is it, and the edges' kind and place."""
    holder, kind, offset = written
    names = [name for name, _node in columns]
    targets = holder.add_all(names)
    made.update(zip(names, targets, strict=True))
    linker.builder.edges_between([node for _name, node in columns], targets, kind, offset)


def views_of_star(
    linker: Linking, number: int, output: Output, star: Star
) -> Iterator[tuple[View, frozenset[str], Star, int]]:
    """The views a star stands for, each with the columns that a join merged into others.

    The third is the star as it is over this view, the fourth which source it is of.
    """
    if star.source == OUTPUT_OF:
        (dep,) = output.deps
        if dep.source == OUTPUT_OF:
            inner = linker.holder(dep.scope)
            linker.spread_rows(inner, dep.offset)
            yield View((inner,), (), 0), frozenset(), star, UNQUALIFIED
        else:
            yield linker.view(dep.scope, dep.source), frozenset(), star, UNQUALIFIED
        return
    for position, source in enumerate(linker.statement.scopes[number].sources):
        if source.hidden or star.source not in {UNQUALIFIED, position}:
            continue
        if source.aside and star.source == UNQUALIFIED:
            continue
        view = linker.view(number, position)
        merged = frozenset(source.merged) if star.source == UNQUALIFIED else frozenset()
        if source.natural and star.source == UNQUALIFIED:
            left = [linker.view(number, p) for p in range(first_joined(source), position)]
            merged = frozenset(
                n for n, _ in view.items() if any(v.has(n) is not False for v in left)
            )
        yield view, merged, _of_source(star, position), position


def _tail(linker: Linking, number: int, view: View, starred: tuple[Output, int, Star]) -> Tail:
    """Feeds a column that is asked of a star by name; `starred` is its output, kind and star."""
    output, kind, star = starred
    original = {new: old for old, new in star.renamed}
    replaced = {r.name: r.deps for r in star.replaced}
    also = output.deps if star.source != OUTPUT_OF else ()
    gone = frozenset({old for old, _ in star.renamed} | set(star.excepted)) - original.keys()

    def feed(name: str, node: int) -> None:
        if also:
            linker.feed(number, also, node)
        if name in replaced:
            linker.feed(number, replaced[name], node)
        elif star.called:
            _feed_called(linker, view, (output, kind), (name, node))
        elif name == ANY:
            for found in view.find(ANY):
                written = (kind, output.offset)
                linker.builder.wildcard(found, node, written, gone | replaced.keys(), original)
        elif name not in gone and fits(star, original.get(name, name)):
            nodes = view.find(original.get(name, name))
            for found in nodes:
                linker.edge(found, node, kind, output.offset, ambiguous=len(nodes) > 1)

    return Tail(feed, _knowledge(view, star, gone))


def _knowledge(view: View, star: Star, gone: frozenset[str]) -> Callable[[str], bool | None]:
    """Whether a star over something unknown has a column of a name."""
    sure = {new for _old, new in star.renamed} | {r.name for r in star.replaced}

    def knows(name: str) -> bool | None:
        if star.called or star.pattern:
            return None
        if name in sure:
            return True
        return None if name in gone else view.has(name)

    return knows


def _feed_called(
    linker: Linking, view: View, starred: tuple[Output, int], wanted: tuple[str, int]
) -> None:
    """A column that is asked for by the name that a star's template gave it."""
    output, kind = starred
    name, node = wanted
    star = output.star
    assert star is not None
    column = uncalled(star, name)
    if column is None:
        linker.note_unknown(output.offset, view.unknown)
    for found in view.find(column) if column and fits(star, column) else ():
        linker.edge(found, node, kind, output.offset)
