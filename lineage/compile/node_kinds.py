"""What all nodes of a class have in common, and the names that functions leave on a path."""

from __future__ import annotations

from typing import NamedTuple

from sqlglot import exp
from sqlglot.parser import Parser
from sqlglot.parsers.duckdb import DuckDBParser


def function_name(node: exp.Expr) -> str:
    """The name that a function, cast or predicate leaves on a path; empty for operators."""
    name = KINDS[type(node)].name
    if name is None:
        this = node.this
        return plain_name(this if isinstance(this, str) else this.name)
    return name


def plain_name(written: str) -> str:
    """A function's name as a path has it, where a colon would begin what its arguments say."""
    return written.lower().replace(":", "_")


# What the parser takes for a call where it has no brackets, as CURRENT_DATE.
CALLED_BARE = frozenset(
    {*Parser.NO_PAREN_FUNCTIONS.values(), *DuckDBParser.NO_PAREN_FUNCTIONS.values()}
)


class NodeClasses(dict[type, bool]):
    """Whether a class is one of nodes, but for some; each worked out when it is first asked for.

    Every part of every node is asked for, most of which are none: a flag, a text, nothing.
    """

    def __init__(self, without: frozenset[type[exp.Expr]]) -> None:
        super().__init__(dict.fromkeys(without, False))

    def __missing__(self, of: type) -> bool:
        found = self[of] = issubclass(of, exp.Expr)
        return found


class _Kind(NamedTuple):
    """What all nodes of a class have in common; `name` is None where each has its own."""

    name: str | None
    aggregates: bool
    is_predicate: bool


class _Kinds(dict[type[exp.Expr], _Kind]):
    """Kinds by class of node, each worked out when it is first asked for."""

    def __missing__(self, of: type[exp.Expr]) -> _Kind:
        aggregates = issubclass(of, (exp.AggFunc, exp.AnonymousAggFunc, exp.CombinedAggFunc))
        kind = self[of] = _Kind(_name_of(of), aggregates, issubclass(of, exp.Predicate))
        return kind


KINDS = _Kinds()


def _name_of(kind: type[exp.Expr]) -> str | None:
    if issubclass(kind, (exp.Anonymous, exp.AnonymousAggFunc)):
        return None
    if issubclass(kind, (exp.Cast, exp.TryCast)):
        return "cast"
    if issubclass(kind, (exp.Connector, exp.Not)):
        return ""
    if kind in _TABLES:
        return _TABLES[kind]
    if issubclass(kind, exp.Func):
        return kind.sql_name().lower()
    return kind.__name__.lower() if issubclass(kind, exp.Predicate) else ""


# What the parser would spell letter by letter.
_TABLES: dict[type[exp.Expr], str] = {
    exp.JSONTable: "json_table",
    exp.XMLTable: "xmltable",
    exp.OpenJSON: "openjson",
}
