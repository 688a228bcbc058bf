"""PIVOT and UNPIVOT: a source wrapped in a scope that says what its new columns are made of."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.names import alias_columns, alias_name, column_name, offset_of
from lineage.compile.patterns import none_of, one_of
from lineage.compile.pivot_names import pivoted_names
from lineage.compile.stars import columns_of
from lineage.compile.subtypes import passed
from lineage.dialects import LIKE_TRINO
from lineage.objects import OUTPUT_OF, STAR, UNQUALIFIED, Dep, Output, Source, Star
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterable

_SETS = (exp.Rollup, exp.Cube, exp.GroupingSets, exp.Tuple)
# Elsewhere rows are grouped by every column that is not used.
_GROUPS_WHAT_IS_SAID = LIKE_TRINO


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

    Where their names depend on the data, any unknown name may be one of them.
    """
    simple = not _fields(pivot)
    aggregates = pivot.args.get("using") or () if simple else pivot.expressions
    spread_out = pivot.expressions if simple else _fields(pivot)
    values = [collect(aggregate, frame) for aggregate in aggregates]
    spread = [d for f in spread_out for d in _spread(f, frame)]
    gone = tuple(dict.fromkeys(d.column for d in (*(d for v in values for d in v), *spread)))
    at = offset_of(pivot)
    group = pivot.args.get("group")
    if group is not None:
        kept = [
            Output(column_name(key, frame.draft.naming), tuple(collect(key, frame)), at)
            for key in _keys(group)
        ]
    elif frame.draft.dialect in _GROUPS_WHAT_IS_SAID:
        kept = []
    else:
        kept = [Output("", (), at, Star(UNQUALIFIED, gone))]
    frame.outputs.extend(kept)
    frame.influences.extend(_groups(frame, kept, at))
    for field in spread_out:
        listing = field.args.get("query") if isinstance(field, exp.In) else None
        for listed in (listing, *field.expressions) if isinstance(field, exp.In) else ():
            if isinstance(listed, exp.Query):
                frame.influences.extend(collect(listed, frame, Subtype.FILTER))
    names = pivoted_names(pivot, list(aggregates), list(spread_out), frame.draft.naming)
    in_turn = _in_turn(list(zip(aggregates, values, strict=True)), spread_out, len(names))
    frame.closed = bool(names) and len(in_turn) == len(values)
    every = tuple(dict.fromkeys((*(d for v in values for d in v), *spread)))
    for position, name in enumerate(names):
        own = (*in_turn[position % len(in_turn)], *spread) if in_turn else every
        frame.outputs.append(Output(name, tuple(dict.fromkeys(own)), at))
    if not names:  # so that the data names the columns
        as_names = (replace(d, subtype=passed(d.subtype)) for d in _named_by(spread_out, frame))
        frame.outputs.append(Output("_pivoted", tuple(dict.fromkeys((*every, *as_names))), at))
    frame.anything.extend(every)


def _keys(group: exp.Expr) -> Iterable[exp.Expr]:
    """What rows are grouped by, each key once: also in ROLLUP, CUBE and GROUPING SETS."""
    found: list[exp.Expr] = []
    for key in group.iter_expressions():
        found += key.find_all(exp.Column) if isinstance(key, _SETS) else [key]
    return dict.fromkeys(found)


def _in_turn(
    aggregates: list[tuple[exp.Expr, list[Dep]]], spread_out: list[exp.Expr], width: int
) -> list[list[Dep]]:
    """What the new columns are made of, again and again in this order.

    Each value that is listed after FOR makes one column for each aggregate, but some
    dialects name only those of aggregates with an alias. Empty where that is not certain.
    """
    listed = prod(len(f.expressions) for f in spread_out if isinstance(f, exp.In))
    named = [deps for e, deps in aggregates if isinstance(e, exp.Alias)]
    every = [deps for _e, deps in aggregates]
    return next((some for some in (every, named) if width == listed * len(some)), [])


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


def _named_by(spread_out: list[exp.Expr], frame: Frame) -> list[Dep]:
    return [
        dep
        for field in spread_out
        for dep in collect(field.this if isinstance(field, exp.In) else field, frame)
    ]


def _unpivot(frame: Frame, pivot: exp.Expr) -> None:
    """The n-th value column takes the n-th of each listed group of columns in turn.

    The name column says which, and rows without a value are left out.
    """
    groups, values, names = _unpivoted(frame, pivot)
    at = offset_of(pivot)
    frame.outputs.append(Output("", (), at, _kept(groups, frame)))
    taken = []
    for position, name in enumerate(values):
        deps = [d for g in groups for d in collect(_member(g, position, len(values)), frame)]
        taken.append(Output(name, tuple(deps), at))
    keeps = bool(pivot.args.get("include_nulls"))
    which = () if keeps else _all(groups, frame, Subtype.CONDITIONAL)
    told = [Output(name, which, at) for name in names]
    first = pivot.args.get("value_columns_first")
    frame.outputs.extend((*taken, *told) if first else (*told, *taken))
    if not keeps:
        frame.influences.extend(_all(groups, frame, Subtype.FILTER))


def _all(groups: list[exp.Expr], frame: Frame, subtype: Subtype) -> tuple[Dep, ...]:
    return tuple(dep for group in groups for dep in collect(group, frame, subtype))


def _kept(groups: list[exp.Expr], frame: Frame) -> Star:
    """The columns that UNPIVOT leaves as they are: those that no group lists."""
    (first, *others) = groups or [exp.Null()]
    inside = first.this if isinstance(first, exp.Columns) else first
    if isinstance(inside, exp.Star) and not others:
        left = [column_name(c, frame.draft.naming) for c in inside.args.get("except_") or ()]
        return Star(UNQUALIFIED, pattern=one_of(left) if left else one_of([""]))
    if isinstance(first, exp.Columns) and not others:
        listed = columns_of(first, frame, collect).pattern
        return Star(UNQUALIFIED, pattern=none_of(listed))
    gone = (d.column for group in groups for d in collect(group, frame))
    return Star(UNQUALIFIED, tuple(dict.fromkeys(gone)))


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
        for part in (value.expressions if isinstance(value, exp.Tuple) else [_unaliased(value)])
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
