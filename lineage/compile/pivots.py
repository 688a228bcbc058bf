"""PIVOT and UNPIVOT: a source wrapped in a scope that says what its new columns are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.names import alias_columns, alias_name, column_name, offset_of
from lineage.objects import OUTPUT_OF, STAR, UNQUALIFIED, Dep, Output, Source, Star
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterable


def add_pivots(frame: Frame, node: exp.Expr, source: Source) -> Source:
    """The source as it looks after each PIVOT and UNPIVOT that follows it."""
    for pivot in node.args.get("pivots") or ():
        naming = frame.draft.naming
        alias = alias_name(pivot, naming) or source.alias
        number = pivot_of(frame, pivot, source, alias)
        source = Source(alias, "", number, alias_columns(pivot, naming))
    return source


def pivot_of(frame: Frame, pivot: exp.Expr, source: Source, label: str) -> int:
    """The scope of one PIVOT or UNPIVOT of a source."""
    wrapped = Frame(frame.draft, frame, frame.ctes)
    wrapped.add_source(source)
    shape = _unpivot if pivot.args.get("unpivot") else _pivot
    shape(wrapped, pivot)
    return wrapped.finish(label, offset_of(pivot))


def _fields(pivot: exp.Expr) -> list[exp.Expr]:
    """What stands between FOR and the end, or after ON in DuckDB's statement."""
    return list(pivot.args.get("fields") or ())


def _pivot(frame: Frame, pivot: exp.Expr) -> None:
    """New columns aggregate the values; the column that was spread out chooses among them.

    Their names depend on the data or the dialect, so any unknown name may be one of them.
    """
    simple = not _fields(pivot)
    aggregates = pivot.args.get("using") or () if simple else pivot.expressions
    spread_out = pivot.expressions if simple else _fields(pivot)
    values = [d for e in aggregates for d in collect(e, frame)]
    spread = [d for f in spread_out for d in _spread(f, frame)]
    gone = tuple(dict.fromkeys(d.column for d in (*values, *spread)))
    at = offset_of(pivot)
    group = pivot.args.get("group")
    if group is None:
        kept = [Output("", (), at, Star(UNQUALIFIED, gone))]
    else:
        kept = [
            Output(column_name(key, frame.draft.naming), tuple(collect(key, frame)), at)
            for key in group.expressions
        ]
    frame.outputs.extend(kept)
    frame.influences.extend(_groups(frame, kept, at))
    deps = (*values, *spread)
    columns = pivot.args.get("columns") or ()
    frame.closed = bool(columns)
    names = [column_name(column, frame.draft.naming) for column in columns] or ["_pivoted"]
    frame.outputs.extend(Output(name, deps, at) for name in names)
    frame.anything.extend(deps)


def _groups(frame: Frame, kept: list[Output], at: int) -> Iterable[Dep]:
    """What is kept is what the rows are grouped by."""
    inner = Frame(frame.draft, frame.parent, frame.ctes)
    inner.sources = list(frame.sources)
    inner.by_alias = dict(frame.by_alias)
    inner.outputs = [_at_home(output, frame.number, inner.number) for output in kept]
    number = inner.finish("", at)
    return [Dep(number, OUTPUT_OF, STAR, Subtype.GROUP_BY, (), at)]


def _at_home(output: Output, old: int, new: int) -> Output:
    deps = tuple(replace(d, scope=new) if d.scope == old else d for d in output.deps)
    return Output(output.name, deps, output.offset, output.star)


def _spread(field: exp.Expr, frame: Frame) -> list[Dep]:
    inside = field.this if isinstance(field, exp.In) else field
    return collect(inside, frame, Subtype.CONDITIONAL)


def _unpivot(frame: Frame, pivot: exp.Expr) -> None:
    """The n-th value column takes the n-th of each listed group of columns in turn.

    The name column says which, and rows without a value are left out.
    """
    groups, values, names = _unpivoted(frame, pivot)
    listed = [d for group in groups for d in collect(group, frame)]
    gone = tuple(dict.fromkeys(d.column for d in listed))
    at = offset_of(pivot)
    frame.outputs.append(Output("", (), at, Star(UNQUALIFIED, gone)))
    taken = []
    for position, name in enumerate(values):
        deps = [d for g in groups for d in collect(_member(g, position, len(values)), frame)]
        taken.append(Output(name, tuple(deps), at))
    which = tuple(d for group in groups for d in collect(group, frame, Subtype.CONDITIONAL))
    told = [Output(name, which, at) for name in names]
    first = pivot.args.get("value_columns_first")
    frame.outputs.extend((*taken, *told) if first else (*told, *taken))
    frame.influences.extend(d for g in groups for d in collect(g, frame, Subtype.FILTER))


def _unpivoted(frame: Frame, pivot: exp.Expr) -> tuple[list[exp.Expr], list[str], list[str]]:
    """The listed columns or groups of columns, the names of values and those of names."""
    naming = frame.draft.naming
    into = pivot.args.get("into")
    if not _fields(pivot):
        names = [column_name(into.this, naming)] if into is not None else ["name"]
        values = [column_name(e, naming) for e in into.expressions] if into is not None else []
        return pivot.expressions, values or ["value"], names
    fields = [f for f in _fields(pivot) if isinstance(f, exp.In)]
    values = [
        column_name(part, naming)
        for value in pivot.expressions
        for part in (value.expressions if isinstance(value, exp.Tuple) else [value])
    ]
    groups = [_unaliased(e) for field in fields for e in field.expressions]
    return groups, values, [column_name(field.this, naming) for field in fields]


def _unaliased(node: exp.Expr) -> exp.Expr:
    while isinstance(node, (exp.PivotAlias, exp.Alias, exp.Paren)):
        node = node.this
    return node


def _member(group: exp.Expr, position: int, width: int) -> exp.Expr:
    if isinstance(group, exp.Tuple) and len(group.expressions) == width:
        member: exp.Expr = group.expressions[position]
        return member
    return group
