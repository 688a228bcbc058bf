"""Assignments: what UPDATE SET and its kin put into which columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.expressions import collect, qualified
from lineage.compile.frames import Frame
from lineage.compile.methods import column_spelt
from lineage.compile.names import column_name, offset_of
from lineage.compile.node_kinds import function_name
from lineage.compile.paths import reading_of
from lineage.compile.projections import fields_made
from lineage.compile.subtypes import passed
from lineage.objects import ELEMENT, OUTPUT_OF, STAR, Dep, Hole, Output, Source
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator


def assignments(expressions: list[exp.Expr], frame: Frame) -> Iterator[tuple[int, Output]]:
    """`a = x` and `(a, b) = (x, y)`: outputs named by their targets, after the source's number.

    The number is negative where the target's name does not say of which source it is.
    """
    for node in expressions:
        if isinstance(node, exp.Dot):
            yield from _by_method(node, frame)
        if not isinstance(node, exp.EQ):
            continue
        if _is_row(node.this, frame):
            message = "which columns are assigned with a whole row is not known"
            frame.draft.holes.append(Hole(GapReason.UNSUPPORTED, message, (), offset_of(node)))
            continue
        if isinstance(node.this, exp.Parameter):
            yield from assignments([node.expression], frame)  # T-SQL: SET @x = column = value
            continue
        if not isinstance(node.this, (exp.Tuple, exp.Paren)):
            value = node.expression
            deps = () if is_default(value) else tuple(collect(value, frame))
            deps += _keys_of(node.this, frame)
            yield _assigned(node.this, deps, frame, fields_made(value, frame, deps))
            continue
        targets = node.this.expressions if isinstance(node.this, exp.Tuple) else [node.this.this]
        if isinstance(node.expression, exp.Subquery) and isinstance(node.this, exp.Tuple):
            yield from _assigned_by_query(node, targets, frame)
            continue
        together = tuple(collect(node.expression, frame))
        values = node.expression.expressions if _lists(node.expression) else []
        for position, column in enumerate(targets):
            apart = position < len(values)
            deps = tuple(collect(values[position], frame)) if apart else _all_outputs(together)
            yield _assigned(column, deps, frame)


def _by_method(node: exp.Dot, frame: Frame) -> Iterator[tuple[int, Output]]:
    """T-SQL's `SET column.WRITE(value, …)`, which changes a part of a column."""
    column = column_spelt(node.this)
    if column is None or not isinstance(node.expression, exp.Func):
        return
    values = [dep for value in node.expression.iter_expressions() for dep in collect(value, frame)]
    yield _assigned(column, tuple(replace(d, subtype=passed(d.subtype)) for d in values), frame)


def _is_row(target: exp.Expr, frame: Frame) -> bool:
    """Oracle's `SET ROW = record` and `SET VALUE(alias) = object`."""
    if frame.draft.dialect != "oracle":
        return False
    plain = isinstance(target, exp.Column) and not target.this.args.get("quoted")
    return isinstance(target, exp.Func) or (plain and target.name.upper() == "ROW")


def _lists(node: exp.Expr) -> bool:
    """Whether a value lists one for each column: `(x, y)`, or `ROW(x, y)`."""
    row = isinstance(node, exp.Anonymous) and node.name.upper() == "ROW"
    return row or isinstance(node, exp.Tuple)


def _assigned_by_query(
    node: exp.Expr, targets: list[exp.Expr], frame: Frame
) -> Iterator[tuple[int, Output]]:
    """`(a, b) = (SELECT x, y …)`: each column takes the value at its position."""
    inner = Frame(frame.draft, frame, frame.ctes)
    inner.add_source(Source("", "", frame.compile_query(node.expression, inner)))
    for position, target in enumerate(targets):
        at = offset_of(target)
        dep = Dep(inner.number, 0, f"${position + 1}", Subtype.IDENTITY, (), at)
        inner.outputs.append(Output(f"${position + 1}", (dep,), at))
        taken = Dep(inner.number, OUTPUT_OF, f"${position + 1}", Subtype.IDENTITY, (), at)
        yield _assigned(target, (taken,), frame)
    inner.finish("", offset_of(node))


def _assigned(
    target: exp.Expr, deps: tuple[Dep, ...], frame: Frame, fields: tuple[Output, ...] = ()
) -> tuple[int, Output]:
    """Assigning a field of a column changes the column, and no other field of it."""
    leaf, at = column_of(target), offset_of(target)
    path = reading_of(target, function_name).path if leaf is not target else ()
    column, place = leaf, (frame.number, -1)
    if isinstance(leaf, exp.Column) and leaf.args.get("table") is not None:
        place, column, before = qualified(leaf, frame)
        path = before + path
    for name in reversed([name for name in path if name != ELEMENT]):
        fields = (Output(name, deps, at, fields=fields), Output(STAR, (), at))
    output = Output(column_name(column, frame.draft.naming), deps, at, fields=fields)
    return (place[1] if place[0] == frame.number else -1), output


def is_default(node: exp.Expr) -> bool:
    """The word DEFAULT, which the parser takes for a column."""
    if not isinstance(node, exp.Column) or node.args.get("table") is not None:
        return False
    return node.name.upper() == "DEFAULT" and not node.this.args.get("quoted")


def column_of(node: exp.Expr) -> exp.Expr:
    """The column of `t.struct_column.field = …`: assigning a field changes the column."""
    part: object = node
    while isinstance(part, exp.Expr):
        if isinstance(part, exp.Column):
            return part
        part = part.args.get("this")
    return node.find(exp.Column) or node


def _keys_of(target: exp.Expr, frame: Frame) -> tuple[Dep, ...]:
    """What the keys in `document[key] = …` are made of: they become a part of the document."""
    deps: list[Dep] = []
    while isinstance(target, exp.Bracket):
        for key in target.expressions:
            if not isinstance(key, exp.Literal):
                deps += collect(key, frame, Subtype.TRANSFORMATION)
        target = target.this
    return tuple(deps)


def _all_outputs(deps: tuple[Dep, ...]) -> tuple[Dep, ...]:
    return tuple(
        Dep(d.scope, d.source, STAR, d.subtype, d.functions, d.offset)
        if d.source == OUTPUT_OF
        else d
        for d in deps
    )
