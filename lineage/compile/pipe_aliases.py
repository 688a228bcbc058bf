"""Aliases behind pipes: what a pipe started from keeps its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lineage.compile.frames import Draft, Frame

STEP = "__tmp"  # how the parser names the steps of a pipe


def is_piped(alias: str) -> bool:
    """Whether an alias is that of a step of a pipe."""
    return alias.startswith(STEP)


def keep_aliases(frame: Frame, piped: int) -> None:
    """What a pipe puts out keeps the aliases of the tables that it started from.

    Where a join has brought several together, or SET, DROP or RENAME has changed columns, an alias
    means the table as it was: https://cloud.google.com/bigquery/docs/reference/standard-sql/pipe-syntax
    """
    for alias, (place, is_whole) in _aliases_of(frame.draft, piped).items():
        if is_whole:
            frame.by_alias.setdefault(alias, len(frame.sources))
        else:
            frame.piped.setdefault(alias, place)


def _aliases_of(draft: Draft, piped: int) -> dict[str, tuple[tuple[int, int], bool]]:
    """By alias the scope and source of a table, and whether all that is put out is that table."""
    scope = draft.scopes[piped]
    if scope is None:
        return {}
    inner = [(n, s) for n, s in enumerate(scope.sources) if s.alias and not s.hidden]
    stars = [output.star for output in scope.outputs if output.star is not None]
    is_whole = not any(star.excepted or star.replaced or star.renamed for star in stars)
    found: dict[str, tuple[tuple[int, int], bool]] = {}
    for number, source in inner:
        if is_piped(source.alias):  # which was asked for when its reader was compiled
            kept = draft.piped.get(source.scope, {})
            new = {alias: (place, whole and is_whole) for alias, (place, whole) in kept.items()}
        else:
            new = {source.alias: ((piped, number), is_whole and len(inner) == 1)}
        found = new | found
    draft.piped[piped] = found
    return found
