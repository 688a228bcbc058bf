"""PIVOT and UNPIVOT: a source wrapped in a scope that says what its new columns are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.names import alias_columns, alias_name, column_name, offset_of
from lineage.objects import UNQUALIFIED, Output, Source, Star
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.objects import Dep


def add_pivots(frame: Frame, node: exp.Expr, source: Source) -> Source:
    """The source as it looks after each PIVOT and UNPIVOT that follows it."""
    for pivot in node.args.get("pivots") or ():
        wrapped = Frame(frame.draft, frame, frame.ctes)
        wrapped.add_source(source)
        shape = _unpivot if pivot.args.get("unpivot") else _pivot
        shape(wrapped, pivot)
        naming = frame.draft.naming
        alias = alias_name(pivot, naming) or source.alias
        number = wrapped.finish(alias, offset_of(pivot))
        source = Source(alias, "", number, alias_columns(pivot, naming))
    return source


def _pivot(frame: Frame, pivot: exp.Expr) -> None:
    """New columns aggregate the values; the column that was spread out chooses among them."""
    values = [d for e in pivot.expressions for d in collect(e, frame)]
    spread = [d for f in pivot.args.get("fields") or () for d in _spread(f, frame)]
    gone = tuple(dict.fromkeys(d.column for d in (*values, *spread)))
    frame.outputs.append(Output("", (), offset_of(pivot), Star(UNQUALIFIED, gone)))
    deps = (*values, *spread)
    for column in pivot.args.get("columns") or ():
        name = column_name(column, frame.draft.naming)
        frame.outputs.append(Output(name, deps, offset_of(pivot)))


def _spread(field: exp.Expr, frame: Frame) -> list[Dep]:
    inside = field.this if isinstance(field, exp.In) else field
    return collect(inside, frame, Subtype.CONDITIONAL)


def _unpivot(frame: Frame, pivot: exp.Expr) -> None:
    """The value column takes each listed column in turn; the name column depends on them."""
    naming = frame.draft.naming
    fields = [f for f in pivot.args.get("fields") or () if isinstance(f, exp.In)]
    listed = [d for f in fields for e in f.expressions for d in collect(e, frame)]
    gone = tuple(dict.fromkeys(d.column for d in listed))
    at = offset_of(pivot)
    frame.outputs.append(Output("", (), at, Star(UNQUALIFIED, gone)))
    for value in pivot.expressions:
        frame.outputs.extend(
            Output(column_name(part, naming), tuple(listed), at)
            for part in (value.expressions if isinstance(value, exp.Tuple) else [value])
        )
    names = [
        d for f in fields for e in f.expressions for d in collect(e, frame, Subtype.CONDITIONAL)
    ]
    frame.outputs.extend(Output(column_name(f.this, naming), tuple(names), at) for f in fields)
