"""Tracing a column: what it is made of and what is made of it, as an indented tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage import Column, InputError, Origin, analyze
from lineage.readers import find_project
from lineage.shown import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from lineage import Analysis, Edge

    Neighbours = Callable[[Column], Sequence[Edge]]


def trace(name: str, path: Path, dialect: str | None, *, up: bool | None, direct: bool) -> str:
    """The flows of a column, or of each column of a relation, ready to be shown.

    `up` is true for upstream only, false for downstream only, None for both. Raises
    `InputError` where no column of the project has that name.
    """
    analysis = analyze(find_project(path, dialect=dialect))
    lines: list[str] = []
    for column in _columns_named(analysis, name):
        lines.append(plain(str(column)))
        if up is not False:
            lines += ["  made of:", *_tree(column, analysis.edges_into, direct=direct)]
        if up is not True:
            lines += ["  goes into:", *_tree(column, analysis.edges_out_of, direct=direct)]
    lines += [f"not analysed: {plain(gap.message)} ({gap.origin})" for gap in analysis.gaps]
    return "".join(f"{line}\n" for line in lines)


def _columns_named(analysis: Analysis, name: str) -> list[Column]:
    """The columns a person means: the whole dotted name, or any tail of it, in any case."""
    wanted = name.lower()
    known = [Column(r.name, c.name) for r in analysis.relations for c in r.columns]
    columns = [c for c in known if _ends_with(str(c).lower(), wanted)]
    found = columns or [c for c in known if _ends_with(c.relation.lower(), wanted)]
    if not found:
        raise InputError(
            Origin("", 0, 0),
            f"no column or relation of the project is called `{name}`",
            "name it as relation.column; `fieldgate lineage RELATION` lists a relation's columns",
        )
    return sorted(found)


def _ends_with(full: str, wanted: str) -> bool:
    return full == wanted or full.endswith(f".{wanted}")


def _tree(start: Column, neighbours: Neighbours, *, direct: bool) -> Iterator[str]:
    """Depth first with a stack; a column that was shown before is named and not repeated."""
    seen = {start}
    stack = [(start, edge, 2) for edge in reversed(_flows(start, neighbours, direct=direct))]
    if not stack:
        yield "    nothing"
    while stack:
        here, edge, depth = stack.pop()
        there = edge.source if edge.target == here else edge.target
        again = there in seen
        yield "  " * depth + _line(edge, there) + (" (see above)" if again else "")
        if not again:
            seen.add(there)
            further = _flows(there, neighbours, direct=direct)
            stack.extend((there, e, depth + 1) for e in reversed(further))


def _flows(column: Column, neighbours: Neighbours, *, direct: bool) -> list[Edge]:
    return [e for e in neighbours(column) if not direct or e.transform.type == "DIRECT"]


def _line(edge: Edge, there: Column) -> str:
    how = edge.transform.subtype.value.lower().replace("_", " ")
    if edge.transform.functions:
        how += f" by {', '.join(edge.transform.functions)}"
    doubt = ", one of several meanings" if edge.ambiguous else ""
    return plain(f"{there}  [{how}{doubt}]  {edge.origin}")
