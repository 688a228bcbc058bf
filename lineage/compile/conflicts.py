"""ON CONFLICT DO UPDATE and ON DUPLICATE KEY UPDATE: what becomes of a row already there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.assigned import assignments
from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.names import alias_name, column_name, offset_of, relation_name
from lineage.compile.queries import top_frame
from lineage.objects import OUTPUT_OF, STAR, Dep, Output, Removal, Source, Write
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
    if conflict is None:
        return
    if conflict.args.get("conflict_keys"):
        _decide(conflict, parts, target, inserted)
    if not conflict.expressions:
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
    taken = _Taken(frozenset(name.lower() for name in names if name), scope, bool(columns))
    changes = [c for c in conflict.expressions if not _takes_the_same(c, parts)]
    frame.outputs.extend(output for c in changes for output in _changed(c, frame, taken))
    where = conflict.args.get("where")
    if where is not None:
        frame.influences.extend(taken.out_of(where, Subtype.FILTER))
        frame.influences.extend(collect(where.this, frame, Subtype.FILTER))
    around.finish("", 0)
    number = frame.finish("", offset_of(node))
    if frame.outputs:
        parts.writes.append(
            Write(relation, number, "update", by_name=True, appends=False, offset=parts.at(node))
        )


class _Taken(NamedTuple):
    """What is taken of the row that was to be inserted, into which columns may not be said."""

    names: frozenset[str]
    scope: int
    listed: bool

    def out_of(self, node: exp.Expr, subtype: Subtype) -> tuple[Dep, ...]:
        """Without a list of columns, `excluded.a` may be any of the values; it leaves the node."""
        if self.listed:
            return ()
        found = [c for c in node.find_all(exp.Column) if len(c.parts) > 1]
        found = [c for c in found if c.parts[0].name.lower() in self.names]
        for column in found:
            column.replace(exp.Null())
        at = offset_of(node)
        return (Dep(self.scope, OUTPUT_OF, STAR, subtype, (), at),) if found else ()


def _changed(change: exp.Expr, frame: Frame, taken: _Taken) -> Iterator[Output]:
    """What is put into the columns of an assignment."""
    _mean_excluded(change)
    any_value = taken.out_of(change, Subtype.TRANSFORMATION)
    for _place, output in assignments([change], frame):
        yield replace(output, deps=(*output.deps, *any_value))


def _decide(
    conflict: exp.Expr, parts: Parts, target: exp.Table, inserted: tuple[int, tuple[str, ...]]
) -> None:
    """Rows of the same keys decide which ones are inserted, and which of those there change."""
    scope, columns = inserted
    relation, at = relation_name(target, parts.naming), parts.at(conflict)
    rows = top_frame(parts.draft)
    rows.add_source(Source(own_name(target, parts), relation, -1))
    keys = [key.this for key in conflict.args["conflict_keys"]]
    own = [dep for key in keys for dep in collect(key, rows, Subtype.JOIN)]
    new = top_frame(parts.draft)
    new.add_source(Source(_EXCLUDED[0], "", scope, columns))
    any_value = Dep(scope, OUTPUT_OF, STAR, Subtype.JOIN, (), at)
    given = [d for key in keys for d in collect(key, new, Subtype.JOIN)] if columns else [any_value]
    new.finish("", at)
    rows.influences.extend((*own, *given))
    number = rows.finish("", at)
    named = tuple(sorted({dep.column for dep in own if dep.column}))
    parts.removals.append(Removal(relation, named, number, at, hides=True))


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


def own_name(target: exp.Table, parts: Parts) -> str:
    """What columns of the target may be qualified with."""
    return alias_name(target, parts.naming) or parts.naming.alias_of(
        relation_name(target, parts.naming)
    )
