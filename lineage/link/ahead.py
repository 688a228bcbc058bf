"""Linking ahead: each text as soon as it is compiled, while the next one is.

What a text asks of the others is answered by those that are compiled so far; who reads a
relation that another text will write, by what can be told without compiling it, waits. Where
an answer turns out to be another one, `link_compiled` links the text again, as it does with
what an earlier run has left; so nothing depends on the order in which texts come.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from typing import TYPE_CHECKING

from lineage.dialects import last_part, may_mean, written_relation
from lineage.link.compiled import Compiled
from lineage.link.relations import Relations
from lineage.link.texts import link_text
from lineage.objects import FUNCTION

if TYPE_CHECKING:
    from lineage.objects import Object
    from lineage.projects import Project, Unit

# The first letter is spelt in both cases, as the engine then leaps from one such to the next.
_MAKES = re.compile(
    r"[CcIiMm](?i:REATE\s+(?:\w+\s+){0,4}?(TABLE\s+FUNCTION|TABLE|VIEW|FUNCTION|MACRO)"
    r"|(?:NSERT|ERGE)(?:\s+INTO)?)\s+(?i:IF\s+NOT\s+EXISTS\s+)?([\w.`\"\[\]$-]+)"
)
_RELATIONS = frozenset({"TABLE", "VIEW", ""})


class Ahead:
    """The texts of a project as they come."""

    def __init__(self, project: Project) -> None:
        self._units = project.units
        self._relations = Relations(project, [])
        self._come: dict[int, Compiled] = {}
        self._own = [_announced(unit) for unit in project.units]
        self._to_come = Counter(name for own in self._own for name in own)  # in how many texts
        # What is to be made by a text that is the whole of it; others may put more into it.
        self._wholes = {unit.target for unit in project.units if unit.target}
        self._functions: dict[str, list[str]] = {}  # of these, by the last part of the name
        for name in self._to_come:
            if name.startswith(FUNCTION):
                called = name.removeprefix(FUNCTION)
                self._functions.setdefault(last_part(called), []).append(called)
        self._waiting: dict[str, list[int]] = {}  # by the relation that they wait for

    def take(self, number: int, compiled: Object, encoded: memoryview | None = None) -> None:
        """Take a text, also in msgpack if it has come so, and link it or have it wait."""
        text = self._come[number] = Compiled(compiled, encoded)
        self._relations.add(number, text.outline)
        ready = deque((number,))
        while ready:
            ready += self._link(ready.popleft())

    def texts(self) -> list[Compiled]:
        """All texts, once they have come, in their order; those that still wait unlinked."""
        return [self._come[number] for number in range(len(self._units))]

    def _link(self, number: int) -> list[int]:
        """Link a text if it need not wait; returns those that have waited for it."""
        text, own = self._come[number], self._own[number]
        awaited = self._awaited_by(number)
        if awaited:
            self._waiting.setdefault(awaited, []).append(number)
            return []
        target = self._units[number].target
        segment = text.segment = link_text(number, target, text.object, self._relations)
        text.set_aside()
        self._relations.learn(segment.known)
        self._relations.functions.learn(number, segment.functions)
        self._to_come.subtract(own)
        self._wholes.discard(target)
        return [waiting for name in own for waiting in self._waiting.pop(name, ())]

    def _awaited_by(self, number: int) -> str:
        """A relation that a text reads or a function that it calls, and another one will make.

        Empty for none.
        """
        own = self._own[number]
        adds = not self._units[number].target  # to what its own text makes
        for name in self._come[number].outline.calls:
            for called in self._functions.get(last_part(name), ()):
                made = f"{FUNCTION}{called}"
                if made not in own and self._to_come[made] and may_mean(name, called):
                    return made
        for name in self._come[number].outline.reads:
            for meaning in self._relations.meanings(name, number):
                if meaning in own:
                    awaited = adds and meaning in self._wholes
                else:
                    awaited = self._to_come[meaning] > 0
                if awaited:
                    return meaning
        return ""


def _announced(unit: Unit) -> set[str]:
    """The relations that a text seems to write, and the functions that it seems to make."""
    if unit.target:
        return {unit.target}
    found: set[str] = set()
    for kind, name in _MAKES.findall(unit.text):
        written = written_relation(name, unit.dialect)
        is_function = kind.upper() not in _RELATIONS
        found.add(f"{FUNCTION}{written.lower()}" if is_function else written)
    return found
