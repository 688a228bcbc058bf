"""Holders of columns while they are being linked: relations and scopes alike.

A holder knows some of its columns. One that is not `complete` may have more: then a column
that somebody asks for by name is made on the spot and fed by the holder's *tails*, the
stars over something unknown that it was made from. So a value is followed by name through
any number of `select *`, without a catalog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lineage.graph import GuardRef


class Holder:
    """Columns by name and by position, and the node of the rows."""

    def __init__(self, make_node: Callable[[int, str], int], rows: int) -> None:
        self._make_node = make_node
        self.rows = rows
        self.ordered: list[tuple[str, int]] = []
        self.by_name: dict[str, int] = {}
        self.complete = True
        self.tails: list[Callable[[str, int], None]] = []
        self.fallback: Callable[[str, int], None] | None = None  # feeds names it does not have
        self.unknown: set[str] = set()  # relations whose columns would have to be known
        self.exported: tuple[GuardRef, ...] = ()
        self.guessed: set[str] = set()  # asked for by name where another source may have it
        self._sure = 0  # so many columns are known to be the first ones

    def add(self, name: str) -> int:
        """A new column at the end; a name that is there already is a further position."""
        node = self._make_node(len(self.ordered), name)
        self.ordered.append((name, node))
        self.by_name.setdefault(name, node)
        return node

    def named(self, name: str) -> int:
        """The column of that name, added if it is not there."""
        self.guessed.discard(name)
        node = self.by_name.get(name)
        return self.add(name) if node is None else node

    def has(self, name: str) -> bool | None:
        """Whether there is a column of that name; None when that is not known."""
        if name in self.by_name:
            return None if name in self.guessed else True
        return False if self.complete and self.fallback is None else None

    def find(self, name: str) -> int | None:
        """The node of a column, made and fed by the tails where it may exist."""
        node = self.by_name.get(name)
        if node is not None:
            return node
        if self.complete:
            return self._by_fallback(name)
        node = self.add(name)
        for tail in tuple(self.tails):
            tail(name, node)
        return node

    def _by_fallback(self, name: str) -> int | None:
        if self.fallback is None:
            return None
        node = self.by_name[name] = self._make_node(len(self.ordered), name)
        self.fallback(name, node)
        return node

    @property
    def sure(self) -> int:
        """How many columns, from the left, are certain to be at their position."""
        return len(self.ordered) if self.complete else self._sure

    def open(self, tail: Callable[[str, int], None] | None, unknown: set[str]) -> None:
        """There may be more columns, which `tail` will feed when they are asked for."""
        if self.complete:
            self._sure = len(self.ordered)
        self.complete = False
        self.unknown |= unknown
        if tail is not None:
            self.tails.append(tail)


def position_of(name: str) -> int | None:
    """Counted from 0, the position that a name like `$1` stands for."""
    return int(name[1:]) - 1 if name[:1] == "$" and name[1:].isdigit() and name != "$0" else None


class View:
    """A holder as a source of one scope sees it: under an alias, perhaps with new names."""

    def __init__(self, holders: tuple[Holder, ...], columns: tuple[str, ...], group: int) -> None:
        self.holders = holders
        self.columns = columns
        self.group = group

    @property
    def complete(self) -> bool:
        """Whether all columns are known."""
        return all(holder.complete for holder in self.holders)

    @property
    def unknown(self) -> set[str]:
        """The relations whose columns are not all known."""
        return set().union(*(holder.unknown for holder in self.holders))

    def has(self, name: str) -> bool | None:
        """As `Holder.has`, for any of the holders."""
        if name in self.columns:
            return True
        answers = {holder.has(name) for holder in self.holders}
        return True if True in answers else None if None in answers else False

    def find(self, name: str) -> list[int]:
        """The nodes that a name means here: one, or one from each column it may mean."""
        if name in self.columns:
            position = self.columns.index(name)
            return [n for holder in self.holders for n in self._at(position, holder)]
        nodes = (self._find(name, holder) for holder in self.holders)
        return [node for node in nodes if node is not None]

    def _find(self, name: str, holder: Holder) -> int | None:
        position = position_of(name)
        if position is not None and (holder.complete or position < holder.sure):
            return holder.ordered[position][1] if position < len(holder.ordered) else None
        return holder.find(name)

    def _at(self, position: int, holder: Holder) -> list[int]:
        """The column at a position; any that is not certain of its own where that is unknown."""
        if position < holder.sure:
            return [holder.ordered[position][1]]
        return [node for _name, node in holder.ordered[holder.sure :]]

    def items(self) -> Iterator[tuple[str, int]]:
        """All known columns in order, under the names they have here."""
        for holder in self.holders:
            for position, (name, node) in enumerate(tuple(holder.ordered)):
                renamed = position < min(len(self.columns), holder.sure)
                yield self.columns[position] if renamed else name, node
            if not holder.complete:
                for position in range(holder.sure, len(self.columns)):
                    for node in self._at(position, holder):
                        yield self.columns[position], node
