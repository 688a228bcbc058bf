"""Linking ahead: each text as soon as it is compiled, while the next one is.

What a text asks of the others is answered by those that are compiled so far, but for the
relations that a text is known to write: who reads one waits for it. Where an answer turns out
to be another one, `link_compiled` links the text again, as it does with what an earlier run
has left; so nothing depends on the order in which texts come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.link.compiled import Compiled
from lineage.link.relations import Relations
from lineage.link.texts import link_text

if TYPE_CHECKING:
    from lineage.objects import Object
    from lineage.projects import Project


class Ahead:
    """The texts of a project as they come."""

    def __init__(self, project: Project) -> None:
        self._units = project.units
        self._relations = Relations(project, [])
        self._come: dict[int, Compiled] = {}
        self._to_come = {unit.target for unit in project.units if unit.target}
        self._waiting: dict[str, list[int]] = {}  # by the relation that they wait for

    def take(self, number: int, compiled: Object) -> None:
        """Take a text, and link it or have it wait."""
        text = self._come[number] = Compiled(compiled)
        self._relations.add(number, text.outline)
        ready = [number]
        while ready:
            ready += self._link(ready.pop())

    def texts(self) -> list[Compiled]:
        """All texts, once they have come, in their order; those that still wait unlinked."""
        return [self._come[number] for number in range(len(self._units))]

    def _link(self, number: int) -> list[int]:
        """Link a text if it need not wait; returns those that have waited for it."""
        text, target = self._come[number], self._units[number].target
        awaited = self._awaited_by(number, target)
        if awaited:
            self._waiting.setdefault(awaited, []).append(number)
            return []
        segment = text.segment = link_text(number, target, text.object, self._relations)
        self._relations.learn(segment.known)
        self._to_come.discard(target)
        return self._waiting.pop(target, [])

    def _awaited_by(self, number: int, target: str) -> str:
        """A relation that a text reads and another one is known to write; empty for none."""
        for name in self._come[number].outline.reads:
            for meaning in self._relations.meanings(name, number):
                if meaning in self._to_come and meaning != target:
                    return meaning
        return ""
