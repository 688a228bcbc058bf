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
        self.unknown: set[str] = set()  # relations whose columns would have to be known
        self.exported: tuple[GuardRef, ...] = ()

    def add(self, name: str) -> int:
        """A new column at the end; a name that is there already is a further position."""
        node = self._make_node(len(self.ordered), name)
        self.ordered.append((name, node))
        self.by_name.setdefault(name, node)
        return node

    def named(self, name: str) -> int:
        """The column of that name, added if it is not there."""
        node = self.by_name.get(name)
        return self.add(name) if node is None else node

    def has(self, name: str) -> bool | None:
        """Whether there is a column of that name; None when that is not known."""
        if name in self.by_name:
            return True
        return False if self.complete else None

    def find(self, name: str) -> int | None:
        """The node of a column, made and fed by the tails where it may exist."""
        node = self.by_name.get(name)
        if node is not None or self.complete:
            return node
        node = self.add(name)
        for tail in tuple(self.tails):
            tail(name, node)
        return node

    def open(self, tail: Callable[[str, int], None] | None, unknown: set[str]) -> None:
        """There may be more columns, which `tail` will feed when they are asked for."""
        self.complete = False
        self.unknown |= unknown
        if tail is not None:
            self.tails.append(tail)


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
        answers = {holder.has(self._original(name, holder)) for holder in self.holders}
        return True if True in answers else None if None in answers else False

    def find(self, name: str) -> list[int]:
        """The nodes that a name means here: one, or one from each holder it may mean."""
        nodes = (holder.find(self._original(name, holder)) for holder in self.holders)
        return [node for node in nodes if node is not None]

    def items(self) -> Iterator[tuple[str, int]]:
        """All known columns in order, under the names they have here."""
        for holder in self.holders:
            for position, (name, node) in enumerate(tuple(holder.ordered)):
                renamed = self.columns[position] if position < len(self.columns) else name
                yield renamed, node

    def _original(self, name: str, holder: Holder) -> str:
        if name not in self.columns:
            return name
        position = self.columns.index(name)
        return holder.ordered[position][0] if position < len(holder.ordered) else name
