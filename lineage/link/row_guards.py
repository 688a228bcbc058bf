"""Which guards hold for the rows of each source of a scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import ABSENT, GuardRef
from lineage.objects import COUNT_DISTINCT, NOT_IN, OUTPUT_OF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.link.holders import View
    from lineage.link.linking import Linking, Meaning
    from lineage.objects import Dep, Test

MAX_GUARDS = 16  # a flow that carries more keeps the first of them: fewer guards is the safe side


class RowGuards:
    """The guards of a statement's scopes, found when they are first asked for."""

    def __init__(self, linker: Linking) -> None:
        self._linker = linker
        self._found: dict[int, list[tuple[GuardRef, int | None]]] = {}
        self._of_group: dict[tuple[int, int], tuple[GuardRef, ...]] = {}
        self.offsets: dict[GuardRef, int] = {}

    def any_in(self, number: int) -> bool:
        """Whether any guard holds in a scope."""
        return bool(self._of_scope(number))

    def of_view(self, number: int, view: View) -> tuple[GuardRef, ...]:
        """The guards that speak of the rows of one source of a scope."""
        key = (number, view.group)
        found = self._of_group.get(key)
        if found is None:
            fitting = (g for g, group in self._of_scope(number) if group in {None, view.group})
            found = self._of_group[key] = tuple(dict.fromkeys(fitting))[:MAX_GUARDS]
        return found

    def exported(self, number: int) -> tuple[GuardRef, ...]:
        """The guards that hold for every row that a scope puts out."""
        scope = self._linker.statement.scopes[number]
        if not scope.tests and all(source.scope < 0 for source in scope.sources):
            return ()
        return tuple(dict.fromkeys(guard for guard, _ in self._of_scope(number)))[:MAX_GUARDS]

    def _of_scope(self, number: int) -> list[tuple[GuardRef, int | None]]:
        """Each guard of a scope with the group of sources it speaks of, None for all."""
        found = self._found.get(number)
        if found is None:
            found = self._found[number] = self._find(number)
        return found

    def _find(self, number: int) -> list[tuple[GuardRef, int | None]]:
        scope = self._linker.statement.scopes[number]
        found: list[tuple[GuardRef, int | None]] = []
        for test in scope.tests:
            if test.subject.scope != number:
                continue
            if test.listed is not None:
                found += self._absent(number, test, test.listed)
                continue
            for node, view, ambiguous in self._present(number, test.subject):
                if view is not None and not ambiguous:
                    guard = GuardRef(node, test.operator, test.value, test.function)
                    self.offsets.setdefault(guard, test.subject.offset)
                    found.append((guard, None if test.function else view.group))
        for position, source in enumerate(scope.sources):
            if source.scope >= 0 and not source.optional and not source.hidden:
                view = self._linker.view(number, position)
                found.extend((guard, view.group) for guard in self._speaking(source.scope))
        return found

    def _present(self, number: int, subject: Dep) -> list[Meaning]:
        """What a test speaks of: of columns that a join merged, those of sides that have a row.

        Where an outer join leaves a side out, the merged value is that of the other one.
        """
        meant = self._linker.meanings(subject)
        if len(meant) < 2:  # noqa: PLR2004 - nothing is merged
            return meant
        sources = self._linker.statement.scopes[number].sources
        left_out = [self._linker.view(number, p) for p, s in enumerate(sources) if s.optional]
        return [m for m in meant if all(m[1] is not view for view in left_out)]

    def _absent(
        self, number: int, test: Test, listed: Dep
    ) -> Iterable[tuple[GuardRef, int | None]]:
        """The guard that rows of a source, and what is joined to them, have no partner in a list.

        Where a join may leave the source out, its key is missing: NOT IN lets no such row pass,
        the other forms do.
        """
        subject = test.subject
        if subject.source >= 0:
            source = self._linker.statement.scopes[number].sources[subject.source]
            groups = {source.group} if test.operator == NOT_IN or not source.optional else set()
        else:
            found = self._linker.meanings(subject)
            groups = {v.group for _, v, several in found if v is not None and not several}
        nodes = self._listed(listed)
        if len(groups) == 1 and len(nodes) == 1:
            guard = GuardRef(nodes[0], test.operator, test.value, test.function)
            self.offsets.setdefault(guard, subject.offset)
            yield guard, groups.pop()

    def _listed(self, listed: Dep) -> list[int]:
        if listed.source == OUTPUT_OF:
            return [node for node, _, _ in self._linker.meanings(listed)]
        return self._linker.view(listed.scope, listed.source).find(listed.column)

    def of_branches(self, number: int) -> tuple[list[tuple[GuardRef, ...]], tuple[GuardRef, ...]]:
        """For each branch of a set operation, and for all: no value is left that EXCEPT took."""
        scope = self._linker.statement.scopes[number]
        found: list[tuple[GuardRef, ...]] = [()] * len(scope.branches)
        for branch, taken in scope.lacking:
            holder = self._linker.holder(taken)
            if holder.complete and len(holder.names) == 1:
                guard = GuardRef(holder.at(0), NOT_IN, "", ABSENT)
                self.offsets.setdefault(guard, scope.offset)
                found[branch] = (*found[branch], guard)
        shared = set(found[0]).intersection(*found)
        return found, tuple(guard for guard in found[0] if guard in shared)

    def _speaking(self, number: int) -> tuple[GuardRef, ...]:
        """The guards of a scope that say something about what is joined to its rows.

        Not those of a group's size, nor any where the scope itself joins what is unrelated.
        """
        sources = self._linker.statement.scopes[number].sources
        if self._linker.passes_on(number):
            behind = sources[0].scope
            return self._speaking(behind) if behind >= 0 else ()
        if len({source.group for source in sources if not source.hidden}) > 1:
            return ()
        exported = self._linker.holder(number).exported
        return tuple(guard for guard in exported if guard.function != COUNT_DISTINCT)
