"""Linking one text: its statements in order, each against what is known by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.limits import MAX_FLOWS_OF_ALL, Excess, ExcessError
from lineage.link.altered import (
    alter,
    create,
    created_again,
    emptied,
    kept,
    made_of_themselves,
    there_after,
)
from lineage.link.holders import Holder, RelationHolder
from lineage.link.meanings import told_of
from lineage.link.outlines import names_in
from lineage.link.own_functions import FunctionsOfText
from lineage.link.scopes import StatementLinker
from lineage.link.segments import (
    RESULT,
    Asked,
    Interface,
    Note,
    Permitted,
    Remarked,
    Removed,
    Segment,
    SegmentBuilder,
    Shown,
    Written,
    some_of,
)
from lineage.link.writes import counts, link_write, shared_scopes
from lineage.objects import FUNCTION, MADE, POLICY, TAG, Hole, Object, Statement
from lineage.projects import RelationKind
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lineage.link.relations import Relations
    from lineage.link.ways import Summary
    from lineage.objects import Declaration, Remark, Write


def link_text(unit: int, target: str, compiled: Object, relations: Relations) -> Segment:
    """The segment of a text, whose one query becomes `target` if that is not empty.

    Where it has more flows than a text may have, it has none, and each statement is a gap.
    """
    linker = _TextLinker(unit, target, relations)
    try:
        functions = linker.functions
        segment = linker.linked(compiled)
        if functions.called_early:
            linker = _TextLinker(unit, target, relations, segment.functions)
            segment = linker.linked(compiled)
    except ExcessError as error:
        instead = _TextLinker(unit, target, relations)
        instead.depend_on(linker)
        return instead.linked(_refused(compiled, error.excess))
    return segment


def refused_text(unit: int, target: str, compiled: Object, relations: Relations) -> Segment:
    """The segment of a text of a project that has more flows than all texts may have."""
    message = f"the project has more than {MAX_FLOWS_OF_ALL} columns and flows"
    excess = Excess(GapReason.TOO_LARGE, message, 0)
    return _TextLinker(unit, target, relations).linked(_refused(compiled, excess))


def _refused(compiled: Object, excess: Excess) -> Object:
    """The object with its statements as gaps, which touch all that they name."""
    return Object(
        tuple(
            Statement(
                statement.offset,
                holes=(
                    Hole(
                        excess.reason,
                        excess.message,
                        tuple(dict.fromkeys(name for name, _at in names_in(statement))),
                        statement.offset,
                    ),
                ),
            )
            for statement in compiled.statements
        )
    )


class _TextLinker:
    """The state of linking one text."""

    def __init__(
        self, unit: int, target: str, relations: Relations, later: Sequence[Summary] = ()
    ) -> None:
        self.unit = unit
        self.target = target
        self.relations = relations
        self.builder = SegmentBuilder()
        self.holders: dict[str, RelationHolder] = {}
        self.changed: dict[str, None] = {}
        self.named: dict[str, int] = {}
        self.notes: list[Note] = []
        self.permitted: list[Permitted] = []
        self.removed: list[Removed] = []
        self.written: list[Written] = []
        self.remarked: list[Remarked] = []
        self.places: list[tuple[str, str, int]] = []
        self.views: list[Shown] = []
        self.results = 0
        self.opaque = 0
        self.again: frozenset[str] = frozenset()
        self.there: frozenset[str] = frozenset()  # what is created again that is there by now
        self._meanings: dict[str, tuple[str, ...]] = {}
        self._interfaces: dict[str, Interface] = {}
        self._believed: dict[tuple[str, str], bool] = {}
        self._views: dict[str, tuple[RelationHolder, ...]] = {}
        self.functions = FunctionsOfText(self, relations.functions, later)

    def linked(self, compiled: Object) -> Segment:
        """The segment of the whole text."""
        self.again = created_again(compiled)
        for statement in compiled.statements:
            before = len(self.notes)
            self.link(statement)
            self.opaque += len(self.notes) > before
        segment = self.segment()
        _free(self)
        return segment

    # -- what is asked of the project ----------------------------------------------------------

    def meanings(self, name: str) -> tuple[str, ...]:
        found = self._meanings.get(name)
        if found is None:
            found = self._meanings[name] = self.relations.meanings(name, self.unit)
        return found

    def holders_of(self, name: str) -> tuple[RelationHolder, ...]:
        found = self._views.get(name)
        if found is None:
            found = self._views[name] = tuple([self.holder(m) for m in self.meanings(name)])
        return found

    def holder(self, name: str) -> RelationHolder:
        found = self.holders.get(name)
        if found is None:
            interface = Interface(unknown=(name,))
            if not name.startswith(RESULT):
                interface = self.relations.interface_for(self.unit, name)
                self._interfaces[name] = interface
            found = RelationHolder(name, interface, self.builder, self._believes)
            self.holders[name] = found
        return found

    def _like(self, name: str) -> RelationHolder:
        """A relation to write to of which that tells nothing, for it is rather another one's."""
        return RelationHolder(name, Interface(unknown=(name,)), self.builder, self._believes)

    def _believes(self, name: str, column: str) -> bool:
        found = self._believed[name, column] = self.relations.believes(name, column)
        return found

    def _fields(self, relation: str, name: str) -> tuple[str, ...]:
        return self.holder(relation).fields.get(name, ())

    def depend_on(self, other: _TextLinker) -> None:
        """Depend on the answers that another one has got as well."""
        self._meanings, self._believed = other._meanings, other._believed
        self._interfaces = other._interfaces
        self.functions.asked = other.functions.asked

    # -- one statement -------------------------------------------------------------------------

    def link(self, statement: Statement) -> None:
        """Link one statement; what it leaves open is noted."""
        noted = len(self.notes)
        statement = self.functions.into(statement)
        linker = StatementLinker(self.builder, self._readable(statement), statement, self._fields)
        self._see(statement)
        written = {write.scope for write in statement.writes}
        for scope in statement.order:
            if scope not in written and not linker.passes_on(scope):
                linker.holder(scope)
        targets = self._write_all(linker, statement)
        for hole in statement.holes:
            if not self.functions.know(hole.unless):
                named = [m for r in hole.relations for m in self.meanings(r)]
                self._note(hole.reason, hole.message, (*named, *targets), hole.offset)
        self._remove(linker, statement)
        self._alter_columns(statement)
        for given in statement.permissions:
            for name in self.meanings(given.relation):
                self.permitted.append(
                    Permitted(name, given.principal, given.kind, given.privileges, given.offset)
                )
        for remark in statement.remarks:
            self._remark(remark)
        for place, address in statement.places:
            table = place.removeprefix("=")
            meant = (place,) if table == place else (f"={m}" for m in self.meanings(table))
            self.places += [(name, address, statement.offset) for name in meant]
        for reason, message, names, offset in linker.gaps():
            self._note(reason, message, (*names, *targets), offset)
        self.functions.doubt(statement, self.notes[noted:])
        _free(linker)

    def _readable(self, statement: Statement) -> Callable[[str], tuple[Holder, ...]]:
        """What names mean where they are read: of several, not what the statement writes."""
        writes = {w.relation for w in statement.writes if w.relation}
        written = {meaning for name in writes for meaning in self.meanings(name)}

        def read(name: str) -> tuple[Holder, ...]:
            found = self.holders_of(name)
            others = [h for h in found if h.name not in written] if len(found) > 1 else ()
            return tuple(others) or found

        return read

    def _remark(self, remark: Remark) -> None:
        """A column of which something is said exists, where not all columns are known."""
        about_tag = remark.relation.startswith((TAG, POLICY))
        for name in (remark.relation,) if about_tag else self.meanings(remark.relation):
            if remark.column:
                self.holder(name).find(remark.column)
            self.remarked.append(
                Remarked(name, remark.column, remark.key, remark.value, remark.offset)
            )

    def _see(self, statement: Statement) -> None:
        """Remember where each relation is first named, for those that nobody declares."""
        for name, offset in names_in(statement):
            for meaning in self.meanings(name):
                self.named.setdefault(meaning, offset)

    def _write_all(self, linker: StatementLinker, statement: Statement) -> tuple[str, ...]:
        """Link what a statement writes; returns the relations that it goes to."""
        anew = self.again - kept(statement, self.there)
        again = [(r, m) for r in emptied(statement, anew) for m in self.meanings(r)]
        before = [(name, create(self.holder(name), statement, r)) for r, name in again]
        shared = shared_scopes(statement)
        targets = tuple(
            name
            for w in statement.writes
            if counts(linker, w)
            for name in self._write(linker, w, shared=w.scope in shared)
        )
        for name, gone in before:
            holder = self.holder(name)
            holder.add_all([column for column in gone if not holder.has(column)])
            self.changed[name] = None
        for relation in made_of_themselves(statement, anew):
            for name in self.meanings(relation):
                self.holder(name).put_first(self.holder(name).filled)
        if self.again:
            self.there = there_after(statement, self.there) & self.again
        return targets

    def _write(self, linker: StatementLinker, write: Write, *, shared: bool) -> tuple[str, ...]:
        """Link a write; returns the relations that it goes to."""
        targets = self._targets(write)
        told = told_of(write.relation, targets) if write.kind in MADE else targets
        for name in targets:
            begun = self.builder.begin_view() if self._is_view(write, name) else None
            target = self.holder(name) if name in told else self._like(name)
            unknown = link_write(linker, write, target, shared=shared) - {name}
            if begun is not None:
                self.views.append(self.builder.end_view(name, begun))
            if name in told:
                self.changed[name] = None
            if self.builder.parts.made:
                target.fields |= linker.fields.named(target.items())
            if unknown:
                missing = some_of(sorted(unknown))
                message = f"`select *` over {missing}, whose columns are not all known"
                names = (*sorted(unknown), name)
                self._note(GapReason.UNRESOLVED_STAR, message, names, write.offset)
            exported = linker.holder(write.scope).exported
            offsets = linker.guards.offsets
            self.written.append(Written(name, tuple((g, offsets.get(g, 0)) for g in exported)))
        return targets

    def _is_view(self, write: Write, name: str) -> bool:
        """Whether what is written is what a view shows, of which others may change the rows."""
        if write.relation:
            return write.kind == "view" and not name.startswith(FUNCTION)
        return self.relations.kinds.get(name) is RelationKind.VIEW

    def _meant_by(self, made: Write | Declaration) -> tuple[str, ...]:
        """The relations that are written or made; what is made for the session is its own."""
        meant = self.meanings(made.relation)
        return meant[:1] if made.temporary else meant

    def _targets(self, write: Write) -> tuple[str, ...]:
        if write.relation:
            return self._meant_by(write)
        if self.target:
            return (self.target,)
        put_out = self.functions.rows_put_out()
        if put_out:
            return (put_out,)
        self.results += 1
        return (f"{RESULT}{self.results}",)

    def _remove(self, linker: StatementLinker, statement: Statement) -> None:
        """DELETE: what it tests decides about the rows that are left."""
        for removal in statement.removals:
            reads = {
                name
                for scope in statement.scopes
                for source in scope.sources
                if source.relation
                for name in self.meanings(source.relation)
            }
            for name in self.meanings(removal.relation):
                others = tuple(sorted(reads - {name}))
                shapes = removal.scope >= 0
                self.removed.append(
                    Removed(name, removal.columns, others, removal.offset, shapes, removal.hides)
                )
                if shapes:
                    rows = linker.holder(removal.scope).rows
                    target = self.holder(name).rows
                    linker.edge(rows, target, linker.plain, removal.offset)

    def _alter_columns(self, statement: Statement) -> None:
        for declaration in statement.declarations:
            if declaration.kind == "gone":
                continue
            for name in told_of(declaration.relation, self._meant_by(declaration)):
                if alter(self.holder(name), declaration):
                    self.changed[name] = None

    def _note(
        self, reason: GapReason, message: str, relations: tuple[str, ...], offset: int
    ) -> None:
        own = (self.target,) if self.target else ()
        touched = tuple(dict.fromkeys((*relations, *own)))
        self.notes.append(Note(reason, message, touched, offset))

    # -- the result ----------------------------------------------------------------------------

    def segment(self) -> Segment:
        """Everything that was found."""
        builder = self.builder
        functions = self.functions.finished()
        for message, relation in self.functions.hidden():
            self._note(GapReason.OPAQUE_CODE, message, (relation,), 0)
            self.opaque += 1  # the statement that makes the function
        known = {name: _interface(self.holders[name]) for name in self.changed}
        return Segment(
            nodes=builder.nodes,
            inner=builder.inner,
            parts=builder.parts,
            edges=builder.edges,
            kinds=builder.kinds,
            wildcards=builder.wildcards,
            known=known,
            named=list(self.named.items()),
            notes=self.notes,
            permitted=self.permitted,
            removed=self.removed,
            written=self.written,
            stars=list(builder.stars),
            unions=list(builder.unions),
            equated=list(builder.equated),
            results=self.results,
            opaque=self.opaque,
            asked=Asked(
                self._meanings,
                self._interfaces,
                [(name, column, answer) for (name, column), answer in self._believed.items()],
                self.functions.asked,
            ),
            remarked=self.remarked,
            functions=functions,
            places=self.places,
            views=self.views,
        )


def _free(linker: _TextLinker | StatementLinker) -> None:
    """Free at once what a linker has made, which the collector would otherwise have to find.

    What it made refers to it: holders ask it for what feeds a column. It is of no use afterwards.
    """
    vars(linker).clear()


def _interface(holder: RelationHolder) -> Interface:
    fields, unknown = tuple(sorted(holder.fields.items())), tuple(sorted(holder.unknown))
    names, aside = tuple(holder.names), tuple(holder.aside)
    generated = tuple(sorted(holder.generated))
    parts = (names, holder.complete, unknown, fields, holder.last, aside, generated)
    return Interface(*parts, holder.several)
