"""Which rows a table of ClickHouse keeps: those of equal keys become one, and old ones go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.expressions import collect
from lineage.compile.names import column_name
from lineage.compile.queries import top_frame
from lineage.objects import Output, Removal, Write
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lineage.compile.parts import Parts

_KEEPING = ("", "replicated", "shared")  # what stands before the MergeTree that merges no rows
_KEYS = (exp.Order, exp.PrimaryKey, exp.PartitionedByProperty)  # rows of a partition are merged
_STRICTNESS = 2  # arguments of the engine Join that are no keys
_MOVES = ("to_disk", "to_volume", "recompress")


def add_keys(name: str, properties: exp.Expr, columns: list[exp.Expr], parts: Parts) -> None:
    """The keys and versions of an engine that makes one row of several."""
    engine = properties.find(exp.EngineProperty)
    this = engine.this if engine is not None else None
    if this is None:
        return
    kind = this.name.lower()
    given = [a for a in this.expressions if not isinstance(a, exp.Literal)]
    if kind.endswith("mergetree") and kind.removesuffix("mergetree") not in _KEEPING:
        keys = [p for p in properties.expressions if isinstance(p, _KEYS)]
        # where it does not say what it sums up: a row goes if that is nothing
        told = given and not any(a.is_number for a in this.expressions)  # as it was once written
        sums = kind.endswith("summingmergetree") and not told
        summed = [exp.column(column.this.copy()) for column in columns if sums]
        keep_one(name, [*keys, *given, *summed], parts)
    elif kind == "join":
        keep_one(name, given[_STRICTNESS:], parts)


def keep_one(name: str, keys: Iterable[exp.Expr], parts: Parts) -> None:
    """Which row is there, and which one a key finds, the columns of the key decide."""
    read = [c for key in keys for c in _columns(key)]
    _decide(name, [(column, Subtype.GROUP_BY) for column in read], parts)


def _columns(key: exp.Expr) -> list[exp.Expr]:
    """The expressions of a key; that of a PRIMARY KEY may be names alone."""
    inner = key.expressions if isinstance(key, (exp.PrimaryKey, exp.Order)) else [key]
    inner = [key.this] if isinstance(key, exp.PartitionedByProperty) else inner
    return [exp.column(k.copy()) if isinstance(k, exp.Identifier) else k for k in inner]


def add_expiry(name: str, rule: exp.Expr, parts: Parts) -> None:
    """TTL: what makes rows old decides which ones are there.

    Of these, with GROUP BY a SET b = max(c), one is made of their columns.
    """
    ends = [e for e in rule.expressions if not any(e.args.get(move) for move in _MOVES)]
    where = [rule.args["where"]] if rule.args.get("where") is not None else []
    if ends:
        _decide(name, [(e, Subtype.FILTER) for e in (*ends, *where)], parts)
    assigned = [item.this for item in rule.args.get("aggregates") or ()]
    if not assigned:
        return
    frame, at = top_frame(parts.draft), parts.offset
    frame.add_relation(name)
    for each in assigned:
        column, deps = column_name(each.this, parts.naming), tuple(collect(each.expression, frame))
        frame.outputs.append(Output(column, deps, at))
    frame.influences.extend(collect(rule.args["group"], frame, Subtype.GROUP_BY))
    _update(name, frame.finish("", at), parts)


def add_ageing(name: str, columns: Iterable[exp.Expr], parts: Parts) -> None:
    """TTL of a column: what makes it old decides whether it still has its value."""
    ageing = list(_ageing(columns))
    if not ageing:
        return
    frame, at = top_frame(parts.draft), parts.offset
    frame.add_relation(name)
    for column, rule in ageing:
        deps = tuple(d for e in rule.expressions for d in collect(e, frame, Subtype.CONDITIONAL))
        frame.outputs.append(Output(column_name(column, parts.naming), deps, at))
    _update(name, frame.finish("", at), parts)


def _ageing(columns: Iterable[exp.Expr]) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    for column in columns:
        for constraint in column.args.get("constraints") or ():
            if isinstance(constraint.args.get("kind"), exp.MergeTreeTTL):
                yield column, constraint.args["kind"]


def _update(name: str, scope: int, parts: Parts) -> None:
    at = parts.offset
    parts.writes.append(Write(name, scope, "update", by_name=True, appends=False, offset=at))


def _decide(name: str, read: list[tuple[exp.Expr, Subtype]], parts: Parts) -> None:
    """Let expressions over a table's columns decide about its rows."""
    frame, at = top_frame(parts.draft), parts.offset
    frame.add_relation(name)
    frame.influences.extend(d for e, subtype in read for d in collect(e, frame, subtype))
    if frame.influences:
        parts.removals.append(Removal(name, (), frame.finish("", at), at, hides=True))
