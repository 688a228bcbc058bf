"""Seed values by column: how many there are, and how many pass for each kind of value."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.value_kinds import ValueKind
from enforcer.values import KINDS, Kind, Needs, kinds_shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enforcer.estate import Seed

_MOST: Final = 1_000  # distinct values of a column that are looked at
_ROWS: Final = 200_000
_LONGEST: Final = 512
_MOSTLY: Final = 0.8
_HALF: Final = 0.5
_UNLIKELY: Final = 1e-3
_CROWDED: Final = 20  # numbers closer to each other than this, on average, were counted up


class Cells(msgspec.Struct, frozen=True):
    """The distinct values of a column, and how many of them pass for each kind."""

    count: int
    passed: tuple[tuple[ValueKind, int], ...]
    counted_up: bool = False

    def likely(self) -> tuple[ValueKind, int] | None:
        """The kind that the values are of by themselves, with how many."""
        return self._best(kind for kind in self._kinds() if self._is_enough(kind))

    def supporting(self, categories: Iterable[str]) -> tuple[ValueKind, int] | None:
        """The kind that most values are of, among those of some categories."""
        wanted = set(categories)
        return self._best(
            kind
            for kind in self._kinds()
            if wanted & set(KINDS[kind].categories) and self._share(kind) >= _MOSTLY
        )

    def share_of(self, kind: ValueKind) -> float:
        """Which part of the values passes for a kind."""
        return self._share(kind)

    def _kinds(self) -> Iterator[ValueKind]:
        return (kind for kind, _count in self.passed)

    def _best(self, kinds: Iterable[ValueKind]) -> tuple[ValueKind, int] | None:
        ranks = {kind: rank for rank, kind in enumerate(KINDS)}
        best = min(kinds, key=lambda kind: (-self._share(kind), ranks[kind]), default=None)
        return next((one for one in self.passed if one[0] is best), None)

    def _share(self, kind: ValueKind) -> float:
        found = next((count for one, count in self.passed if one is kind), 0)
        return found / self.count if self.count else 0.0

    def _is_enough(self, kind: ValueKind) -> bool:
        """Whether so many values of a kind are no chance."""
        found = KINDS[kind]
        count = round(self._share(kind) * self.count)
        if found.needs is Needs.NAME or (found.chance and self.counted_up):
            return False
        if found.needs is Needs.NOTHING:
            return self._share(kind) >= _HALF and found.chance**count <= _HALF
        return count > 1 and self._share(kind) >= _MOSTLY and _is_rare(found, count)


def _is_rare(kind: Kind, count: int) -> bool:
    return kind.chance**count <= _UNLIKELY


def cells_by_column(seed: Seed, year: int) -> Mapping[str, Cells]:
    """The values of each column of a seed, by the name in its header."""
    header: list[str] = []
    values: list[dict[str, None]] = []
    rows = csv.reader(io.StringIO(seed.text))
    for number, row in enumerate(_readable(rows)):
        if not header:
            header, values = row, [{} for _ in row]
        elif number > _ROWS:
            break
        for column, cell in zip(values, row, strict=False) if number else ():
            text = cell.strip()[:_LONGEST]
            if text and len(column) < _MOST:
                column[text] = None
    return {name.strip(): _cells(column, year) for name, column in zip(header, values, strict=True)}


def _cells(values: Mapping[str, None], year: int) -> Cells:
    counts: dict[ValueKind, int] = {}
    for value in values:
        for kind in kinds_shown(value, year):
            counts[kind] = counts.get(kind, 0) + 1
    passed = tuple((kind, counts[kind]) for kind in KINDS if kind in counts)
    return Cells(len(values), passed, _are_counted_up(values))


def _are_counted_up(values: Mapping[str, None]) -> bool:
    """Whether numbers follow each other so closely that somebody counted."""
    if len(values) < 3 or not all(value.isascii() and value.isdigit() for value in values):  # noqa: PLR2004 - two are no row
        return False
    numbers = sorted(map(int, values))
    return numbers[-1] - numbers[0] < _CROWDED * len(numbers)


def _readable(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Rows up to the first that is no CSV: a broken seed is its reader's gap, not a crash here."""
    try:
        yield from rows
    except csv.Error:
        return
