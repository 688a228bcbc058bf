"""Names in three parts, `a.b.files` and `a.b.branch_c`: of a table, or of what is kept of `a.b`.

Which it is depends on whether `a` is a catalog. Where some text knows a relation `a.b`, it may be
what describes that one, or a branch or tag of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.dialects import DESCRIBING, last_part
from lineage.graph import ROWS, EdgeKind
from lineage.link.elsewhere import copy_columns
from lineage.link.joining import NOWHERE, JoinedWildcard
from lineage.link.segments import Wildcard
from lineage.words import Transform
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.link.joining import Joiner
    from lineage.link.relations import Relations

_VERSIONS = ("branch_", "tag_")


def join_described(joiner: Joiner, relations: Relations) -> None:
    """Let a relation's columns flow into what may describe it, and to and from its branches."""
    for name, last, base in list(_pairs(joiner, relations)):
        if last in DESCRIBING:
            _describe(joiner, base, name)
        else:
            copy_columns(joiner, base, name, NOWHERE, ambiguous=True)
            copy_columns(joiner, name, base, NOWHERE, ambiguous=True)


def _pairs(joiner: Joiner, relations: Relations) -> Iterator[tuple[str, str, str]]:
    """Each such name, its last part, and the relation that stands before that."""
    for name in {**joiner.nodes_of, **joiner.any_of}:
        last = last_part(name)
        if last in DESCRIBING or last.startswith(_VERSIONS):
            before = name[: -len(last) - 1]
            known = relations.meanings(before, -1) if "." in before else ()
            yield from ((name, last, base) for base in known if base in relations.kinds)


def _describe(joiner: Joiner, base: str, name: str) -> None:
    """What is asked for by the name of a column is that, and all else may hold any."""
    own = joiner.nodes_of.get(base, {})
    changed = joiner.kind(EdgeKind(Transform(Subtype.TRANSFORMATION)))
    start, (unit, offset) = joiner.any_node(base, inner=False), NOWHERE
    for column, node in list(joiner.nodes_of.get(name, {}).items()):
        if column in own:
            joiner.edges([(own[column], node)], joiner.plain, NOWHERE, ambiguous=True)
        elif column != ROWS:
            wild = Wildcard(start, node, changed, offset, ambiguous=True)
            joiner.wildcards.append(JoinedWildcard(start, node, changed, (unit, wild)))
    rows = joiner.node(base, ROWS), joiner.node(name, ROWS)
    joiner.edges([rows], joiner.plain, NOWHERE, ambiguous=True)
