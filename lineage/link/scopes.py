"""Scopes: symbolic names become nodes, and what depends on them becomes edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import EdgeKind
from lineage.link.fields import Fields, accept_anything
from lineage.link.holders import Holder, ScopeHolder, Tail, View, position_of
from lineage.link.names import PSEUDO_COLUMNS, find_unqualified, gaps_of_names, is_plain, tell_once
from lineage.link.natural import join_naturally
from lineage.link.plain import MARKS, link_plainly
from lineage.link.row_guards import RowGuards
from lineage.link.rows import Rows
from lineage.link.segments import ANY
from lineage.link.star_names import gives_names
from lineage.link.stars import expand
from lineage.link.unions import take_by_name
from lineage.objects import (
    CALLED,
    OUTPUT_OF,
    ROWS_OF,
    STAR,
    UNNAMED,
    UNQUALIFIED,
    Star,
    enclosed_scopes,
    known_as,
)
from lineage.words import IDENTITY, Transform, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lineage.graph import GuardRef
    from lineage.link.linking import AddEdge, Meaning
    from lineage.link.segments import SegmentBuilder
    from lineage.objects import Dep, Output, Scope, Source, Statement
    from lineage.words import GapReason

# Stars that put out all columns of the first source as they are.
_WHOLES = (Star(UNQUALIFIED), Star(0))
_MOST_USED = 64  # columns behind one name in USING; each is equal to each


class StatementLinker:
    """Links the scopes of one statement, each once and only when it is asked for."""

    def __init__(
        self,
        builder: SegmentBuilder,
        holders_of: Callable[[str], tuple[Holder, ...]],
        statement: Statement,
        declared: Callable[[str, str], tuple[str, ...]],
    ) -> None:
        """`holders_of` gives the relations that a name in the text means.

        `declared` names the fields of what has a dotted name in a relation.
        """
        self.builder = builder
        self.holders_of = holders_of
        self.statement = statement
        self._declared = declared
        self.holders: dict[int, Holder] = {}
        self.views: dict[tuple[int, int], View] = {}
        self.unresolved: dict[str, dict[int, set[str]]] = {}
        self.assigned: dict[tuple[int, str], list[int]] = {}
        self.rows: Rows = Rows(self)
        self.guards = RowGuards(self)
        self.fields: Fields = Fields(self)
        self.finished = {scope: place for place, scope in enumerate(statement.order)}
        self.enclosed: list[bool] = enclosed_scopes(statement)
        self.edge: AddEdge = builder.edge
        self.plain: int = builder.kind(EdgeKind(IDENTITY))
        self._aliases: dict[int, dict[str, list[int]]] = {}
        self._only: dict[int, View | None] = {}
        self._aliased: dict[tuple[int, int], int] = {}
        self._meant: dict[tuple[int, int, str, tuple[int, ...]], list[Meaning]] = {}
        self._kinds: dict[tuple[TransformSubtype, tuple[str, ...]], int] = {}

    # -- scopes -----------------------------------------------------------------------------

    def holder(self, number: int) -> Holder:
        """The linked holder of a scope; of one that refers to itself, as far as it is known."""
        found = self.holders.get(number)
        if found is not None:
            return found
        holder = ScopeHolder(self.statement.scopes[number].label, self.builder)
        self.link(number, holder)
        return holder

    def link(self, number: int, holder: Holder) -> None:
        """Link a scope into a holder, whose columns it makes."""
        self.holders[number] = holder
        scope = self.statement.scopes[number]
        if scope.called:
            holder.call(scope.called)
        if scope.branches:
            holder.call(self.holder(scope.branches[0]).called.items())
            self._link_set(number, scope, holder)
        elif not link_plainly(self, number, holder):
            self._link_select(number, scope, holder)

    def _link_set(self, number: int, scope: Scope, holder: Holder) -> None:
        self.builder.unions[scope.offset] = None
        guarded, holder.exported = self.guards.of_branches(number)
        edge, at, by_name, offset = self.edge, holder.at, scope.by_name, scope.offset
        for order, branch in enumerate(scope.branches):
            inner, kind = self.holder(branch), self.plain
            if guarded[order]:
                kind = self.builder.kind(EdgeKind(IDENTITY, guarded[order]))
            for position, (name, node) in enumerate(inner.items()):
                if by_name:
                    target = holder.named(name)
                elif order == 0 or position >= len(holder.names):
                    target = holder.add(name)
                else:
                    target = at(position)
                edge(node, target, kind, offset)
            if not inner.complete:
                holder.open(self._follow(inner, offset), inner.unknown)
            edge(inner.rows, holder.rows, self.plain, offset)
        take_by_name(self, scope, holder)
        for removed in scope.subtracted:
            self.edge(self.holder(removed).rows, holder.rows, self.plain, scope.offset)
        self._influence(scope, holder)

    def _follow(self, inner: Holder, offset: int) -> Tail:
        def feed(name: str, node: int) -> None:
            found = inner.find(name)
            if found is not None:
                self.edge(found, node, self.plain, offset)

        return Tail(feed, inner.has)

    def _link_select(self, number: int, scope: Scope, holder: Holder) -> None:
        for position in range(len(scope.sources)):
            for source in self.view(number, position).holders:
                self.edge(source.rows, holder.rows, self.plain, scope.offset)
        self._influence(scope, holder)
        join_naturally(self, number, holder)
        holder.exported = self.guards.exported(number)
        copy = self._copier(number, holder)
        for output in scope.outputs:
            if output.star is not None:
                expand(self, number, output, holder)
            elif copy is None or not copy(output):
                self._feed_output(number, output, holder.add(output.name))
        if scope.anything:
            accept_anything(self, number, holder)

    def _copier(self, number: int, holder: Holder) -> Callable[[Output], bool] | None:
        """The short way for plain columns of the only source, None where there is none."""
        view = self.only_view(number)
        if view is None or len(view.holders) != 1 or view.columns or self.guards.any_in(number):
            return None
        find, add, edge = view.holders[0].find, holder.add, self.edge
        aliases, row = self.aliases(number), self.statement.scopes[number].sources[0].alias
        kind = self.plain

        def copy(output: Output) -> bool:
            if output.fields or not is_plain(output):
                return False
            (dep,) = output.deps
            column = dep.column
            if dep.scope != number or column in aliases or column[:1] in MARKS:
                return False
            if column.startswith(UNNAMED):  # which may be several
                return False
            node = find(column) if column != row else None
            if node is not None:
                view.confirm(column)
                target = add(output.name)
                edge(node, target, kind, dep.offset)
            return node is not None

        return copy

    def _influence(self, scope: Scope, holder: Holder) -> None:
        written: dict[int, set[int]] = {}
        for dep in scope.influences:
            kind = self._kind(dep)
            for node, _view, ambiguous in self.meanings(dep):
                self.edge(node, holder.rows, kind, dep.offset, ambiguous=ambiguous)
                if not ambiguous:
                    written.setdefault(dep.offset, set()).add(node)
        for left, right in scope.equated:
            # A name for many columns, as that of a whole row, says nothing of each of them; that
            # in USING does, in which both sides are written at once.
            most = _MOST_USED if left == right else 1
            ones, others = written.get(left, ()), written.get(right, ())
            if len(ones) <= most and len(others) <= most:
                self.builder.equate(ones, others)

    def spread_rows(self, holder: Holder, offset: int) -> None:
        """What decides about rows decides about every column of them.

        Whoever reads a scope in FROM depends on its rows anyway; this is for those who take
        its columns without being asked for rows of their own.
        """
        if holder.spread:
            return
        holder.spread = True
        for node in (*holder.nodes, *holder.demanded.values()):
            self.edge(holder.rows, node, self.plain, offset)
        if not holder.complete:
            holder.tails.append(
                Tail(lambda _name, node: self.edge(holder.rows, node, self.plain, offset))
            )

    # -- outputs ----------------------------------------------------------------------------

    def _feed_output(self, number: int, output: Output, target: int) -> None:
        if output.fields:
            self.fields.put_together(number, output, target)
        else:
            self.feed(number, output.deps, target)

    def feed(self, number: int, deps: Iterable[Dep], target: int) -> None:
        """Edges into a column of a scope; a value of an enclosing one brings no guards along."""
        guarded, edge = self.guards.any_in(number), self.edge
        for dep in deps:
            found = self.meanings(dep)
            if self.rows.has(dep):
                found = self.rows.gathered(dep, found, target)
            own = guarded and dep.scope == number
            for node, view, ambiguous in found:
                guards = self.guards.of_view(number, view) if own and view is not None else ()
                edge(node, target, self._kind(dep, guards), dep.offset, ambiguous=ambiguous)

    def fields_declared(self, node: int) -> tuple[str, ...]:
        """The fields that a relation's column, or a field of one, is declared to have."""
        owner = self.builder.owner(node)
        return self._declared(*owner) if owner is not None else ()

    def _kind(self, dep: Dep, guards: tuple[GuardRef, ...] = ()) -> int:
        """The number of the kind of edge that a reference makes."""
        key = (dep.subtype, dep.functions)
        found = None if guards else self._kinds.get(key)
        if found is None:
            transform = Transform(dep.subtype, tuple(map(known_as, dep.functions)))
            found = self.builder.kind(EdgeKind(transform, guards))
            if not guards:
                self._kinds[key] = found
        return found

    # -- names ------------------------------------------------------------------------------

    def encloses(self, number: int) -> bool:
        """Whether a scope stands inside a query that has sources, whose columns it can see."""
        return self.enclosed[number]

    def only_view(self, number: int) -> View | None:
        """The source of a scope that sees no other, None where it does."""
        if number not in self._only:
            alone = len(self.statement.scopes[number].sources) == 1 and not self.enclosed[number]
            self._only[number] = self.view(number, 0) if alone else None
        return self._only[number]

    def view(self, number: int, position: int) -> View:
        """A source of a scope, linked when it is first looked at."""
        key = (number, position)
        found = self.views.get(key)
        if found is None:
            source = self.statement.scopes[number].sources[position]
            found = self.views[key] = View(self._holders_of(source), source.columns, source.group)
            width = len(source.columns)
            if width and any(h.sure < width and not h.complete for h in found.holders):
                self.note_unknown(source.offset, found.unknown)
        return found

    def note_unknown(self, offset: int, relations: Iterable[str]) -> None:
        """What is written here depends on which columns these relations have."""
        self.unresolved.setdefault(STAR, {}).setdefault(offset, set()).update(relations)

    def _holders_of(self, source: Source) -> tuple[Holder, ...]:
        if source.scope < 0:
            return self.holders_of(source.relation)
        if self.passes_on(source.scope):
            return self.view(source.scope, 0).holders
        return (self.holder(source.scope),)

    def passes_on(self, number: int) -> bool:
        """Whether a scope is no more than another name for its only source.

        `select * from t` adds nothing to its rows or columns, so who reads it reads `t`.
        """
        scope = self.statement.scopes[number]
        star = scope.outputs[0].star if len(scope.outputs) == 1 else None
        if star is None or len(scope.sources) != 1 or scope.influences:
            return False
        source = scope.sources[0]
        adds = scope.tests or scope.anything or source.columns or source.scope >= number
        return star in _WHOLES and not adds

    def meanings(self, dep: Dep) -> list[Meaning]:
        """The nodes that a reference means."""
        found = self._meanings(dep)
        if dep.path and found and not self.rows.has(dep):
            part = self.fields.part
            return [(part(node, dep.path), view, several) for node, view, several in found]
        return found

    def _meanings(self, dep: Dep) -> list[Meaning]:
        if (source := dep.source) == ROWS_OF:
            return [(self.holder(dep.scope).rows, None, False)]
        if source == OUTPUT_OF:
            return self._outputs_of(self.holder(dep.scope), dep)
        key = (dep.scope, source, dep.column, dep.seen)
        found = self._meant.get(key)
        if found is not None:
            return found
        if source == CALLED:
            return []  # of a function that nobody makes
        if source < 0:
            found, keep = find_unqualified(self, dep)
        else:
            view = self.view(dep.scope, source)
            found, keep = self.in_view(view, dep), dep.column != STAR
            view.confirm(dep.column)
        if keep:
            self._meant[key] = found
        return found

    def _outputs_of(self, holder: Holder, dep: Dep) -> list[Meaning]:
        self.spread_rows(holder, dep.offset)
        if dep.column not in {STAR, ""}:
            node = holder.find(dep.column)
            return [] if node is None else [(node, None, False)]
        nodes = [node for _name, node in holder.items()]
        if holder.complete or (holder.sure and not dep.column):
            nodes = nodes if dep.column else nodes[:1]
        else:
            if holder.unknown or not dep.column:  # else one of its columns stands for the rest
                self.note_unknown(dep.offset, holder.unknown)
            others = holder.find(ANY)
            nodes = nodes if others is None else [*nodes, others]
        return [(node, None, False) for node in nodes]

    def in_view(self, view: View, dep: Dep) -> list[Meaning]:
        """What a column of one source means; a star means the row as a whole."""
        if dep.column == STAR:
            rest: list[int] = []
            if not view.complete:
                self.note_unknown(dep.offset, view.unknown)
                rest = view.find(ANY)
            return [(node, view, False) for node in (*(n for _, n in view.items()), *rest)]
        if dep.column[:1] == "$" and position_of(dep.column) is not None and not view.complete:
            tables = [name for name in view.unknown if not name.startswith("@")]
            if tables:
                self.note_unknown(dep.offset, tables)
        if not (nodes := view.find(dep.column)) and dep.column.lower() not in PSEUDO_COLUMNS:
            return self._missing(view, dep)
        return [(node, view, len(nodes) > 1) for node in nodes]

    def _missing(self, view: View, dep: Dep) -> list[Meaning]:
        """A column that the source should not have: follow it anyway, and say so.

        A variable that no text sets has its value from outside.
        """
        if not view.holders:
            return []
        tell_once(self, dep)
        return [(holder.demand(dep.column), view, True) for holder in view.holders]

    def aliases(self, number: int) -> dict[str, list[int]]:
        """The outputs of a scope that have a new name, by name, as positions from the left.

        A column that is put out as it is means the same under its name either way; stars that give
        names stand under `*`.
        """
        found = self._aliases.get(number)
        if found is None:
            found = self._aliases[number] = {}
            for position, output in enumerate(self.statement.scopes[number].outputs):
                if output.star is not None:
                    if gives_names(output.star):
                        found.setdefault(STAR, []).append(position)
                elif not (is_plain(output) and output.deps[0].column == output.name):
                    found.setdefault(output.name, []).append(position)
        return found

    def alias_node(self, number: int, position: int) -> int:
        """An output of a scope as its later outputs see it (a lateral column alias)."""
        key = (number, position)
        found = self._aliased.get(key)
        if found is None:
            scope = self.statement.scopes[number]
            output = scope.outputs[position]
            found = self._aliased[key] = self.builder.inner_node(scope.label, output.name)
            self._feed_output(number, output, found)
        return found

    def guards_of(self, number: int, view: View) -> tuple[GuardRef, ...]:
        """The guards that speak of the rows of one source of a scope."""
        return self.guards.of_view(number, view)

    def gaps(self) -> Iterable[tuple[GapReason, str, tuple[str, ...], int]]:
        """Names that could not be resolved."""
        return gaps_of_names(self.unresolved)
