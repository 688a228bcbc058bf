"""Functions of the project: who makes them, and what a call of one comes to.

What a function returns is a relation, as any other; what it does to its arguments, its `Summary`
in `lineage.link.ways`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lineage.dialects import may_mean
from lineage.link.ways import Summary
from lineage.objects import FUNCTION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lineage.link.outlines import Outline


class Functions:
    """Every function that the texts of a project make."""

    def __init__(self, files: Sequence[str]) -> None:
        """`files` are those of the texts, by which their own functions are told apart."""
        self._files = files
        self._own: dict[tuple[int, str], str] = {}  # of one text, by its number
        self._named: dict[str, dict[str, str]] = {}  # by the last part of the name
        self._units: dict[str, set[int]] = {}  # by relation
        self._times: Counter[tuple[int, str]] = Counter()  # that a text makes a relation's function
        self._known: dict[str, dict[int, tuple[Summary, ...]]] = {}
        self._called: dict[str, tuple[str, ...]] = {}
        self._opaque: set[str] = set()  # relations of functions in other languages

    def add(self, unit: int, outline: Outline) -> list[str]:
        """Note the functions that a text makes; returns the relations of what they return."""
        held = []
        for written, relation, temporary, opaque in outline.functions:
            name = _as_called(written)
            file = self._files[unit]
            here = f"{relation}@{file}" if temporary and file else relation
            self._units.setdefault(here, set()).add(unit)
            self._times[unit, here] += 1
            held.append(here)
            if opaque:
                self._opaque.add(here)
            elif temporary:
                self._own[unit, name] = here
            else:
                self._named.setdefault(_last(name), {})[name] = here
                self._called.clear()
        return [here for here in held if here.startswith(FUNCTION)]

    @property
    def some(self) -> bool:
        """Whether any text makes a function."""
        return bool(self._units)

    def called(self, name: str, unit: int) -> tuple[str, ...]:
        """The relations of the functions that a name means where a text calls it.

        Those whose dotted name ends with it or that it ends with: which schema is looked through
        first, only the warehouse knows. One of the text's own may be gone when it is called.
        """
        found = self._called.get(name)
        if found is None:
            plain = _as_called(name)
            known = self._named.get(_last(plain), {})
            fitting = [n for n in known if may_mean(plain, n)]
            found = self._called[name] = tuple(dict.fromkeys(known[n] for n in fitting))
        own = self._own.get((unit, _as_called(name))) if self._own else None
        return found if own is None else (own, *found)

    def makes_more(self, held: str, unit: int, made: int) -> bool:
        """Whether a text makes a relation's function more often than so many times."""
        return self._times[unit, held] > made

    def makers(self, names: Iterable[str], unit: int) -> set[int]:
        """The texts that make the functions that a text calls."""
        return {u for name in names for held in self.called(name, unit) for u in self._units[held]}

    def summaries(self, name: str, unit: int) -> tuple[Summary, ...]:
        """What other texts are known so far to say of the functions that a name means."""
        return tuple(s for held in self.called(name, unit) for s in self._of(held, name, unit))

    def _of(self, held: str, name: str, unit: int) -> tuple[Summary, ...]:
        known = {u: found for u, found in self._known.get(held, {}).items() if u != unit}
        found = [summary for summaries in known.values() for summary in summaries]
        if len(known) < len(self._units[held] - {unit}) or held in self._opaque:
            found.append(Summary(name, held))
        return tuple(found)

    def learn(self, unit: int, summaries: Iterable[Summary]) -> None:
        """What a text that was linked tells of the functions that it makes."""
        by_relation: dict[str, list[Summary]] = {}
        for summary in summaries:
            by_relation.setdefault(summary.relation, []).append(summary)
        for held, found in by_relation.items():
            self._known.setdefault(held, {})[unit] = tuple(found)


def _as_called(name: str) -> str:
    """A name as calls have it: no quotes, and `_` for a sign that means something on a path."""
    return name.replace('"', "").replace(":", "_")


def _last(name: str) -> str:
    return name.rpartition(".")[2]
