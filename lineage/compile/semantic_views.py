"""Snowflake's SEMANTIC_VIEW(…) in FROM: metrics, dimensions and facts of a view, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.names import column_name, offset_of, relation_name
from lineage.objects import Output, Star
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.objects import Dep


def semantic_view(outer: Frame, node: exp.SemanticView) -> int:
    """The scope of what is asked of a semantic view; returns its number.

    `orders.total` is the metric `total` of the view: a logical table of it is no source.
    """
    naming = outer.draft.naming
    frame = Frame(outer.draft, outer, outer.ctes)
    name = relation_name(node.this, naming)
    frame.add_relation(name)
    for kind in ("dimensions", "metrics", "facts"):
        for asked in node.args.get(kind) or ():
            _add(frame, asked, groups=kind == "dimensions")
    where = node.args.get("where")
    if where is not None:
        frame.influences.extend(_deps(frame, where, Subtype.FILTER))
    return frame.finish("", offset_of(node))


def _add(frame: Frame, asked: exp.Expr, *, groups: bool) -> None:
    value = asked.this if isinstance(asked, exp.Alias) else asked
    at = offset_of(asked)
    if isinstance(value, exp.Star) or (isinstance(value, exp.Column) and value.is_star):
        frame.outputs.append(Output("", (), at, Star(0)))
        return
    deps = _deps(frame, value, Subtype.IDENTITY)
    named = asked.args["alias"] if isinstance(asked, exp.Alias) else value
    named = named.this if isinstance(named, exp.Column) else named
    name = column_name(named, frame.draft.naming) if isinstance(named, exp.Identifier) else ""
    frame.outputs.append(Output(name or value.output_name, deps, at))
    if groups:
        frame.influences.extend(replace(dep, subtype=Subtype.GROUP_BY) for dep in deps)


def _deps(frame: Frame, value: exp.Expr, subtype: Subtype) -> tuple[Dep, ...]:
    for column in value.find_all(exp.Column):
        column.set("table", None)
    return tuple(dict.fromkeys(collect(value, frame, subtype)))
