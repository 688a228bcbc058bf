"""One walk down an expression: what it gathers, and what any node does to what is below it.

Each entry carries what was met above it: the subtype so far and the functions applied,
innermost first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.node_kinds import KINDS, NodeClasses, function_name
from lineage.compile.subtypes import DIRECT, passed
from lineage.objects import UNQUALIFIED, Dep
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.compile.frames import Frame

Functions = tuple[str, ...]
Entry = tuple[exp.Expr, Subtype, Functions]
# Compiles an expression to what it depends on, from a subtype on and with so many aliases.
Collect = Callable[..., list[Dep]]

# What carries no value from anywhere.
SILENT = frozenset({exp.Literal, exp.Identifier, exp.Var, exp.DataType, exp.Boolean, exp.Null})
_SPEAKS = NodeClasses(SILENT)


class Walk:
    """The result of one walk, and where its names are looked up."""

    __slots__ = ("aliases", "collect", "deps", "frame", "makes_rows")

    def __init__(self, frame: Frame, aliases: int, collect: Collect) -> None:
        self.frame = frame
        self.aliases = aliases
        self.collect = collect
        self.deps: list[Dep] = []
        self.makes_rows: list[exp.Expr] = []

    def depend(
        self,
        place: tuple[int, int],
        column: str,
        entry: tuple[Subtype, Functions, int],
        path: tuple[str, ...] = (),
    ) -> None:
        """Note that the expression depends on a column of a place, from an offset on."""
        subtype, functions, offset = entry
        aliases = self.aliases if place[1] == UNQUALIFIED else 0
        self.deps.append(Dep(place[0], place[1], column, subtype, functions, offset, aliases, path))


def generic(_walk: Walk, node: exp.Expr, subtype: Subtype, functions: Functions) -> list[Entry]:
    """What most nodes do: all parts are passed on, under the name of the node."""
    name, aggregates, is_predicate = KINDS[type(node)]
    if name is None:
        name = function_name(node)
    if is_predicate and subtype not in DIRECT:
        name = ""  # a condition is made of predicates; they say nothing about the value
    inside = (name, *functions) if name else functions
    below = Subtype.AGGREGATION if aggregates and subtype in DIRECT else passed(subtype)
    found: list[Entry] = []
    for part in node.args.values():  # as `iter_expressions`, without a generator for each node
        if type(part) is list:
            found += [(p, below, inside) for p in part if _SPEAKS[type(p)]]
        elif _SPEAKS[type(part)]:
            found.append((part, below, inside))
    return found


def parts_through(
    name: str, parts: Iterable[exp.Expr], subtype: Subtype, functions: Functions
) -> list[Entry]:
    """Parts that all go through a function of that name."""
    inside, below = (name, *functions), passed(subtype)
    return [(part, below, inside) for part in parts if type(part) not in SILENT]
