"""Linking texts while others are still being compiled.

What a text asks of the others may have another answer once all are known. Its segment keeps
the questions, so `lineage.link.link_compiled` asks them again and links anew what was linked
too early: nothing depends on what is done here but the time it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.link.relations import Relations
from lineage.link.texts import link_text

if TYPE_CHECKING:
    from lineage.link.compiled import Compiled
    from lineage.projects import Project


class Ahead:
    """The texts of a project as they come, each linked once those it reads from are.

    Which they are is told by the units' targets; where there are none, nothing is done.
    """

    def __init__(self, project: Project) -> None:
        self._units = project.units
        self._relations = Relations(project, [])
        self._texts: dict[int, Compiled] = {}
        self._writers: dict[str, set[int]] = {}  # of texts that are not linked yet
        self._missing: dict[int, int] = {}  # how many writers a text waits for
        self._after: dict[int, list[int]] = {}  # what waits for a text
        for number, unit in enumerate(project.units):
            if unit.target:
                self._writers.setdefault(unit.target, set()).add(number)

    def add(self, number: int, text: Compiled) -> None:
        """Take a text, and link it and those that waited for it, if that can be done."""
        unit = self._units[number]
        self._relations.add(number, unit.file, text.outline)
        if not unit.target:
            return
        self._texts[number] = text
        meanings = self._relations.meanings
        read = {m for name in text.outline.reads for m in meanings(name, number)}
        before = {writer for name in read for writer in self._writers.get(name, ())} - {number}
        self._missing[number] = len(before)
        for writer in before:
            self._after.setdefault(writer, []).append(number)
        ready = [number] if not before else []
        while ready:
            done = ready.pop()
            self._link(done)
            for waiting in self._after.pop(done, ()):
                self._missing[waiting] -= 1
                if not self._missing[waiting]:
                    ready.append(waiting)

    def _link(self, number: int) -> None:
        text, target = self._texts.pop(number), self._units[number].target
        self._writers[target].discard(number)
        text.segment = link_text(number, target, text.object, self._relations)
        self._relations.learn(text.segment.known)
