"""Names that a query gives to expressions, beside those of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.expressions import collect
from lineage.compile.names import column_name
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lineage.compile.frames import Frame
    from lineage.objects import Dep


_CLAUSES = ("prewhere", "where", "group", "having", "order")
_NO_NAMES = frozenset(
    {exp.WithFill, exp.Column, exp.Literal, exp.Identifier, exp.Star, exp.Null, exp.Boolean}
)


def _name_expressions(frame: Frame, node: exp.Select) -> None:
    """ClickHouse: what is named anywhere in a query, all of its clauses and projections may use."""
    naming = frame.draft.naming
    own = {column_name(a.args["alias"], naming): a.this for a in _aliases(node)}
    if own:
        frame.named = {**frame.shared, **own}


def _aliases(node: exp.Select) -> Iterator[exp.Alias]:
    """The expressions that a query names, without those of queries inside of it."""
    waiting = [*node.expressions]
    waiting += [node.args[clause] for clause in _CLAUSES if node.args.get(clause) is not None]
    while waiting:
        part = waiting.pop()
        if type(part) is exp.Alias:
            yield part
        if type(part) not in _NO_NAMES and not isinstance(part, exp.Query):
            waiting += part.iter_expressions()


def collect_named(value: exp.Expr, node: exp.Expr, frame: Frame, aliases: int) -> list[Dep]:
    """What a projection depends on; the name that it gets means something else inside of it."""
    name = column_name(node.args["alias"], frame.draft.naming) if type(node) is exp.Alias else ""
    key = (frame.number, name)
    if name not in frame.named or key in frame.draft.expanding:
        return collect(value, frame, aliases=aliases)
    frame.draft.expanding.add(key)
    found = collect(value, frame, aliases=aliases)
    frame.draft.expanding.discard(key)
    return found


def add_filled(frame: Frame, node: exp.Select) -> None:
    """ClickHouse's WITH FILL: the keys decide which rows fill a gap.

    With INTERPOLATE (a AS b) these have in `a` what `b` was before.
    """
    order = node.args.get("order")
    parts = order.expressions if order is not None else ()
    fills = [f for part in parts if (f := part.args.get("with_fill")) is not None]
    keys = [part.this for part in parts if fills]
    bounds = [b for fill in fills for key, b in fill.args.items() if key != "interpolate" and b]
    for each in (*keys, *bounds):
        frame.influences.extend(collect(each, frame, Subtype.SORT))
    for each in (e for fill in fills for e in fill.args.get("interpolate") or ()):
        if isinstance(each, exp.Alias):
            name = column_name(each.args["alias"], frame.draft.naming)
            deps = collect(each.this, frame)
            frame.outputs = [
                replace(o, deps=(*o.deps, *deps)) if o.name == name else o for o in frame.outputs
            ]


def _name_windows(frame: Frame, node: exp.Select) -> None:
    """Spark: GROUP BY window(time, …) makes a column `window` with a start and an end."""
    group = node.args.get("group")
    if group is None:
        return
    made = {
        frame.draft.naming.column(key.name): key
        for key in group.expressions
        if isinstance(key, exp.Anonymous) and key.name.lower() in {"window", "session_window"}
    }
    if made:
        frame.named = {**frame.shared, **made}


NAMES: dict[str, Callable[[Frame, exp.Select], None]] = {
    "clickhouse": _name_expressions,
    "databricks": _name_windows,
    "spark": _name_windows,
}
