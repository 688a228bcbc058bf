"""What is changed through a CTE or an inline view: the table behind it, and its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import column_name
from lineage.dialects import LIKE_TSQL
from lineage.objects import Source
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.compile.frames import Draft, Frame
    from lineage.objects import Output

# Where what is changed may be a CTE; Oracle's is a query in brackets, said as one.
_CHANGE_CTES = LIKE_TSQL | {"oracle"}


def hidden_by_target(frame: Frame, target: exp.Expr) -> str:
    """The CTE that a target's name does not mean, though it has that name; empty for none."""
    if not isinstance(target, exp.Table) or frame.draft.dialect in _CHANGE_CTES:
        return ""
    name = column_name(target.this, frame.draft.naming)
    return name if name in frame.ctes else ""


def changed_cte(frame: Frame, target: exp.Table) -> Source | None:
    """The CTE that a target is, None where it is a table."""
    name = column_name(target.this, frame.draft.naming)
    if frame.draft.dialect not in _CHANGE_CTES or target.args.get("db") or name not in frame.ctes:
        return None
    number, columns = frame.ctes[name]
    return Source(name, "", number, columns)


def filled_behind(
    source: Source, columns: tuple[str, ...], draft: Draft
) -> tuple[str, tuple[str, ...]] | None:
    """The relation that is filled where rows are put into a source, and which columns of it.

    Without `columns` it is all of the source's. None where that is not known.
    """
    if source.relation:
        return source.relation, columns
    inner = draft.scopes[source.scope]
    if inner is None or any(output.star is not None for output in inner.outputs):
        found = behind(source, columns, draft)
        return found and (found[0], tuple(found[1]))
    named = columns or source.columns or tuple(output.name for output in inner.outputs)
    found = behind(source, named, draft)
    return found and (found[0], tuple(found[1]))


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
