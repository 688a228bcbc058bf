"""Roads: by which relations something may come from some of them to another one, read or not.

What was read is known by what is built from what. A gap may be a road as well: whatever a text
that was not read names may flow into whatever else it names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.check.descent import builds
from lineage import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enforcer.estate import Estate
    from lineage import Gap

# Gaps that leave columns open, where it is known from which relations they come.
OF_COLUMNS: Final = frozenset({GapReason.UNRESOLVED_STAR, GapReason.UNRESOLVED_NAME})


class Roads:
    """What leads from where to where in a project; `gaps` are those that nobody accepted."""

    def __init__(self, estate: Estate, gaps: Sequence[Gap]) -> None:
        self._gaps = gaps
        self._after = builds(estate)
        self._before: dict[str, list[str]] = {}
        for source, targets in self._after.items():
            for target in targets:
                self._before.setdefault(target, []).append(source)
        self._by_relation: dict[str, list[int]] = {}
        for number, gap in enumerate(gaps):
            if gap.reason is not GapReason.UNRESOLVED_STAR:
                for name in estate.relations.keys() & set(gap.relations):
                    self._by_relation.setdefault(name, []).append(number)

    def between(self, first: Iterable[str], last: str) -> frozenset[str]:
        """The relations that are built from one of the first, and the last from them; both ends."""
        return _closure(self._after, first) & _closure(self._before, (last,))

    def hiding(self, first: Iterable[str], last: str) -> tuple[Gap, ...]:
        """The gaps behind which data of the first may come to the last unseen.

        What a star passes on without a name are columns of what it was taken from: so one of
        the relations from which, and the one to which it goes, are both on the way. A gap of
        which it is not known what it touches may be anywhere.
        """
        names, through = self._reach(self._after, first)
        back_names, back_through = self._reach(self._before, (last,))
        near, hidden = names & back_names, through & back_through
        return tuple(
            gap
            for number, gap in enumerate(self._gaps)
            if not gap.relations
            or number in hidden
            or (
                gap.reason is GapReason.UNRESOLVED_STAR
                and len(near.intersection(gap.relations)) > 1
            )
        )

    def _reach(
        self, built: Mapping[str, Iterable[str]], names: Iterable[str]
    ) -> tuple[set[str], set[int]]:
        """The relations that these come to by what was read and by gaps, and those gaps."""
        waiting = list(names)
        found, through = set(waiting), set[int]()
        while waiting:
            name = waiting.pop()
            new = set(built.get(name, ()))
            for number in self._by_relation.get(name, ()):
                if number not in through:
                    through.add(number)
                    new.update(self._gaps[number].relations)
            new -= found
            found |= new
            waiting += new
        return found, through


def _closure(next_of: Mapping[str, Iterable[str]], names: Iterable[str]) -> frozenset[str]:
    waiting = list(names)
    found = set(waiting)
    while waiting:
        new = set(next_of.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return frozenset(found)
