"""What the parts of linking a statement ask of each other.

`lineage.link.scopes.StatementLinker` is all of it; names, stars and guards see this much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.graph import GuardRef
    from lineage.link.holders import Holder, View
    from lineage.link.segments import SegmentBuilder
    from lineage.objects import Dep, Statement

    # A node that a reference means, the view it was found in, and whether it may mean others.
    Meaning = tuple[int, View | None, bool]


class AddEdge(Protocol):
    """Adds an edge of a kind, written at an offset, between two nodes."""

    def __call__(  # noqa: D102
        self, source: int, target: int, kind: int, offset: int, *, ambiguous: bool = False
    ) -> None: ...


class KnownFields(Protocol):
    """The fields of a statement's columns, which `lineage.link.fields` finds."""

    def names(self, node: int) -> tuple[str, ...]:
        """The names of a column's fields, one after another; none where they are not known."""
        ...

    def part(self, node: int, path: tuple[str, ...]) -> int:
        """The node of a part of a column."""
        ...


class WholeRows(Protocol):
    """The whole rows of a statement, which `lineage.link.rows` keeps."""

    def mean(self, dep: Dep) -> None:
        """A name is that of a whole row."""
        ...


class Linking(Protocol):
    """One statement while it is being linked."""

    builder: SegmentBuilder
    statement: Statement
    plain: int  # the kind of an edge that changes nothing
    finished: dict[int, int]
    unresolved: dict[str, dict[int, set[str]]]  # relations, by name and where it is written
    assigned: dict[tuple[int, str], list[int]]  # the sources that a plain name may be one of

    @property
    def rows(self) -> WholeRows:
        """The whole rows that the statement speaks of."""
        ...

    @property
    def fields(self) -> KnownFields:
        """The fields of the columns that are linked."""
        ...

    def holders_of(self, name: str) -> tuple[Holder, ...]:
        """The relations that a name in the text means."""
        ...

    def holder(self, number: int) -> Holder:
        """The linked holder of a scope."""
        ...

    def view(self, number: int, position: int) -> View:
        """A source of a scope, linked when it is first looked at."""
        ...

    def passes_on(self, number: int) -> bool:
        """Whether a scope is no more than another name for its only source."""
        ...

    def only_view(self, number: int) -> View | None:
        """The source of a scope that sees no other, None where it does."""
        ...

    def encloses(self, number: int) -> bool:
        """Whether a scope stands inside a query that has sources, whose columns it can see."""
        ...

    def meanings(self, dep: Dep) -> list[Meaning]:
        """The nodes that a reference means."""
        ...

    def note_unknown(self, offset: int, relations: Iterable[str]) -> None:
        """What is written here depends on which columns these relations have."""
        ...

    def fields_declared(self, node: int) -> tuple[str, ...]:
        """The fields that a relation's column, or a field of one, is declared to have."""
        ...

    def in_view(self, view: View, dep: Dep) -> list[Meaning]:
        """What a column of one source means."""
        ...

    def aliases(self, number: int) -> dict[str, list[int]]:
        """The outputs of a scope that have a new name, by name."""
        ...

    def alias_node(self, number: int, position: int) -> int:
        """An output of a scope as its later outputs see it."""
        ...

    def spread_rows(self, holder: Holder, offset: int) -> None:
        """What decides about the rows of a scope decides about every column of it."""
        ...

    def guards_of(self, number: int, view: View) -> tuple[GuardRef, ...]:
        """The guards that speak of the rows of one source of a scope."""
        ...

    def feed(self, number: int, deps: Iterable[Dep], target: int) -> None:
        """Edges from what an expression depends on to a node."""
        ...

    @property
    def edge(self) -> AddEdge:
        """Adds an edge that is written at an offset of the text."""
        ...
