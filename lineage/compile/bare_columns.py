"""SQLite's bare columns beside MIN and MAX are those of the row that has the least or the greatest.

https://sqlite.org/lang_select.html#bareagg
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.expressions import collect
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.compile.frames import Frame

_APART = (exp.Query, exp.Window)  # what is in these is of other rows


def add_chosen(frame: Frame, node: exp.Select) -> None:
    """What MIN or MAX compares decides which row's value a bare column has."""
    asked = [*node.expressions, node.args.get("having"), node.args.get("order")]
    compared = [c for part in asked if part is not None for c in _compared(part)]
    if not compared:
        return
    deps = tuple(dep for c in compared for dep in collect(c, frame, Subtype.SORT))
    if len(frame.outputs) != len(node.expressions):  # a star
        frame.influences.extend(deps)
        return
    keys = _keys(node)
    for place, written in enumerate(node.expressions):
        value = written.unalias()
        if _written(value) not in keys and any(_written(c) not in keys for c in _bare(value)):
            output = frame.outputs[place]
            frame.outputs[place] = replace(output, deps=(*output.deps, *deps))


def _keys(node: exp.Select) -> set[str]:
    """What is grouped by, as it is written where it is put out, too."""
    group = node.args.get("group")
    keys = {_written(key) for key in group.expressions} if group is not None else set()
    named = enumerate(node.expressions, 1)
    return keys | {
        _written(w.unalias()) for n, w in named if not keys.isdisjoint((str(n), w.alias))
    }


def _written(node: exp.Expr) -> str:
    return node.sql(comments=False)


def _compared(node: exp.Expr) -> Iterator[exp.Expr]:
    """The arguments of MIN and MAX of many rows, with what chooses among these."""
    for part in node.walk(prune=lambda n: isinstance(n, _APART)):
        if isinstance(part, (exp.Min, exp.Max)):
            yield part.parent if isinstance(part.parent, exp.Filter) else part


def _bare(node: exp.Expr) -> Iterator[exp.Expr]:
    for part in node.walk(prune=lambda n: isinstance(n, (exp.AggFunc, exp.Filter))):
        if isinstance(part, exp.Column):
            yield part
