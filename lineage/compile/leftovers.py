"""The net under a statement: a relation that it names and that nothing has looked at is a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import alias_name, column_name, relation_name
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.compile.parts import Parts


def note_leftovers(node: exp.Expr, parts: Parts) -> None:
    """Record relations in the tree that no source, write or declaration speaks of."""
    seen = set(_seen(parts))
    hidden = {alias_name(cte, parts.naming) for cte in node.find_all(exp.CTE)}
    hidden |= {s.alias for scope in parts.draft.scopes if scope for s in scope.sources}
    left: dict[str, None] = {}
    for table in node.find_all(exp.Table):
        name = relation_name(table, parts.naming)
        plain = not table.args.get("db")
        if not name or name in seen or table.find_ancestor(exp.Reference) is not None:
            continue
        if plain and column_name(table.this, parts.naming) in hidden:
            continue
        left[name] = None
    if left:
        message = f"the part of the statement that names {', '.join(left)} is not analysed"
        parts.hole(GapReason.UNSUPPORTED, message, node, tuple(left))


def _seen(parts: Parts) -> Iterator[str]:
    for scope in parts.draft.scopes:
        for source in scope.sources if scope is not None else ():
            yield source.relation
    yield from (write.relation for write in parts.writes)
    yield from (declaration.relation for declaration in parts.declarations)
    yield from (removal.relation for removal in parts.removals)
    for hole in parts.draft.holes:
        yield from hole.relations
