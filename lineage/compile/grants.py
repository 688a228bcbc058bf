"""GRANT: who may read what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.names import column_name, offset_of, relation_name
from lineage.objects import Permission

if TYPE_CHECKING:
    from lineage.compile.parts import Parts
    from lineage.dialects import Naming

EVERYBODY = frozenset({"public", "allusers", "allauthenticatedusers"})


def add_grant(node: exp.Expr, parts: Parts) -> None:
    """One permission for each principal; a schema or database stands for all inside it."""
    securable = node.args.get("securable")
    kind = str(node.args.get("kind") or "").upper()
    if not isinstance(securable, exp.Table):
        return
    relation = relation_name(securable, parts.naming)
    if kind in {"SCHEMA", "DATABASE", "DATASET"}:
        relation = f"{relation}.*"
    privileges = tuple(p.name.lower() for p in node.args.get("privileges") or ())
    for principal in node.args.get("principals") or ():
        name, role = _principal(principal, parts.naming)
        at = offset_of(node)
        parts.permissions.append(Permission(relation, name, role, privileges, at))


def _principal(node: exp.Expr, naming: Naming) -> tuple[str, str]:
    """Name and kind; BigQuery writes both in one string: `group:analysts@example.com`."""
    name = column_name(node.this, naming) if isinstance(node.this, exp.Identifier) else node.name
    kind = str(node.args.get("kind") or "").lower()
    prefix, _, rest = name.partition(":")
    if rest and prefix.lower() in {"user", "group", "domain", "serviceaccount"}:
        name, kind = rest, prefix.lower()
    return name, "public" if name.lower() in EVERYBODY else kind
