"""Looking a column or relation up by the name that a person gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.documents.nearest import nearest, quoted
from enforcer.words import UnknownNameError
from lineage import Column, Origin
from lineage.dialects import last_part
from lineage.fields import as_written
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage import Analysis

_PATH_MARKS: Final = ("/", "\\", ".sql", ".json", ".ndjson")


def columns_named(analysis: Analysis, name: str, *, rows: bool) -> list[Column]:
    """The columns a person means: the whole dotted name, or any tail of it, in any case.

    The name of a relation means all of its columns, and with `rows` its rows. Raises
    `UnknownNameError` where nothing is called that.
    """
    wanted = name.lower()
    columns = [c for c in _known(analysis) if _ends_with(str(c).lower(), wanted)]
    if columns:
        return columns
    relations = {r.name for r in analysis.relations if _ends_with(r.name.lower(), wanted)}
    if not relations:
        raise _unknown(analysis, name)
    found = [Column(r.name, c.name) for r in analysis.relations for c in r.columns]
    found = [c for c in found if c.relation in relations]
    # Who counts a relation's rows learns from it, and reads no column.
    return found + [Column(relation, ROWS) for relation in relations if rows]


def relations_named(analysis: Analysis, name: str) -> list[str]:
    """The relations a person means, sorted; none where the name is that of a column."""
    wanted = name.lower()
    if any(_ends_with(str(column).lower(), wanted) for column in _known(analysis)):
        return []
    return sorted({r.name for r in analysis.relations if _ends_with(r.name.lower(), wanted)})


def _known(analysis: Analysis) -> list[Column]:
    """All columns, and the fields of columns that anybody speaks of."""
    columns = [Column(r.name, c.name) for r in analysis.relations for c in r.columns]
    graph = analysis.graph
    fields = (node for whole in graph.begins for node in graph.fields_of(whole))
    return list(dict.fromkeys((*columns, *(as_written(graph.columns[node]) for node in fields))))


def _ends_with(full: str, wanted: str) -> bool:
    return full == wanted or full.endswith((f".{wanted}", f"/{wanted}"))


def _unknown(analysis: Analysis, name: str) -> UnknownNameError:
    what = f"no column or relation of the project is called {quoted(name)}"
    if any(mark in name for mark in _PATH_MARKS):
        what += ", and there is no such path"
    meant = _meant(analysis, name)
    step = "`fieldgate lineage .` shows all there are"
    return UnknownNameError(
        Origin("", 0, 0), what, f"did you mean {quoted(meant)}?" if meant else step
    )


def _meant(analysis: Analysis, name: str) -> str | None:
    """The name that is most like one that is unknown: its relation first, then the column."""
    columns = {r.name: [c.name for c in r.columns] for r in analysis.relations}
    before, dot, column = name.rpartition(".")
    relation = _nearest_relation(before, columns) if dot else None
    if relation is not None:
        return f"{relation}.{nearest(column, columns[relation]) or '…'}".removesuffix(".…")
    return _nearest_relation(name, columns)


def _nearest_relation(name: str, relations: Iterable[str]) -> str | None:
    """The relation whose name, or else whose last part, is most like the one that is asked for."""
    by_last = {last_part(relation).lower(): relation for relation in sorted(relations)}
    exact = by_last.get(last_part(name).lower())
    near = nearest(name, relations) if exact is None else exact
    if near is not None:
        return near
    last = nearest(last_part(name), by_last)
    return by_last[last] if last else None
