"""The relations of a project as they are known once it is linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.analysis import locate
from lineage.graph import ROWS
from lineage.projects import DeclaredColumn, Relation, RelationKind
from lineage.words import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lineage.link.relations import Relations
    from lineage.objects import Statement
    from lineage.projects import Project


def known_relations(
    project: Project, relations: Relations, first_seen: Mapping[str, tuple[int, int]]
) -> tuple[Relation, ...]:
    """Every relation by name: declared ones with the columns that SQL adds, then the others."""
    declared = {relation.name: relation for relation in project.relations}
    found = []
    for name in sorted({*relations.names(), *declared}):
        holder = relations.holder(name)
        names = tuple(dict.fromkeys(c for c, _node in holder.ordered if c != ROWS))
        known = declared.get(name)
        if known is None:
            known = Relation(
                name=name,
                kind=relations.kinds.get(name, _kind_of(name)),
                origin=_origin(project, first_seen.get(name)),
            )
        have = {column.name for column in known.columns}
        more = tuple(DeclaredColumn(column) for column in names if column not in have)
        found.append(replace(known, columns=known.columns + more, complete=holder.complete))
    return tuple(found)


def _kind_of(name: str) -> RelationKind:
    outside = name.startswith("@") or "://" in name or "/" in name
    return RelationKind.EXTERNAL if outside else RelationKind.TABLE


def _origin(project: Project, seen: tuple[int, int] | None) -> Origin:
    if seen is None:
        return Origin("", 0, 0)
    unit = project.units[seen[0]]
    return locate(unit, seen[1])


def names_in(statement: Statement) -> Iterator[tuple[str, int]]:
    """Every relation that a statement names, with the offset where it does."""
    for scope in statement.scopes:
        for source in scope.sources:
            if source.relation:
                yield source.relation, source.offset
    for write in statement.writes:
        if write.relation:
            yield write.relation, write.offset
    for declaration in statement.declarations:
        yield declaration.relation, declaration.offset
    for permission in statement.permissions:
        yield permission.relation, permission.offset
