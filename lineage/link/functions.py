"""Functions of the project: who makes them, and what a call of one comes to.

What a function returns is a relation, as any other. What it does to its arguments is told by
`Summary`: the ways from each parameter into that relation, found in the graph of its own text.
So a value that goes through a call at one place does not come out at another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lineage.words import TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lineage.link.outlines import Outline


FUNCTION = "function:"  # before the name of a function: the relation of what it returns
PROCEDURE = "procedure:"  # before the name of a procedure, which is no relation


class Way(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a parameter reaches a column of what is returned, `*` for its rows, `ANY` for any."""

    column: str
    subtype: TransformSubtype
    functions: tuple[str, ...] = ()


class Parameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter: the relation that stands for it, where its value goes.

    It `leaves` where the function also puts it somewhere else than into what it returns.
    """

    name: str
    relation: str
    ways: tuple[Way, ...] = ()
    leaves: bool = False


class Summary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a function that some text makes.

    `relation` holds what it returns, and `reads` are the columns of it that hold more than
    arguments; `columns` are all of them, where they are known. It is `certain` where all of its
    body was read; else an argument may also come out as it is.
    """

    name: str
    relation: str
    parameters: tuple[Parameter, ...] = ()
    reads: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    certain: bool = False
    table: bool = False


class Functions:
    """Every function that the texts of a project make."""

    def __init__(self, files: Sequence[str]) -> None:
        """`files` are those of the texts, by which their own functions are told apart."""
        self._files = files
        self._own: dict[tuple[int, str], str] = {}  # of one text, by its number
        self._named: dict[str, dict[str, str]] = {}  # by the last part of the name
        self._units: dict[str, set[int]] = {}  # by relation
        self._known: dict[str, dict[int, tuple[Summary, ...]]] = {}
        self._called: dict[str, tuple[str, ...]] = {}
        self._opaque: set[str] = set()  # relations of functions in other languages

    def add(self, unit: int, outline: Outline) -> list[str]:
        """Note the functions that a text makes; returns the relations of what they return."""
        held = []
        for name, relation, temporary, opaque in outline.functions:
            file = self._files[unit]
            here = f"{relation}@{file}" if temporary and file else relation
            self._units.setdefault(here, set()).add(unit)
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

        One of the text's own first, then that of exactly that name, then those whose dotted name
        ends with it or that it ends with.
        """
        own = self._own.get((unit, name)) if self._own else None
        if own is not None:
            return (own,)
        found = self._called.get(name)
        if found is None:
            known = self._named.get(_last(name), {})
            fitting = [name] if name in known else [n for n in known if _same(n, name)]
            found = self._called[name] = tuple(dict.fromkeys(known[n] for n in fitting))
        return found

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


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _same(one: str, other: str) -> bool:
    return one.endswith(f".{other}") or other.endswith(f".{one}")
