"""Columns that joins have merged, which most engines put out before all others of the join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.objects import AS_LEFT, UNQUALIFIED

if TYPE_CHECKING:
    from lineage.link.linking import Linking
    from lineage.objects import Source, Star


def leading(linker: Linking, number: int, star: Star) -> dict[int, list[str]]:
    """The names that a star puts before those of a source, by its position.

    They are those of a join whose left side begins there. A join in brackets comes before the
    one that it is a side of, which may merge what it has merged once more.
    """
    sources = linker.statement.scopes[number].sources
    if star.source != UNQUALIFIED or star.apart or not any(s.leads for s in sources):
        return {}
    found: dict[int, list[str]] = {}
    columns: list[dict[str, None]] = []  # of each source so far
    for position, source in enumerate(sources):
        shown = not (source.hidden or source.aside)
        named = linker.view(number, position).items() if shown else ()
        own = dict.fromkeys(name for name, _node in named)
        for start, leads, listed in source.leads if shown else ():
            if not leads:
                continue
            merged = own if source.natural else dict.fromkeys(listed)
            left = _in_order(found, columns, start)
            order = left if leads == AS_LEFT else merged
            shared = [name for name in order if name in merged and name in left]
            for begin in range(start, position):
                found[begin] = [name for name in found.get(begin, ()) if name not in shared]
            found[start] = [*shared, *found.get(start, ())]
        columns.append(own)
    return found


def first_joined(source: Source) -> int:
    """The first source of the left side of the join that a source ends."""
    return source.leads[-1][0] if source.leads else 0


def _in_order(
    found: dict[int, list[str]], columns: list[dict[str, None]], start: int
) -> dict[str, None]:
    """The names of the columns so far, from a source on."""
    left: dict[str, None] = {}
    for position in range(start, len(columns)):
        left.update(dict.fromkeys(found.get(position, ())))
        left.update(columns[position])
    return left
