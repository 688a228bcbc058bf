"""Functions of which some arguments only decide: CASE's cousins, ordering keys and lambdas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.subtypes import DIRECT, condition, passed, sorting
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Entry = tuple[exp.Expr, Subtype, tuple[str, ...]]
    Functions = tuple[str, ...]


def choice(node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """CHOOSE(n, a, b, …) and ELT: a number chooses one of the values."""
    first, *values = _arguments(node)
    chosen: list[Entry] = [(value, passed(subtype), functions) for value in values]
    return [(first, condition(subtype), ()), *chosen]


def multi_if(node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """ClickHouse's multiIf(condition, value, condition, value, …, default)."""
    arguments = _arguments(node)
    entries: list[Entry] = []
    for position, value in enumerate(arguments):
        decides = position % 2 == 0 and position < len(arguments) - 1
        kind = condition(subtype) if decides else passed(subtype)
        entries.append((value, kind, () if decides else functions))
    return entries


def _arguments(node: exp.Expr) -> Sequence[exp.Expr]:
    first = [node.this] if isinstance(node.this, exp.Expr) else []
    return [*first, *node.expressions]


def best(node: exp.Expr, subtype: Subtype, functions: Functions, name: str) -> list[Entry]:
    """ARG_MAX(value, key) and its kin: the key only says which row's value is taken."""
    value = Subtype.AGGREGATION if subtype in DIRECT else subtype
    entries: list[Entry] = [(node.this, value, (name, *functions))]
    keys = (node.expression, node.args.get("count"))
    return entries + [(key, sorting(subtype), ()) for key in keys if isinstance(key, exp.Expr)]


def combined(
    node: exp.Expr, subtype: Subtype, functions: Functions, name: str
) -> list[Entry] | None:
    """ClickHouse's sumIf(value, condition), quantileIf(0.5)(value, condition), …."""
    values = node.args.get("params") or node.expressions
    if not name.endswith("if") or len(values) < 2:  # noqa: PLR2004 - a value and a condition
        return None
    kind = Subtype.AGGREGATION if subtype in DIRECT else subtype
    entries: list[Entry] = [(value, kind, (name, *functions)) for value in values[:-1]]
    return [*entries, (values[-1], condition(subtype), ())]


def filtered(node: exp.Expr, subtype: Subtype, functions: Functions, name: str) -> list[Entry]:
    """FILTER(array, x -> condition): which elements are left."""
    return _around_lambda(node, (subtype, condition(subtype)), functions, name)


def ordered(node: exp.Expr, subtype: Subtype, functions: Functions, name: str) -> list[Entry]:
    """ARRAY_SORT(array, lambda): in which order the elements are."""
    return _around_lambda(node, (subtype, sorting(subtype)), functions, name)


def _around_lambda(
    node: exp.Expr, kinds: tuple[Subtype, Subtype], functions: Functions, name: str
) -> list[Entry]:
    value, decides = kinds
    parts = [child for child in node.iter_expressions() if not isinstance(child, exp.Boolean)]
    return [
        (part, decides, ())
        if isinstance(part, exp.Lambda)
        else (part, passed(value), (name, *functions))
        for part in parts
    ]


def comprehension(node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """`[f(x) for x in xs if p(x)]`: x is an element of xs and no column."""
    names = {n.name.lower() for n in (node.expression, node.args.get("position")) if n is not None}
    parts: list[Entry] = [(node.args["iterator"], passed(subtype), functions)]
    parts.append((_without(node.this, names), passed(subtype), functions))
    if node.args.get("condition") is not None:
        parts.append((_without(node.args["condition"], names), condition(subtype), ()))
    return parts


def _without(root: exp.Expr, names: set[str]) -> exp.Expr:
    """The expression with the columns of these names, and fields of them, made plain names."""
    for column in list(root.find_all(exp.Column)):
        parts = column.parts
        if parts[0].name.lower() in names:
            if column is root:
                return exp.Identifier(this="")
            column.replace(exp.Identifier(this=""))
    return root


# Functions that the parser does not know, by name.
CHOICES: dict[str, Callable[[exp.Expr, Subtype, tuple[str, ...]], list[Entry]]] = {
    "choose": choice,
    "multiif": multi_if,
}
FILTERS = frozenset({"map_filter", "array_filter", "arrayfilter", "mapfilter", "arraycount"})
SORTS = frozenset({"array_sort", "arraysort", "arrayreversesort", "list_sort"})
