"""RETURNING and OUTPUT: a statement that changes rows puts out their values as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.frames import Frame
from lineage.compile.names import offset_of, relation_name
from lineage.compile.queries import projected
from lineage.objects import OUTPUT_OF, ROWS_OF, STAR, Dep, Output, Star, Write
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.compile.parts import Parts

_ROW_NAMES = ("inserted", "deleted", "new", "old", "INSERTED", "DELETED", "NEW", "OLD")


def add_returning(node: exp.Expr, frame: Frame, target: int, parts: Parts) -> None:
    """What RETURNING puts out of the sources of a frame; `target` numbers the changed one."""
    clause = node.args.get("returning")
    if clause is None:
        return
    for name in _ROW_NAMES:
        frame.by_alias.setdefault(name, target)
    inner = Frame(frame.draft, frame, frame.ctes)
    put_out = [
        output
        for position, expression in enumerate(clause.expressions)
        for output in _put_out(expression, inner, frame, (target, position))
    ]
    inner.outputs += put_out  # all at once: none of them sees another's alias
    at = offset_of(clause) or parts.at(node)
    inner.influences.append(Dep(frame.number, ROWS_OF, STAR, Subtype.FILTER, (), at))
    number = inner.finish("", at)
    into = clause.args.get("into")
    if into:
        table = into if isinstance(into, exp.Table) else exp.Table(this=into.copy())
        parts.writes.append(Write(relation_name(table, parts.naming), number, "insert", offset=at))
    else:
        parts.writes.append(Write("", number, "result", offset=at))


def _put_out(
    node: exp.Expr, inner: Frame, frame: Frame, place: tuple[int, int]
) -> Iterator[Output]:
    target, position = place
    if node.name == "$action":
        yield Output("$action", (), offset_of(node))  # T-SQL: what was done, not to what
        return
    star = node.this if isinstance(node, exp.Column) else node
    if not isinstance(star, exp.Star):
        yield from projected(inner, node, position)
        return
    table = node.args.get("table") if isinstance(node, exp.Column) else None
    found = frame.find_alias(frame.draft.naming.column(table.name)) if table is not None else None
    every = range(len(frame.sources)) if table is None else [found[1] if found else target]
    for source in every:
        at = offset_of(node)
        dep = Dep(frame.number, source, STAR, Subtype.IDENTITY, (), at)
        yield Output("", (dep,), at, Star(OUTPUT_OF))
