"""The net under a statement: a relation that it names and that nothing has looked at is a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import column_name, relation_name
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.compile.parts import Parts

# Clauses of a statement whose every part is compiled, or noted as odd where it is met.
_READ = frozenset("with_ expression expressions source from_ joins using on where".split())

# What a key refers to, an index orders by, or FOR UPDATE OF locks, which Oracle says of columns.
_NAMES_AGAIN = (exp.Reference, exp.Lock, exp.Opclass)
_NO_RELATIONS = frozenset({"format", "indexed"})  # of files (Snowflake), of an index (SQLite)


def note_leftovers(node: exp.Expr, parts: Parts) -> None:
    """Record relations in the tree that no source, write or declaration speaks of.

    Where no clause was met that nobody reads, only those of the statement itself are looked at.
    """
    clauses = [node] if parts.draft.odd else list(_unread(node))
    tables = [table for clause in clauses for table in clause.find_all(exp.Table)]
    if not tables:
        return
    seen = set(_seen(parts))
    hidden = parts.draft.cte_names | {
        s.alias for scope in parts.draft.scopes if scope for s in scope.sources
    }
    left: dict[str, None] = {}
    for table in tables:
        name = relation_name(table, parts.naming)
        plain = not table.args.get("db")
        if not name or name in seen or table.arg_key in _NO_RELATIONS:
            continue
        if table.find_ancestor(*_NAMES_AGAIN) is not None:
            continue
        if plain and column_name(table.this, parts.naming) in hidden:
            continue
        left[name] = None
    if left:
        message = f"the part of the statement that names {', '.join(left)} is not analysed"
        parts.hole(GapReason.UNSUPPORTED, message, node, tuple(left))


def _unread(node: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of a statement that are not compiled as a whole: its target, its properties."""
    for key, value in node.args.items():
        if value and key not in _READ:
            parts = value if isinstance(value, list) else [value]
            yield from (
                p for p in parts if isinstance(p, exp.Expr) and not isinstance(p, exp.Query)
            )


def _seen(parts: Parts) -> Iterator[str]:
    for scope in parts.draft.scopes:
        for source in scope.sources if scope is not None else ():
            yield source.relation
    yield from (write.relation for write in parts.writes)
    yield from (declaration.relation for declaration in parts.declarations)
    yield from (removal.relation for removal in parts.removals)
    for hole in parts.draft.holes:
        yield from hole.relations
