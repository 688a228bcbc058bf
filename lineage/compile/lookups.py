"""Values that an expression takes from elsewhere by name: variables, dictionaries, functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from lineage.compile.frames import Frame
from lineage.compile.names import column_name
from lineage.dialects import join_name
from lineage.objects import OUTPUT_OF, UNQUALIFIED, Dep, Hole, Output, Source, Star
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    Entry = tuple[Subtype, tuple[str, ...], int]  # kind, functions so far, offset

    class Walk(Protocol):
        """A walk down an expression, as far as it is seen here."""

        frame: Frame

        def depend(self, place: tuple[int, int], column: str, entry: Entry) -> None:
            """Note that the expression depends on a value."""
            ...


def look_up_variable(walk: Walk, written: str, entry: Entry) -> None:
    """What the script has put into a variable."""
    name = column_name(written, walk.frame.draft.naming)
    place = walk.frame.draft.variables.get(name)
    if place is not None:
        walk.depend(place, name, entry)


def look_up_in_dictionary(walk: Walk, node: exp.Expr, entry: Entry) -> None:
    """ClickHouse's `dictGet('d', 'a', key)` takes a value out of a dictionary or table."""
    naming = walk.frame.draft.naming
    table, *others = node.expressions[:2]
    columns = [c.name for c in (others[0].find_all(exp.Literal) if others else ())]
    relation = join_name(naming.relation_part(part) for part in table.name.split("."))
    if not relation or not columns:
        message = "which dictionary a value is taken from is computed"
        walk.frame.draft.holes.append(Hole(GapReason.DYNAMIC_SQL, message, (), entry[2]))
        return
    inner = Frame(walk.frame.draft, None, {})
    inner.add_source(Source("", relation, -1))
    deps = tuple(Dep(inner.number, 0, c, Subtype.IDENTITY, (), entry[2]) for c in columns)
    inner.outputs.append(Output(columns[0], deps, entry[2]))
    walk.depend((inner.finish("", entry[2]), OUTPUT_OF), "", entry)


def look_up_routine(walk: Walk, called: str, entry: Entry) -> None:
    """What the script knows a function to return, which is the first column of a relation."""
    relation = walk.frame.draft.routines.get(column_name(called, walk.frame.draft.naming))
    if relation is not None:
        inner = Frame(walk.frame.draft, None, {})
        inner.add_source(Source("", relation, -1))
        inner.outputs.append(Output("", (), entry[2], Star(UNQUALIFIED)))
        walk.depend((inner.finish("", entry[2]), OUTPUT_OF), "", entry)


def makes_struct(query: exp.Expr) -> bool:
    """BigQuery's SELECT AS STRUCT, whose one value is made of all its columns."""
    while isinstance(query, (exp.SetOperation, exp.Subquery)):
        query = query.this
    return query.args.get("kind") == "STRUCT"
