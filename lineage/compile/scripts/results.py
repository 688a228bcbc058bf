"""What a query comes to, given another name or place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.objects import UNQUALIFIED, Dep, Output, Scope, Source, Star, Statement, Write
from lineage.words import TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.compile.scripts.context import Variable


def whole(relation: str, at: int) -> Statement:
    """Every column of a relation, as the result of a query."""
    source = Source("", relation, -1, offset=at)
    scope = Scope("", -1, (source,), (Output("", (), at, Star(UNQUALIFIED)),), offset=at)
    return Statement(at, (scope,), (0,), (Write("", 0, "result", offset=at),))


def values_of(variables: Sequence[tuple[str, Variable]], at: int) -> Statement:
    """The values of some variables, as the columns of a query."""
    sources = tuple(Source("", v.relation, -1, offset=at) for _name, v in variables)
    outputs = tuple(
        Output(name, (Dep(0, place, name, TransformSubtype.IDENTITY, (), at),), at)
        for place, (name, _variable) in enumerate(variables)
    )
    scope = Scope("", -1, sources, outputs, offset=at)
    return Statement(at, (scope,), (0,), (Write("", 0, "result", offset=at),))


def touching(statement: Statement, relation: str) -> Statement:
    """The statement, of which all that is not known is about one more relation too."""
    if not relation or not statement.holes:
        return statement
    holes = (replace(hole, relations=(*hole.relations, relation)) for hole in statement.holes)
    return replace(statement, holes=tuple(holes))


def named(statement: Statement, columns: tuple[str, ...]) -> Statement:
    """The statement, with the columns of its result called as somebody says."""
    if not columns:
        return statement
    writes = (replace(w, columns=columns) if w.kind == "result" else w for w in statement.writes)
    return replace(statement, writes=tuple(writes))


def redirected(
    statement: Statement,
    relation: str,
    kind: str,
    columns: tuple[str, ...] = (),
    *,
    passing: bool = False,
) -> Statement:
    """The statement, with its result going to a relation of the script or outside of it.

    One that is `passing` is of this text alone.
    """
    temporary, by_name = passing or kind == "variable", kind == "external"
    writes = tuple(
        Write(relation, w.scope, kind, columns, by_name, temporary=temporary, offset=w.offset)
        if w.kind == "result"
        else w
        for w in statement.writes
    )
    return replace(statement, writes=writes)
