"""ON CONFLICT DO UPDATE and ON DUPLICATE KEY UPDATE: what becomes of a row already there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.assigned import assignments
from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.names import alias_name, column_name, offset_of, relation_name
from lineage.compile.queries import top_frame
from lineage.dialects import last_part
from lineage.objects import OUTPUT_OF, STAR, Dep, Output, Source, Write
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.compile.parts import Parts


_EXCLUDED = ("excluded", "EXCLUDED", "new", "NEW")


def add_conflict(
    node: exp.Expr, parts: Parts, target: exp.Table, inserted: tuple[int, tuple[str, ...]]
) -> None:
    """ON CONFLICT DO UPDATE and ON DUPLICATE KEY UPDATE see the row that was to be inserted."""
    conflict = node.args.get("conflict")
    if conflict is None or not conflict.expressions:
        return
    scope, columns = inserted
    around = top_frame(parts.draft)
    names = [*_EXCLUDED, alias_name(node.args.get("expression") or node, parts.naming)]
    for name in dict.fromkeys(names):
        around.add_source(Source(name, "", scope, columns))
    compiled = parts.draft.scopes[scope]
    for source in compiled.sources if compiled is not None else ():
        around.add_source(source)  # MySQL lets the update see what the query reads
    frame = Frame(around.draft, around, around.ctes)
    relation = relation_name(target, parts.naming)
    frame.add_source(Source(own_name(target, parts), relation, -1))
    changes = [c for c in conflict.expressions if not _takes_the_same(c, parts)]
    if columns:
        for change in changes:
            _mean_excluded(change)
        frame.outputs.extend(output for _place, output in assignments(changes, frame))
    else:
        frame.outputs.extend(_any_value(changes, scope, parts))
    where = conflict.args.get("where")
    if where is not None:
        frame.influences.extend(collect(where.this, frame, Subtype.FILTER))
    around.finish("", 0)
    number = frame.finish("", offset_of(node))
    if frame.outputs:
        parts.writes.append(
            Write(relation, number, "update", by_name=True, appends=False, offset=parts.at(node))
        )


def _takes_the_same(change: exp.Expr, parts: Parts) -> bool:
    """`a = excluded.a`, which the INSERT itself says already."""
    value = change.expression
    if isinstance(value, exp.Anonymous) and value.name.upper() == "VALUES" and value.expressions:
        value = value.expressions[0]
    if not isinstance(value, (exp.Column, exp.Identifier)):
        return False
    table = value.args.get("table")
    known = table is None or table.name in _EXCLUDED
    return known and column_name(value, parts.naming) == column_name(change.this, parts.naming)


def _mean_excluded(change: exp.Expr) -> None:
    """MySQL's `VALUES(a)` is `excluded.a`."""
    for call in list(change.find_all(exp.Anonymous)):
        if call.name.upper() == "VALUES" and len(call.expressions) == 1:
            call.replace(exp.column(call.expressions[0].copy(), table="excluded"))


def _any_value(changes: list[exp.Expr], scope: int, parts: Parts) -> Iterator[Output]:
    """Without a list of columns, `excluded.a` may be any of the values."""
    for change in changes:
        at = offset_of(change)
        dep = Dep(scope, OUTPUT_OF, STAR, Subtype.TRANSFORMATION, (), at)
        name = column_name(change.this, parts.naming)
        frame = top_frame(parts.draft)
        frame.add_source(Source("", "", scope))
        own = collect(change.expression, frame)
        frame.finish("", at)
        yield Output(name, (dep, *(d for d in own if d.scope != frame.number)), at)


def own_name(target: exp.Table, parts: Parts) -> str:
    """What columns of the target may be qualified with."""
    return alias_name(target, parts.naming) or last_part(relation_name(target, parts.naming))
