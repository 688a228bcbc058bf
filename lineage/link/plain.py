"""The short way for queries that put out columns of one relation as they are, and do no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.objects import STAR, UNQUALIFIED
from lineage.words import TransformSubtype

if TYPE_CHECKING:
    from lineage.link.holders import Holder
    from lineage.link.linking import Linking
    from lineage.objects import Scope

_IDENTITY = TransformSubtype.IDENTITY


def link_plainly(linker: Linking, number: int, holder: Holder) -> bool:
    """Link a scope as `StatementLinker` would, if it is such a query; tells whether it is."""
    scope = linker.statement.scopes[number]
    if not _is_plain(scope, number) or linker.encloses(number):
        return False
    source = scope.sources[0]
    relations = linker.holders_of(source.relation)
    if len(relations) != 1:
        return False
    (relation,), edge, kind = relations, linker.edge, linker.plain
    columns = [output.deps[0].column for output in scope.outputs]
    if source.alias in columns or any(map(relation.lacks, columns)):
        return False
    edge(relation.rows, holder.rows, kind, scope.offset)
    for output, column in zip(scope.outputs, columns, strict=True):
        node, target = relation.demand(column), holder.add(output.name)
        relation.confirmed.add(column)
        edge(node, target, kind, output.deps[0].offset)
    return True


def _is_plain(scope: Scope, number: int) -> bool:
    """Whether a scope reads one relation, tests nothing, and each output is one plain column."""
    sources = scope.sources
    if len(sources) != 1 or scope.influences or scope.tests or scope.anything or scope.equated:
        return False
    if sources[0].scope >= 0 or sources[0].columns or sources[0].natural:
        return False
    renamed = set()
    for output in scope.outputs:
        deps = output.deps
        if output.star is not None or output.fields or len(deps) != 1:
            return False
        dep = deps[0]
        column = dep.column
        if dep.source != UNQUALIFIED or dep.scope != number or dep.subtype is not _IDENTITY:
            return False
        if dep.functions or dep.path or column[:1] in {"$", STAR}:
            return False
        if column != output.name:
            renamed.add(output.name)
    return not renamed or all(output.deps[0].column not in renamed for output in scope.outputs)
