"""What is changed through a CTE or an inline view: the table behind it, and its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.compile.frames import Draft
    from lineage.objects import Output, Source


def behind(source: Source, columns: Sequence[str], draft: Draft) -> tuple[str, list[str]] | None:
    """The relation that is changed where these columns of a source are, and what it calls them.

    None where they are computed, or those of several relations. Without columns it is the only
    relation that the source reads.
    """
    if not columns:
        alone = _alone(source, draft)
        return (alone, []) if alone else None
    found = [column_behind(source, column, draft) for column in columns]
    relations = {place[0] for place in found if place is not None}
    if None in found or len(relations) != 1:
        return None
    return relations.pop(), [place[1] for place in found if place is not None]


def column_behind(source: Source, column: str, draft: Draft) -> tuple[str, str] | None:
    """The relation that a column of a source is copied from as it is, and its name there."""
    if source.relation:
        return source.relation, column
    inner = draft.scopes[source.scope]
    if inner is None or inner.branches:
        return None
    if column in source.columns:
        place = source.columns.index(column)
        column = inner.outputs[place].name if place < len(inner.outputs) else ""
    number, column = _taken(inner.outputs, column, source.scope)
    if number < 0:
        number = 0 if len(inner.sources) == 1 else len(inner.sources)
    return column_behind(inner.sources[number], column, draft) if inner.sources[number:] else None


def _taken(outputs: Sequence[Output], column: str, scope: int) -> tuple[int, str]:
    """The number of the source that an output takes its column from; past all for none of them."""
    for output in outputs:
        if output.star is None and output.name == column:
            dep = output.deps[0] if len(output.deps) == 1 else None
            if dep is None or dep.subtype is not Subtype.IDENTITY or dep.scope != scope:
                return len(outputs), ""
            return dep.source, dep.column
    stars = [output.star for output in outputs if output.star is not None]
    return (stars[0].source, column) if len(stars) == 1 else (len(outputs), "")


def _alone(source: Source, draft: Draft) -> str:
    inner = draft.scopes[source.scope] if not source.relation else None
    if inner is None or inner.branches:
        return source.relation
    return _alone(inner.sources[0], draft) if len(inner.sources) == 1 else ""
