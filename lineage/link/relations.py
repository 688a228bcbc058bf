"""The relations of a project while it is being linked, and what a name in SQL means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.dialects import last_part
from lineage.graph import ROWS
from lineage.link.holders import Holder
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lineage.graph import GraphBuilder
    from lineage.objects import Object
    from lineage.projects import Relation


class Relations:
    """Every relation that is declared, written or read, each with its holder."""

    def __init__(self, builder: GraphBuilder) -> None:
        self._builder = builder
        self._holders: dict[str, Holder] = {}
        self._known: dict[str, list[str]] = {}
        self._temporary: dict[tuple[int, str], str] = {}
        self.kinds: dict[str, RelationKind] = {}

    def declare(self, relation: Relation) -> None:
        """A relation that the project itself declares, with the columns it names."""
        holder = self.holder(relation.name)
        for column in relation.columns:
            holder.named(column.name)
        holder.complete = relation.complete
        if not relation.complete:
            holder.unknown.add(relation.name)
        self.note(relation.name, relation.kind)

    def note(self, name: str, kind: RelationKind) -> None:
        """A relation exists under this full name, so shorter names may mean it."""
        if name not in self.kinds:
            self.kinds[name] = kind
            self._known.setdefault(last_part(name), []).append(name)

    def note_temporary(self, unit: int, name: str, shown: str) -> None:
        """In one text, a name means a table of the session and nothing else."""
        self._temporary[unit, name] = shown
        self.note(shown, RelationKind.TABLE)

    def meanings(self, name: str, unit: int) -> tuple[str, ...]:
        """The relations that a name may mean.

        A session's own table first, then the relation of exactly that name, then those
        whose dotted name ends with it or that it ends with; else a new relation.
        """
        session = self._temporary.get((unit, name))
        if session is not None:
            return (session,)
        if name in self.kinds:
            return (name,)
        near = self._known.get(last_part(name), ())
        fitting = tuple(n for n in near if n.endswith(f".{name}") or name.endswith(f".{n}"))
        return fitting or (name,)

    def holder(self, name: str) -> Holder:
        """The holder of a relation by its full name, open until something completes it."""
        found = self._holders.get(name)
        if found is None:
            node = self._builder.node
            found = Holder(lambda _position, column: node(name, column), node(name, ROWS))
            found.complete = False
            found.unknown.add(name)
            self._holders[name] = found
        return found

    def names(self) -> Iterator[str]:
        """Every relation that was mentioned, in order of mention."""
        return iter(tuple(self._holders))


def kinds_written(objects: Iterable[Object]) -> Iterator[tuple[int, str, RelationKind, bool]]:
    """What each text writes or declares: unit, name, kind, and whether it is temporary."""
    for unit, compiled in enumerate(objects):
        for statement in compiled.statements:
            for write in statement.writes:
                if write.relation:
                    yield unit, write.relation, _KINDS[write.kind], write.temporary
            for declaration in statement.declarations:
                kind = _KINDS[declaration.kind]
                yield unit, declaration.relation, kind, declaration.temporary


_KINDS = {
    "table": RelationKind.TABLE,
    "view": RelationKind.VIEW,
    "insert": RelationKind.TABLE,
    "update": RelationKind.TABLE,
    "add": RelationKind.TABLE,
    "external": RelationKind.EXTERNAL,
    "result": RelationKind.RESULT,
}
