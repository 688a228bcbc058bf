"""The relations of a project, and what is known of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.link.declared_fields import by_dotted_name, declared_fields
from lineage.link.functions import Functions
from lineage.link.meanings import Meanings, told_of
from lineage.link.segments import RESULT, Interface
from lineage.objects import MADE
from lineage.projects import RelationKind
from lineage.struct_types import structs_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lineage.link.outlines import Outline
    from lineage.link.segments import Asked
    from lineage.projects import Project, Relation
    from lineage.struct_types import Struct


class Relations:
    """Every relation that is declared or written, with what is known of it so far."""

    def __init__(self, project: Project, outlines: Sequence[Outline]) -> None:
        self.evidence: dict[str, set[str]] = {}
        self.interfaces: dict[str, Interface] = {}
        # The fields of columns with types, in order, by relation and dotted name.
        self.structs: dict[tuple[str, str], tuple[str, ...]] = {}
        self.queries = {unit.target for unit in project.units}  # what they make as a whole
        self.changed: set[str] = set()  # of which a text changes rows
        # The first text that makes a relation, and the columns that it lists.
        self._makers: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._added: dict[str, dict[int, tuple[str, ...]]] = {}  # by relation and text
        self._names = Meanings(project)
        self.kinds = self._names.kinds
        for relation in project.relations:
            self._declare(relation)
        self.functions = Functions(self._names.files)
        self._add_all(tuple(enumerate(outlines)))

    def add(self, unit: int, outline: Outline) -> None:
        """Note what one more text reads, writes and declares."""
        self._add_all(((unit, outline),))

    def _add_all(self, outlines: Sequence[tuple[int, Outline]]) -> None:
        self._names.add(outlines)
        for unit, outline in outlines:
            self._note_changes(unit, outline)
            self._note_makers(unit, outline)
        for unit, outline in outlines:
            self._declare_columns(unit, outline)
            self._believe(unit, outline.evidence)

    def _note_changes(self, unit: int, outline: Outline) -> None:
        for name, kind, _temporary in outline.writes:
            if kind in MADE:
                self.queries.update(self.meanings(name, unit))
            elif kind in _CHANGES:
                self.changed.update(self.meanings(name, unit))
        for name in self.functions.add(unit, outline):
            self.interfaces.setdefault(name, Interface(unknown=(name,)))
            self._names.note(name, RelationKind.VIEW)

    def _note_makers(self, unit: int, outline: Outline) -> None:
        """Note of which relations other texts may say otherwise which columns are where."""
        listed: dict[str, tuple[str, ...]] = {}
        for name, columns in outline.columns:
            listed[name] = columns if listed.get(name, columns) == columns else ()
        several = {m for name in outline.moved for m in self._told_of(name, unit)}
        for name, kind, temporary in (*outline.writes, *outline.declares):
            if kind in MADE and not temporary:
                own = listed.get(name, ())
                for meant in self._told_of(name, unit):
                    first, columns = self._makers.setdefault(meant, (unit, own))
                    if first == unit:
                        several.discard(meant)
                    elif not own or own != columns:
                        several.add(meant)
        for name in several:
            self.interfaces[name] = replace(self.interface(name), several=True)
        for name, columns in outline.added:
            for meant in self._told_of(name, unit):
                added = self._added.setdefault(meant, {})
                added[unit] = (*added.get(unit, ()), *columns)

    def _declare(self, relation: Relation) -> None:
        """A relation that the project itself declares, with the columns it names."""
        unknown = () if relation.complete else (relation.name,)
        columns, fields = declared_fields(relation)
        self.interfaces[relation.name] = Interface(columns, relation.complete, unknown, fields)
        for column in relation.columns:
            if column.type:
                self._note_structs(relation.name, column.name, structs_in(column.type))
        self._names.note(relation.name, relation.kind)

    def _note_structs(self, relation: str, column: str, structs: Sequence[Struct]) -> None:
        for whole, names in by_dotted_name(column, structs).items():
            self.structs[relation, whole] = tuple(name.lower() for name in names)

    def _told_of(self, name: str, unit: int) -> tuple[str, ...]:
        return told_of(name, self.meanings(name, unit))

    def _declare_columns(self, unit: int, outline: Outline) -> None:
        for relation, columns in outline.columns:
            for name in self._told_of(relation, unit):
                before = self.interface(name)
                # one that is several of the engine's is here as often
                named = (*before.columns, *(c for c in columns if c not in before.columns))
                sure = not before.several or before.columns in {(), columns}
                self.interfaces[name] = Interface(
                    named,
                    complete=sure,
                    unknown=() if sure else (name,),
                    fields=before.fields,
                    aside=before.aside,
                    generated=before.generated,
                    several=before.several,
                )
        for relation, columns in outline.aside:
            for name in self._told_of(relation, unit):
                before = self.interface(name)
                aside = tuple(dict.fromkeys((*before.aside, *columns)))
                self.interfaces[name] = replace(before, aside=aside)
        self._declare_generated(unit, outline)
        for relation, column, structs in outline.structs:
            for name in self._told_of(relation, unit):
                self._note_structs(name, column, structs)
                before = self.interface(name)
                fields = {**dict(before.fields), **by_dotted_name(column, structs)}
                self.interfaces[name] = replace(before, fields=tuple(sorted(fields.items())))
        for relation, columns in outline.partitions:
            for name in self._told_of(relation, unit):
                self.interfaces[name] = replace(self.interface(name), last=columns)

    def _declare_generated(self, unit: int, outline: Outline) -> None:
        for relation, columns in outline.generated:
            for name in self._told_of(relation, unit):
                before = self.interface(name)
                generated = tuple(sorted({*before.generated, *columns}))
                self.interfaces[name] = replace(before, generated=generated)

    def _believe(self, unit: int, evidence: Mapping[str, tuple[str, ...]]) -> None:
        for relation, columns in evidence.items():
            for name in self.meanings(relation, unit):
                self.evidence.setdefault(name, set()).update(columns)

    def meanings(self, name: str, unit: int) -> tuple[str, ...]:
        """The relations that a name in a text may mean."""
        return self._names.of(name, unit)

    def interface(self, name: str) -> Interface:
        """What is known of a relation's columns so far."""
        return self.interfaces.get(name) or Interface(unknown=(name,))

    def interface_for(self, unit: int, name: str) -> Interface:
        """The same with the columns that other texts than a unit's put behind those that it has.

        Where several texts do, nobody knows which comes first.
        """
        found, added = self.interface(name), self._added.get(name)
        if not added or not found.complete:
            return found
        known = {*found.columns, *found.aside}
        others = (c for other, columns in sorted(added.items()) if other != unit for c in columns)
        more = tuple(column for column in dict.fromkeys(others) if column not in known)
        several = found.several or len(set(added.values())) > 1
        at = len(found.columns)
        if found.last and found.columns[-len(found.last) :] == found.last:
            at -= len(found.last)
        columns = (*found.columns[:at], *more, *found.columns[at:])
        return replace(found, columns=columns, several=several)

    def believes(self, name: str, column: str) -> bool:
        """Whether any text says that a relation has a column."""
        return column in self.evidence.get(name, ())

    def still_answers(self, unit: int, asked: Asked) -> bool:
        """Whether everything that a text asked before has the same answer now."""
        for name, means in asked.meanings.items():
            if self.meanings(name, unit) != means:
                return False
        for name, interface in asked.interfaces.items():
            if self.interface_for(unit, name) != interface:
                return False
        for function, found in asked.called.items():
            if self.functions.summaries(function, unit) != found:
                return False
        return all(self.believes(name, column) is found for name, column, found in asked.believed)

    def learn(self, known: Mapping[str, Interface]) -> None:
        """What a text that was linked tells of the relations it writes."""
        for name, interface in known.items():
            if not name.startswith(RESULT):
                self.interfaces[name] = interface


_CHANGES = frozenset({"insert", "update"})
