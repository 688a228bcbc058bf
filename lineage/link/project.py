"""Linking one project: every text in order, then what only reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.analysis import Analysis, locate
from lineage.graph import EdgeKind, EdgeSite, GraphBuilder
from lineage.link.guards import Guarded, collect_guards
from lineage.link.relations import Relations, kinds_written
from lineage.link.scopes import StatementLinker
from lineage.link.summary import known_relations, names_in
from lineage.link.writes import link_write
from lineage.projects import RelationKind
from lineage.words import IDENTITY, Delete, Gap, GapReason, Grant, Transform
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineage.objects import Object, Statement, Write
    from lineage.projects import Project, Relation, Unit


class ProjectLinker:
    """The state of linking one project."""

    def __init__(self, project: Project, objects: Sequence[Object]) -> None:
        self.project = project
        self.objects = objects
        self.builder = GraphBuilder()
        self.relations = Relations(self.builder)
        self.gaps: list[Gap] = list(project.gaps)
        self.grants: list[Grant] = []
        self.deletes: list[Delete] = []
        self.guarded: list[Guarded] = []
        self.opaque = len(project.gaps)
        self.results = 0
        self.first_seen: dict[str, tuple[int, int]] = {}
        self._plain = self.builder.kind(EdgeKind(IDENTITY))
        self._declare()

    # -- what is known before linking ----------------------------------------------------------

    def _declare(self) -> None:
        for relation in self.project.relations:
            self.relations.declare(relation)
        for unit, name, kind, temporary in kinds_written(self.objects):
            if temporary and len(self.project.units) > 1:
                shown = f"{name}@{self.project.units[unit].file}"
                self.relations.note_temporary(unit, name, shown)
            elif len(self.relations.meanings(name, unit)) == 1:
                self.relations.note(self.relations.meanings(name, unit)[0], kind)
            else:
                self.relations.note(name, kind)
        for unit, compiled in enumerate(self.objects):
            for statement in compiled.statements:
                self._declare_columns(statement, unit)

    def _declare_columns(self, statement: Statement, unit: int) -> None:
        for declaration in statement.declarations:
            for name in self.relations.meanings(declaration.relation, unit):
                holder = self.relations.holder(name)
                for column, _type in declaration.columns:
                    holder.named(column)
                if declaration.kind != "add":
                    holder.complete = True
                    holder.unknown = set()

    # -- one text ------------------------------------------------------------------------------

    def link_unit(self, number: int) -> None:
        """Link every statement of a text, in order."""
        unit = self.project.units[number]
        for statement in self.objects[number].statements:
            before = len(self.gaps)
            self._link_statement(statement, number, unit)
            self.opaque += len(self.gaps) > before

    def _link_statement(self, statement: Statement, number: int, unit: Unit) -> None:
        linker = StatementLinker(self.builder, self.relations, statement, number)
        self._see(statement, number)
        for scope in statement.order:
            if not any(write.scope == scope for write in statement.writes):
                linker.holder(scope)
        written = [name for write in statement.writes for name in self._write(linker, write, unit)]
        for hole in statement.holes:
            named = [m for r in hole.relations for m in self.relations.meanings(r, number)]
            self._gap(hole.reason, hole.message, (*named, *written), (unit, hole.offset))
        self._remove(linker, statement, unit)
        self._permit(statement, unit, number)
        for reason, message, names, offset in linker.gaps():
            self._gap(reason, message, (*names, *written), (unit, offset))

    def _see(self, statement: Statement, number: int) -> None:
        """Remember where each relation is first named, for those that nobody declares."""
        for name, offset in names_in(statement):
            for meaning in self.relations.meanings(name, number):
                self.first_seen.setdefault(meaning, (number, offset))

    def _write(self, linker: StatementLinker, write: Write, unit: Unit) -> tuple[str, ...]:
        """Link a write; returns the relations that it goes to."""
        targets = self._targets(write, unit, linker.unit)
        for name in targets:
            unknown = link_write(linker, write, self.relations.holder(name))
            if unknown - {name}:
                missing = ", ".join(sorted(unknown - {name}))
                message = f"`select *` over {missing}, whose columns are not all known"
                names = (*sorted(unknown - {name}), name)
                self._gap(GapReason.UNRESOLVED_STAR, message, names, (unit, write.offset))
            self.guarded.append(
                Guarded(
                    name, linker.unit, linker.holder(write.scope).exported, linker.guards.offsets
                )
            )
        return targets

    def _targets(self, write: Write, unit: Unit, number: int) -> tuple[str, ...]:
        if write.relation:
            return self.relations.meanings(write.relation, number)
        if unit.target:
            return (unit.target,)
        self.results += 1
        name = f"result:{self.results}"
        self.relations.note(name, RelationKind.RESULT)
        return (name,)

    def _remove(self, linker: StatementLinker, statement: Statement, unit: Unit) -> None:
        for removal in statement.removals:
            reads = {
                name
                for scope in statement.scopes
                for source in scope.sources
                if source.relation
                for name in self.relations.meanings(source.relation, linker.unit)
            }
            origin = locate(unit, removal.offset)
            for name in self.relations.meanings(removal.relation, linker.unit):
                others = tuple(sorted(reads - {name}))
                self.deletes.append(Delete(name, removal.columns, others, origin))
                self._shape_rows(linker, name, removal.scope, removal.offset)

    def _shape_rows(self, linker: StatementLinker, name: str, scope: int, offset: int) -> None:
        """What a DELETE tests decides about the rows that are left, and so about each column."""
        if scope < 0:
            return
        holder = self.relations.holder(name)
        linker.edge(linker.holder(scope).rows, holder.rows, self._plain, offset)
        for _name, node in holder.ordered:
            linker.edge(holder.rows, node, self._plain, offset)

    def _permit(self, statement: Statement, unit: Unit, number: int) -> None:
        for permission in statement.permissions:
            origin = locate(unit, permission.offset)
            for name in self.relations.meanings(permission.relation, number):
                self.grants.append(
                    Grant(
                        name, permission.principal, permission.kind, permission.privileges, origin
                    )
                )

    def _gap(
        self, reason: GapReason, message: str, relations: tuple[str, ...], at: tuple[Unit, int]
    ) -> None:
        unit, offset = at
        touched = dict.fromkeys((*relations, *([unit.target] if unit.target else [])))
        origin = locate(unit, offset)
        self.gaps.append(Gap(reason, message, tuple(touched), origin))

    # -- relations without a text --------------------------------------------------------------

    def link_readers(self) -> None:
        """Exposures take every column of what they read; code takes them in unknown ways."""
        for relation in self.project.relations:
            for name in relation.reads:
                for source, node in tuple(self.relations.holder(name).ordered):
                    self._take(relation, source, node)

    def _take(self, relation: Relation, column: str, node: int) -> None:
        holder = self.relations.holder(relation.name)
        site = EdgeSite(-1, 0)
        if relation.kind is RelationKind.EXPOSURE:
            self.builder.edge(node, holder.named(column), self._plain, site)
            return
        unknown = self.builder.kind(EdgeKind(Transform(Subtype.TRANSFORMATION)))
        for _name, target in tuple(holder.ordered):
            self.builder.edge(node, target, unknown, EdgeSite(-1, 0, ambiguous=True))

    # -- the result ----------------------------------------------------------------------------

    def finish(self) -> Analysis:
        """Everything that was found, sorted."""
        graph = self.builder.freeze()
        statements = sum(len(o.statements) for o in self.objects) + len(self.project.gaps)
        return Analysis(
            graph=graph,
            units=self.project.units,
            relations=known_relations(self.project, self.relations, self.first_seen),
            grants=tuple(sorted(set(self.grants))),
            deletes=tuple(sorted(set(self.deletes))),
            guards=collect_guards(graph, self.guarded, self.project.units),
            gaps=tuple(sorted(set(self.gaps))),
            statements=statements,
            opaque=self.opaque,
        )
