"""Scopes: symbolic names become nodes, and what depends on them becomes edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import EdgeKind, EdgeSite, GuardRef
from lineage.link.holders import Holder, View, position_of
from lineage.link.names import PSEUDO_COLUMNS, find_unqualified
from lineage.objects import OUTPUT_OF, ROWS_OF, STAR, UNQUALIFIED
from lineage.words import IDENTITY, GapReason, Transform, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lineage.graph import GraphBuilder
    from lineage.link.relations import Relations
    from lineage.objects import Dep, Output, Scope, Source, Star, Statement

MAX_GUARDS = 16  # a flow that carries more keeps the first of them: fewer guards is the safe side


class StatementLinker:
    """Links the scopes of one statement, each once and only when it is asked for."""

    def __init__(
        self, builder: GraphBuilder, relations: Relations, statement: Statement, unit: int
    ) -> None:
        self.builder = builder
        self.relations = relations
        self.statement = statement
        self.unit = unit
        self.holders: dict[int, Holder] = {}
        self.views: dict[tuple[int, int], View] = {}
        self.unresolved: dict[tuple[str, int], tuple[str, ...]] = {}
        self._guarded: dict[int, list[tuple[GuardRef, int | None]]] = {}
        self.guard_offsets: dict[GuardRef, int] = {}
        self._plain = builder.kind(EdgeKind(IDENTITY))
        self._aliased: dict[tuple[int, int], int] = {}

    # -- scopes -----------------------------------------------------------------------------

    def holder(self, number: int) -> Holder:
        """The linked holder of a scope; of one that refers to itself, as far as it is known."""
        if number in self.holders:
            return self.holders[number]
        scope = self.statement.scopes[number]
        label = scope.label
        make = self.builder.inner_node
        holder = Holder(lambda _position, name: make(label, name), make(label, STAR))
        self.link(number, holder)
        return holder

    def link(self, number: int, holder: Holder) -> None:
        """Link a scope into a holder, whose columns it makes."""
        self.holders[number] = holder
        scope = self.statement.scopes[number]
        if scope.branches:
            self._link_set(scope, holder)
        else:
            self._link_select(number, scope, holder)

    def _link_set(self, scope: Scope, holder: Holder) -> None:
        for order, branch in enumerate(scope.branches):
            inner = self.holder(branch)
            for position, (name, node) in enumerate(tuple(inner.ordered)):
                if scope.by_name:
                    target = holder.named(name)
                elif order == 0 or position >= len(holder.ordered):
                    target = holder.add(name)
                else:
                    target = holder.ordered[position][1]
                self.edge(node, target, self._plain, scope.offset)
            if not inner.complete:
                holder.open(self._follow(inner, scope.offset), inner.unknown)
                if not scope.by_name:
                    self.note_unknown(scope.offset, inner.unknown)
            self.edge(inner.rows, holder.rows, self._plain, scope.offset)
        for removed in scope.subtracted:
            self.edge(self.holder(removed).rows, holder.rows, self._plain, scope.offset)
        self._influence(scope, holder)
        self._spread_rows(holder, scope.offset)

    def _follow(self, inner: Holder, offset: int) -> Callable[[str, int], None]:
        def tail(name: str, node: int) -> None:
            found = inner.find(name)
            if found is not None:
                self.edge(found, node, self._plain, offset)

        return tail

    def _link_select(self, number: int, scope: Scope, holder: Holder) -> None:
        for position in range(len(scope.sources)):
            for source in self.view(number, position).holders:
                self.edge(source.rows, holder.rows, self._plain, scope.offset)
        self._influence(scope, holder)
        self._join_naturally(number, scope, holder)
        holder.exported = self._exported(number, scope)
        for output in scope.outputs:
            if output.star is not None:
                self._expand(number, output.star, output, holder)
            else:
                self._feed(number, output.deps, holder.add(output.name))
        if scope.anything:
            self._accept_anything(number, scope, holder)
        self._spread_rows(holder, scope.offset)

    def _influence(self, scope: Scope, holder: Holder) -> None:
        for dep in scope.influences:
            kind = self.builder.kind(EdgeKind(Transform(dep.subtype, dep.functions)))
            for node, _view, ambiguous in self.meanings(dep):
                self.edge(node, holder.rows, kind, dep.offset, ambiguous=ambiguous)

    def _join_naturally(self, number: int, scope: Scope, holder: Holder) -> None:
        """NATURAL JOIN compares the columns that both sides are known to have."""
        kind = self.builder.kind(EdgeKind(Transform(TransformSubtype.JOIN)))
        for position, source in enumerate(scope.sources):
            if source.natural:
                earlier = [self.view(number, p) for p in range(position)]
                for view in (*earlier, self.view(number, position)):
                    if not view.complete:
                        self.note_unknown(source.offset, view.unknown)
                for name, node in self.view(number, position).items():
                    shared = [n for view in earlier if view.has(name) for n in view.find(name)]
                    for common in (node, *shared) if shared else ():
                        self.edge(common, holder.rows, kind, source.offset)

    def _spread_rows(self, holder: Holder, offset: int) -> None:
        """What decides about rows decides about every column of them."""
        for _name, node in holder.ordered:
            self.edge(holder.rows, node, self._plain, offset)
        if not holder.complete:
            holder.tails.append(
                lambda _name, node: self.edge(holder.rows, node, self._plain, offset)
            )

    # -- outputs ----------------------------------------------------------------------------

    def _accept_anything(self, number: int, scope: Scope, holder: Holder) -> None:
        """A name that the scope does not put out is made of what feeds any name."""

        def tail(_name: str, node: int) -> None:
            self._feed(number, scope.anything, node)

        if scope.closed:
            holder.fallback = tail
        else:
            holder.open(tail, set())

    def _feed(self, number: int, deps: Iterable[Dep], target: int) -> None:
        """Edges into a column of a scope; a value of an enclosing one brings no guards along."""
        for dep in deps:
            for node, view, ambiguous in self.meanings(dep):
                guards = self._guards(dep, view) if dep.scope == number else ()
                kind = self.builder.kind(EdgeKind(Transform(dep.subtype, dep.functions), guards))
                self.edge(node, target, kind, dep.offset, ambiguous=ambiguous)

    def _expand(self, number: int, star: Star, output: Output, holder: Holder) -> None:
        """A star puts out every column in view, in order, but for what it leaves out."""
        renamed = dict(star.renamed)
        replaced = {r.name: r for r in star.replaced}
        seen: set[str] = set()
        for view, merged in self._starred(number, star, output):
            kind = self._view_kind(number, view)
            for name, node in view.items():
                if name in star.excepted or (name in merged and name in seen):
                    continue
                seen.add(name)
                target = holder.add(renamed.get(name, name))
                if name in replaced:
                    self._feed(number, replaced[name].deps, target)
                else:
                    self.edge(node, target, kind, output.offset)
            if not view.complete:
                tail = self._star_tail(view, star, kind, output.offset)
                holder.open(tail, view.unknown)

    def _starred(
        self, number: int, star: Star, output: Output
    ) -> Iterable[tuple[View, frozenset[str]]]:
        """The views a star stands for, each with the columns that a join merged into others."""
        if star.source == OUTPUT_OF:
            (dep,) = output.deps
            if dep.source == OUTPUT_OF:
                yield View((self.holder(dep.scope),), (), 0), frozenset()
            else:
                yield self.view(dep.scope, dep.source), frozenset()
            return
        for position, source in enumerate(self.statement.scopes[number].sources):
            if source.hidden or star.source not in {UNQUALIFIED, position}:
                continue
            view = self.view(number, position)
            merged = frozenset(source.merged) if star.source == UNQUALIFIED else frozenset()
            if source.natural and star.source == UNQUALIFIED:
                merged = frozenset(name for name, _ in view.items())
            yield view, merged

    def _view_kind(self, number: int, view: View) -> int:
        guards = self._guards_of(number, view)
        return self.builder.kind(EdgeKind(IDENTITY, guards))

    def _star_tail(
        self, view: View, star: Star, kind: int, offset: int
    ) -> Callable[[str, int], None]:
        original = {new: old for old, new in star.renamed}
        gone = {old for old, _ in star.renamed} | set(star.excepted)

        def tail(name: str, node: int) -> None:
            wanted = original.get(name, name)
            if wanted in gone and name not in original:
                return
            nodes = view.find(wanted)
            for found in nodes:
                self.edge(found, node, kind, offset, ambiguous=len(nodes) > 1)

        return tail

    # -- names ------------------------------------------------------------------------------

    def view(self, number: int, position: int) -> View:
        """A source of a scope, linked when it is first looked at."""
        key = (number, position)
        found = self.views.get(key)
        if found is None:
            source = self.statement.scopes[number].sources[position]
            found = self.views[key] = View(self._holders_of(source), source.columns, source.group)
            if source.columns and any(h.sure < len(source.columns) and not h.complete for h in found.holders):
                self.note_unknown(source.offset, found.unknown)
        return found

    def note_unknown(self, offset: int, relations: Iterable[str]) -> None:
        """What is written here depends on which columns these relations have."""
        known = self.unresolved.get((STAR, offset), ())
        self.unresolved[STAR, offset] = tuple(sorted({*known, *relations}))

    def _holders_of(self, source: Source) -> tuple[Holder, ...]:
        if source.scope >= 0:
            holder = self.holders.get(source.scope)
            return (holder or self.holder(source.scope),)
        names = self.relations.meanings(source.relation, self.unit)
        return tuple(self.relations.holder(name) for name in names)

    def meanings(self, dep: Dep) -> list[tuple[int, View | None, bool]]:
        """The nodes that a reference means."""
        if dep.source == ROWS_OF:
            return [(self.holder(dep.scope).rows, None, False)]
        if dep.source == OUTPUT_OF:
            return self._outputs_of(self.holder(dep.scope), dep)
        if dep.source == UNQUALIFIED:
            return find_unqualified(self, dep)
        view = self.view(dep.scope, dep.source)
        for holder in view.holders:
            holder.guessed.discard(dep.column)
        return self.in_view(view, dep)

    def _outputs_of(self, holder: Holder, dep: Dep) -> list[tuple[int, View | None, bool]]:
        if dep.column in {STAR, ""}:
            nodes = holder.ordered[: holder.sure or None] if dep.column else holder.ordered[:1]
            if not holder.complete and (dep.column or not holder.sure):
                self.note_unknown(dep.offset, holder.unknown)
                nodes = holder.ordered
            return [(node, None, False) for _name, node in nodes]
        node = holder.find(dep.column)
        return [] if node is None else [(node, None, False)]

    def in_view(self, view: View, dep: Dep) -> list[tuple[int, View | None, bool]]:
        """What a column of one source means; a star means the row as a whole."""
        if dep.column == STAR:
            if not view.complete:
                self.note_unknown(dep.offset, view.unknown)
            return [(node, view, False) for _name, node in view.items()]
        if position_of(dep.column) is not None and not view.complete:
            tables = [name for name in view.unknown if not name.startswith("@")]
            if tables:
                self.note_unknown(dep.offset, tables)
        nodes = view.find(dep.column)
        if not nodes and dep.column.lower() not in PSEUDO_COLUMNS:
            return self._missing(view, dep)
        ambiguous = len(nodes) > 1
        return [(node, view, ambiguous) for node in nodes]

    def _missing(self, view: View, dep: Dep) -> list[tuple[int, View | None, bool]]:
        """A column that the source should not have: follow it anyway, and say so."""
        self.unresolved[dep.column, dep.offset] = ()
        return [(holder.add(dep.column), view, True) for holder in view.holders]

    def alias_node(self, number: int, position: int) -> int:
        """An output of a scope as its later outputs see it (a lateral column alias)."""
        key = (number, position)
        found = self._aliased.get(key)
        if found is None:
            scope = self.statement.scopes[number]
            output = scope.outputs[position]
            found = self._aliased[key] = self.builder.inner_node(scope.label, output.name)
            self._feed(number, output.deps, found)
        return found

    # -- guards -----------------------------------------------------------------------------

    def _guards(self, dep: Dep, view: View | None) -> tuple[GuardRef, ...]:
        return self._guards_of(dep.scope, view) if view is not None else ()

    def _guards_of(self, number: int, view: View) -> tuple[GuardRef, ...]:
        """The guards that speak of the rows of one source of a scope."""
        found = dict.fromkeys(
            guard
            for guard, group in self._scope_guards(number)
            if group is None or group == view.group
        )
        return tuple(found)[:MAX_GUARDS]

    def _scope_guards(self, number: int) -> list[tuple[GuardRef, int | None]]:
        """Each guard of a scope with the group of sources it speaks of, None for all."""
        found = self._guarded.get(number)
        if found is None:
            found = self._guarded[number] = self._find_guards(number)
        return found

    def _find_guards(self, number: int) -> list[tuple[GuardRef, int | None]]:
        scope = self.statement.scopes[number]
        found: list[tuple[GuardRef, int | None]] = []
        for test in scope.tests:
            if test.subject.scope != number:
                continue
            for node, view, ambiguous in self.meanings(test.subject):
                if view is not None and not ambiguous:
                    guard = GuardRef(node, test.operator, test.value, test.function)
                    self.guard_offsets.setdefault(guard, test.subject.offset)
                    found.append((guard, None if test.function else view.group))
        for position, source in enumerate(scope.sources):
            if source.scope >= 0 and not source.optional and not source.hidden:
                view = self.view(number, position)
                found.extend((guard, view.group) for guard in self._speaking(source.scope))
        return found

    def _speaking(self, number: int) -> tuple[GuardRef, ...]:
        """The guards of a scope that say something about what is joined to its rows.

        Not those of a group's size, nor any where the scope itself joins what is unrelated.
        """
        groups = {s.group for s in self.statement.scopes[number].sources if not s.hidden}
        if len(groups) > 1:
            return ()
        return tuple(guard for guard in self.holder(number).exported if not guard.function)

    def _exported(self, number: int, scope: Scope) -> tuple[GuardRef, ...]:
        if not scope.tests and all(s.scope < 0 for s in scope.sources):
            return ()
        return tuple(dict.fromkeys(g for g, _ in self._scope_guards(number)))[:MAX_GUARDS]

    # -- output -----------------------------------------------------------------------------

    def edge(
        self, source: int, target: int, kind: int, offset: int, *, ambiguous: bool = False
    ) -> None:
        """Add an edge that is written at an offset of this unit's text."""
        self.builder.edge(source, target, kind, EdgeSite(self.unit, offset, ambiguous))

    def gaps(self) -> Iterable[tuple[GapReason, str, tuple[str, ...], int]]:
        """Names that could not be resolved."""
        for (name, offset), relations in self.unresolved.items():
            if name == STAR:
                message = f"the columns of {', '.join(relations)} are not known"
                yield GapReason.UNRESOLVED_STAR, message, relations, offset
            else:
                yield GapReason.UNRESOLVED_NAME, f"no source has a column `{name}`", (), offset
