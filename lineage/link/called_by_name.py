"""Calls that look like columns: Oracle's without brackets, and Postgres' of a row, `t.f`.

So a column of that name that nobody declares may be a call, wherever it is read; what a function
that takes something is given may all have defaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.dialects import LIKE_POSTGRES, last_name
from lineage.fields import parts_of
from lineage.graph import ROWS
from lineage.link.joining import NOWHERE
from lineage.objects import FUNCTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.link.joining import Joiner
    from lineage.link.relations import Relations
    from lineage.link.segments import Segment
    from lineage.link.ways import Summary
    from lineage.projects import Project


# Where `t.f` calls a function that takes a row: https://www.postgresql.org/docs/current/rowtypes.html
_OF_ROWS = LIKE_POSTGRES


def call_by_name(
    joiner: Joiner, project: Project, relations: Relations, segments: Sequence[Segment]
) -> None:
    """Lead what such functions return into the columns that may be calls of them."""
    returned: dict[str, set[str]] = {}  # relations, by the name of the function
    of_rows: set[str] = set()  # names of functions that may be given a row
    for unit, segment in zip(project.units, segments, strict=True):
        for made in segment.functions:
            takes_row = unit.dialect in _OF_ROWS and len(made.parameters) == 1
            if (unit.dialect == "oracle" or takes_row) and _is_value(made):
                name = last_name(made.name).lower()
                returned.setdefault(name, set()).add(made.relation)
                of_rows.update((name,) if takes_row else ())
    if not returned:
        return
    values = {name: sorted(_values(joiner, found)) for name, found in returned.items()}
    for node in list(_undeclared(joiner, relations)):
        path = joiner.paths.get(node)
        name = parts_of(path)[-1] if path else joiner.names[node].lower()
        given = _row(joiner, node) if name in of_rows and not path else ()
        ends = [(value, node) for value in (*values.get(name, ()), *given) if value != node]
        joiner.edges(ends, joiner.plain, NOWHERE, ambiguous=True)


def _is_value(made: Summary) -> bool:
    return made.relation.startswith(FUNCTION) and not made.table


def _row(joiner: Joiner, node: int) -> list[int]:
    """The columns of the row of which a node is one."""
    columns = joiner.nodes_of[joiner.relations[node]]
    return [column for name, column in columns.items() if name != ROWS]


def _values(joiner: Joiner, returned: set[str]) -> Iterator[int]:
    for relation in returned:
        yield from joiner.nodes_of.get(relation, {}).values()


def _undeclared(joiner: Joiner, relations: Relations) -> Iterator[int]:
    """Columns, and fields of columns, of relations that are not known to have them."""
    inner = set(joiner.inner)
    for node in range(len(joiner.names)):
        relation, column = joiner.relations[node], joiner.names[node]
        known = node in inner or column == ROWS or relation.startswith(FUNCTION)
        if not known and column not in relations.interface(relation).columns:
            yield node
