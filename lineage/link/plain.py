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
MARKS = frozenset({"$", STAR})  # of names that may be those of no column, or of several


def link_plainly(linker: Linking, number: int, holder: Holder) -> bool:
    """Link a scope as `StatementLinker` would, if it is such a query; tells whether it is."""
    scope = linker.statement.scopes[number]
    columns = _plain_columns(scope, number)
    if columns is None or linker.encloses(number):
        return False
    source = scope.sources[0]
    relations = linker.holders_of(source.relation)
    if len(relations) != 1:
        return False
    (relation,), edge, kind = relations, linker.edge, linker.plain
    if source.alias in columns or (relation.complete and any(map(relation.lacks, columns))):
        return False
    edge(relation.rows, holder.rows, kind, scope.offset)
    find, add = relation.find, holder.add
    for output, column in zip(scope.outputs, columns, strict=True):
        node = find(column)
        if node is None:
            node = relation.demand(column)
        edge(node, add(output.name), kind, output.deps[0].offset)
    relation.confirmed.update(columns)
    return True


def _plain_columns(scope: Scope, number: int) -> list[str] | None:
    """What the outputs of a scope are, None where one is more than a column as it is.

    Or where the scope reads more than one relation, or tests anything.
    """
    sources = scope.sources
    if len(sources) != 1 or scope.influences or scope.tests or scope.anything or scope.equated:
        return None
    if sources[0].scope >= 0 or sources[0].columns or sources[0].natural:
        return None
    columns: list[str] = []
    renamed: list[str] = []
    for output in scope.outputs:
        if output.star is not None or output.fields or len(output.deps) != 1:
            return None
        dep = output.deps[0]
        column = dep.column
        if dep.source != UNQUALIFIED or dep.scope != number or dep.subtype is not _IDENTITY:
            return None
        if dep.functions or dep.path or column[:1] in MARKS:
            return None
        columns.append(column)
        if column != output.name:
            renamed.append(output.name)
    return columns if not renamed or set(renamed).isdisjoint(columns) else None
