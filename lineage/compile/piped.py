"""Steps of a pipe, which the parser makes a CTE each: what aliases mean behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lineage.compile.frames import Frame

PIPED = "__tmp"  # how the parser names the steps


def name_piped(frame: Frame, piped: int, *, shaped: bool = False) -> None:
    """What a pipe puts out keeps the aliases of the tables that it started from.

    Where a join has brought several together, or SET, DROP or RENAME has changed columns, an alias
    means the table as it was: https://cloud.google.com/bigquery/docs/reference/standard-sql/pipe-syntax
    """
    scope, known = frame.draft.scopes[piped], frame.draft.piped
    if scope is None:
        return
    inner = [(n, s) for n, s in enumerate(scope.sources) if s.alias and not s.hidden]
    stars = [output.star for output in scope.outputs if output.star is not None]
    shaped = any(star.excepted or star.replaced or star.renamed for star in stars)
    kept: dict[str, tuple[int, int] | None] = {}  # where an alias leads, None for what came out
    for number, source in inner:
        place = (piped, number) if shaped or len(inner) > 1 else None
        if source.alias.startswith(PIPED):
            kept |= {alias: at or place for alias, at in known.get(piped, {}).items()}
        else:
            kept.setdefault(source.alias, place)
    known[frame.number] = kept
    for alias, at in kept.items():
        if at is None:
            frame.by_alias.setdefault(alias, len(frame.sources))
        else:
            frame.piped.setdefault(alias, at)
