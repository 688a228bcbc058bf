"""Holders of columns while a text is being linked: relations and scopes alike.

A holder knows its first columns by position. One that is not `complete` may have more: a
column that somebody asks of it by name is made on the spot and, in a scope, fed by the
*tails*, the stars over something unknown that the scope was made from. So a value is
followed by name through any number of `select *`, without a catalog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.graph import ROWS
from lineage.link.segments import ANY
from lineage.objects import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from lineage.graph import GuardRef
    from lineage.link.segments import Interface, SegmentBuilder


class Tail:
    """Feeds a column that is asked of a holder by name; may know that there is one."""

    def __init__(
        self, feed: Callable[[str, int], None], knows: Callable[[str], bool | None] | None = None
    ) -> None:
        self.feed = feed
        self.knows = knows


_NOTHING: dict[str, str] = {}  # of all holders without such names; never added to


class Holder:
    """The columns of a scope by name and by position, and the node of its rows."""

    complete = True
    fallback: Tail | None = None  # feeds names it does not have
    exported: tuple[GuardRef, ...] = ()
    spread = False  # whether its rows decide about its own columns already
    _sure = 0  # so many columns are known to be the first ones
    called: dict[str, str] = _NOTHING  # engines' names of columns that nobody named, and ours

    def __init__(self, make_node: Callable[[int, str], int], rows: int) -> None:
        self._make_node = make_node
        self.rows = rows
        self.names: list[str] = []
        self.nodes: list[int] = []
        self.positions: dict[str, int] = {}  # of the first column of a name
        self.demanded: dict[str, int] = {}  # nodes of columns that were asked for by name
        self.confirmed: set[str] = set()  # names that somebody says are here
        self.tails: list[Tail] = []
        self.unknown: set[str] = set()  # relations whose columns would have to be known

    def add(self, name: str) -> int:
        """A new column at the end; a name that is there already is a further position."""
        node = self._make_node(len(self.names), name)
        self.positions.setdefault(name, len(self.names))
        self.names.append(name)
        self.nodes.append(node)
        return node

    def add_all(self, names: list[str]) -> list[int]:
        """New columns at the end."""
        return [self.add(name) for name in names]

    def named(self, name: str) -> int:
        """The column of that name, added if it is not there."""
        position = self.positions.get(name)
        return self.add(name) if position is None else self.at(position)

    def at(self, position: int) -> int:
        """The node of the column at a position."""
        return self.nodes[position]

    def items(self) -> list[tuple[str, int]]:
        """The columns that are known to be there, in order."""
        return list(zip(self.names, self.nodes, strict=True))

    def has(self, name: str) -> bool | None:
        """Whether there is a column of that name; None when that is not known."""
        if name in self.positions or name in self.confirmed or name in self.called:
            return True
        if self.complete:
            return False if self.fallback is None else None
        return True if any(t.knows(name) for t in self.tails if t.knows is not None) else None

    def lacks(self, name: str) -> bool:
        """Whether there is surely no column of that name."""
        known = name in self.positions or name in self.called
        return self.complete and self.fallback is None and not known

    def find(self, name: str) -> int | None:
        """The node of a column, made and fed by the tails where it may exist."""
        position = self.positions.get(name)
        if position is not None:
            return self.at(position)
        if name in self.called:
            return self.find(self.called[name])
        node = self.demanded.get(name)
        if node is None and not self.complete:
            node = self.demanded[name] = self._make_node(len(self.names), name)
            for tail in tuple(self.tails):
                tail.feed(name, node)
        elif node is None and self.fallback is not None and name != ANY:
            node = self.demanded[name] = self._make_node(len(self.names), name)
            self.fallback.feed(name, node)
        return node

    def demand(self, name: str) -> int:
        """The node of a column that should not be there."""
        found = self.find(name)
        if found is None:
            found = self.demanded[name] = self._make_node(len(self.names), name)
        return found

    @property
    def sure(self) -> int:
        """How many columns, from the left, are certain to be at their position."""
        return len(self.names) if self.complete else self._sure

    def call(self, names: Iterable[tuple[str, str]]) -> None:
        """Columns that nobody named, by what the engine calls them; the first of a name has it."""
        for engines, ours in names:
            if self.called is _NOTHING:
                self.called = {}
            self.called.setdefault(engines, ours)

    def open(self, tail: Tail | None, unknown: Collection[str]) -> None:
        """There may be more columns, which `tail` will feed when they are asked for."""
        if self.complete:
            self._sure = len(self.names)
        self.complete = False
        self.unknown.update(unknown)
        if tail is not None:
            self.tails.append(tail)


class ScopeHolder(Holder):
    """The columns of a CTE or subquery, whose nodes are its own."""

    def __init__(self, label: str, builder: SegmentBuilder) -> None:
        make = builder.inner_node
        super().__init__(lambda _position, name: make(label, name), make(label, ROWS))
        self._label, self._builder = label, builder

    def add(self, name: str) -> int:
        """A new column at the end."""
        node, names = self._builder.inner_node(self._label, name), self.names
        self.positions.setdefault(name, len(names))
        names.append(name)
        self.nodes.append(node)
        return node

    def add_all(self, names: list[str]) -> list[int]:
        """New columns at the end."""
        nodes = self._builder.inner_nodes(self._label, names)
        first = len(self.names)
        for position, name in enumerate(names, first):
            self.positions.setdefault(name, position)
        self.names += names
        self.nodes += nodes
        return nodes


class RelationHolder(Holder):
    """A relation as one text finds it. Its nodes are made when they are first needed.

    What feeds a column of it is the business of the texts that write it.
    """

    def __init__(
        self,
        name: str,
        interface: Interface,
        builder: SegmentBuilder,
        knows: Callable[[str, str], bool],
    ) -> None:
        """`knows` tells whether anybody says that a relation has a column."""
        super().__init__(self._node_at, builder.node(name, ROWS))
        self.name = name
        if interface.columns:  # of most relations nothing is known
            self._arrange(interface.columns)
        self.complete = interface.complete
        self.unknown.update(interface.unknown)
        self.last = interface.last
        self.aside: dict[str, None] = dict.fromkeys(interface.aside) if interface.aside else {}
        self.generated = set(interface.generated)
        self.several = interface.several
        self.fields = dict(interface.fields) if interface.fields else {}
        self.written = False  # whether a write of this text made its columns known
        self.guessed: tuple[str, ...] = ()  # what the first columns are called by an INSERT
        self.filled: tuple[str, ...] = ()  # what the last write puts into it, in order
        self._builder = builder
        self._knows = knows

    def _node_at(self, _position: int, column: str) -> int:
        return self._builder.node(self.name, column)

    def _arrange(self, names: Iterable[str]) -> None:
        """Have these columns, in this order."""
        self.names = list(names)
        self.positions = dict(zip(self.names, range(len(self.names)), strict=True))

    def add(self, name: str) -> int:
        """A new column at the end, or before those of partitions; one aside gets no place."""
        if name not in self.aside:
            names = self.names
            last = len(names) - len(self.last)
            if self.last and names[max(last, 0) :] == list(self.last):
                self._arrange([*names[:last], name, *self.last])
            else:
                self.positions.setdefault(name, len(names))
                names.append(name)
        return self._builder.node(self.name, name)

    def at(self, position: int) -> int:
        """The node of the column at a position."""
        return self._builder.node(self.name, self.names[position])

    def drop(self, names: Collection[str]) -> None:
        """Take columns away, so that those behind them move up."""
        self._arrange(name for name in self.names if name not in names)
        self.aside = {name: None for name in self.aside if name not in names}
        self.generated.difference_update(names)

    def restart(self, names: list[str], last: tuple[str, ...]) -> None:
        """Have these columns, and no others, if there are any: else what is written to it now."""
        self._arrange(names)
        self.last, self.guessed = last, ()
        self.complete, self.unknown = bool(names), set() if names else {self.name}

    def put_first(self, names: tuple[str, ...]) -> None:
        """Move columns to the front."""
        self._arrange([*names, *(name for name in self.names if name not in names)])

    def repeat(self, names: list[str]) -> None:
        """Give a column more places behind its own."""
        if names[0] in self.names:
            at = self.names.index(names[0])
            self._arrange([*self.names[:at], *names, *self.names[at:]])

    def name_anew(self, old: str, new: str) -> None:
        """Call a column otherwise, in its place; its old name is still known."""
        if old in self.names:
            self._arrange(new if name == old else name for name in self.names if name != new)
            self.aside[old] = None
            self.aside.pop(new, None)
            self.generated = {new if name == old else name for name in self.generated}

    def place(self, name: str, before: str) -> None:
        """Move a column behind the one that stands before it, which is none for the first."""
        if name in self.names and (not before or before in self.names):
            others = list(self.names)
            others.remove(name)
            at = others.index(before) + 1 if before else 0
            self._arrange([*others[:at], name, *others[at:]])

    def items(self) -> list[tuple[str, int]]:
        """The columns that are known to be there, in order."""
        node = self._builder.node
        return [(name, node(self.name, name)) for name in self.names]

    def find(self, name: str) -> int | None:
        """The node of a column, None where there is surely none."""
        if self.complete and name not in self.positions and name not in self.aside:
            return None  # although somebody asked for it before
        node = self.demanded.get(name)
        if node is None:
            node = self.demanded[name] = self._builder.node(self.name, name)
        return node

    def lacks(self, name: str) -> bool:
        """Whether there is surely no column of that name."""
        return self.complete and name not in self.aside and super().lacks(name)

    def has(self, name: str) -> bool | None:
        """Whether there is a column of that name; None when that is not known."""
        if name in self.positions or name in self.aside:
            return True
        return False if self.complete else (True if self._knows(self.name, name) else None)


def position_of(name: str) -> int | None:
    """Counted from 0, the position that a name like `$1` stands for."""
    return int(name[1:]) - 1 if name[:1] == "$" and name[1:].isdigit() and name != "$0" else None


class View:
    """A holder as a source of one scope sees it: under an alias, perhaps with new names."""

    __slots__ = ("columns", "group", "holders")

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
        answers = [h.has(name) for h in self._under(name)]
        return True if True in answers else None if None in answers else False

    def lacks(self, name: str) -> bool:
        """As `Holder.lacks`, for all of the holders."""
        if name in self.columns:
            return False
        return all(holder.lacks(name) for holder in self._under(name))

    def aside(self) -> Iterator[tuple[str, int]]:
        """The columns that no star puts out."""
        for holder in self.holders:
            if isinstance(holder, RelationHolder):
                yield from ((name, holder.named(name)) for name in holder.aside)

    def called(self) -> Iterator[tuple[str, str]]:
        """What engines call columns that nobody named, and what they are called here."""
        for holder in () if self.columns else self.holders:
            yield from holder.called.items()

    def confirm(self, name: str) -> None:
        """Somebody names a column as one of this source, so it is there."""
        for holder in () if name in self.columns else self.holders:
            holder.confirmed.add(name)

    def find(self, name: str) -> list[int]:
        """The nodes that a name means here: one, or one from each column it may mean."""
        if name in self.columns:
            position = self.columns.index(name)
            return [n for holder in self.holders for n in self._at(position, holder)]
        found = self._under(name)
        if name[:1] == "$" and (at := position_of(name)) is not None:
            return [n for holder in found for n in self._at_place(at, name, holder)]
        if name.startswith(UNNAMED):  # somebody may call a column so that has a name
            alike = [n for holder in found for called, n in holder.items() if called == name]
            if len(alike) > 1:
                return alike
        if len(found) == 1:
            node = found[0].find(name)
            return [] if node is None else [node]
        nodes = [holder.find(name) for holder in found]
        return [node for node in nodes if node is not None]

    def _under(self, name: str) -> tuple[Holder, ...]:
        """The holders in which a column of that name is not known by another one here."""
        if not self.columns:
            return self.holders
        return tuple(h for h in self.holders if not self._renames(name, h))

    def _renames(self, name: str, holder: Holder) -> bool:
        covered = min(len(self.columns), holder.sure)
        return name in holder.names[:covered] and name not in holder.names[covered:]

    def _at_place(self, position: int, name: str, holder: Holder) -> Iterator[int]:
        """What `$1` means: a column by its position, or by its name where one is called so."""
        placed = holder.complete or position < holder.sure
        if placed and position < len(holder.names):
            yield holder.at(position)
        if not placed or name in holder.names:
            named = holder.find(name)
            if named is not None:
                yield named

    def _at(self, position: int, holder: Holder) -> list[int]:
        """The column at a position; any that is not certain of its own where that is unknown."""
        if position < holder.sure:
            return [holder.at(position)]
        known = [holder.at(p) for p in range(holder.sure, len(holder.names))]
        others = holder.find(ANY)
        return known if others is None else [*known, others]

    def items(self) -> Iterator[tuple[str, int]]:
        """All known columns in order, under the names they have here."""
        if not self.columns:
            for holder in self.holders:
                yield from holder.items()
            return
        for holder in self.holders:
            for position, (name, node) in enumerate(holder.items()):
                renamed = position < min(len(self.columns), holder.sure)
                yield self.columns[position] if renamed else name, node
            if not holder.complete:
                for position in range(holder.sure, len(self.columns)):
                    for node in self._at(position, holder):
                        yield self.columns[position], node
