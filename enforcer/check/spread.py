"""How far the data of sources has spread, as sets of relations in bits.

A set of relations is a whole number: the bit of a relation is its number in the order of
names. For each source it is worked out once in which relations its data is in which states;
what a rule asks (which relations does something refused get to?) is then a few ANDs and ORs
for each source, however many relations there are, and most rules need no more than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.protection.arrivals import Way
from enforcer.protection.states import CLEAR, DIRECT, mask_of_flow, variants_in
from enforcer.protection.variants import refused
from enforcer.shared import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enforcer.check.labelled_column import Source
    from enforcer.estate import Estate
    from enforcer.protection.variants import Variant
    from enforcer.rules import Accepts, GuardTest
    from lineage import Column

    # Relations, a bit for each.
    Bits = int
    # By set of states, the relations in which data is in these states.
    Spread = Mapping[int, int]


EVERYWHERE: Final = -1  # all relations
_FEW: Final = 16  # bits that are found faster one by one than in the whole number written out


def bits_of(estate: Estate, names: Iterable[str]) -> Bits:
    """Relations, each by its name, as a set; what is no relation of the estate is not in it."""
    numbers = estate.numbers
    row = bytearray(len(numbers) // 8 + 1)
    for name in names:
        number = numbers.get(name)
        if number is not None:
            row[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(row, "little")


def names_of(estate: Estate, relations: Bits) -> Iterator[str]:
    """The names of the relations of a set, sorted."""
    if relations.bit_count() <= _FEW:
        while relations:
            lowest = relations & -relations
            yield estate.names[lowest.bit_length() - 1]
            relations ^= lowest
        return
    written = bin(relations)[:1:-1]
    number = written.find("1")
    while number >= 0:
        yield estate.names[number]
        number = written.find("1", number + 1)


@shared
def alike(estate: Estate) -> Mapping[str, Bits]:
    """The relations of which the same is declared, by the first of them, sorted."""
    found: dict[str, list[str]] = {}
    for name, like in estate.likes.items():
        found.setdefault(like, []).append(name)
    return {like: bits_of(estate, names) for like, names in found.items()}


def parts_alike(estate: Estate, relations: Bits) -> Mapping[str, Bits]:
    """The relations of a set by what is declared of them, as in `alike`; no part is empty."""
    whole = alike(estate)
    few = relations.bit_count() < len(whole)
    likes = {estate.likes[name] for name in names_of(estate, relations)} if few else whole
    parts = ((like, relations & whole[like]) for like in likes)
    return {like: part for like, part in parts if part}


def first_name(estate: Estate, relations: Bits) -> str:
    """The first by name of a set of relations that is not empty."""
    return estate.names[(relations & -relations).bit_length() - 1]


def way_of(
    estate: Estate, source: Source, flows: tuple[str, ...] = (DIRECT,), group_size: int = 0
) -> Way:
    """How data of a source is followed when nothing excuses it.

    Whatever flows are asked about, a value is copied before it filters.
    """
    return Way(
        flows=tuple(dict.fromkeys((DIRECT, *flows))),
        enumerable=source.enumerable,
        form=source.form,
        group_size=group_size or estate.parameters.group_size,
    )


def masks_by_relation(estate: Estate, source: Source, way: Way) -> Mapping[str, int]:
    """The states of a source's data by relation; it is in the clear where it comes from."""
    node = estate.analysis.graph.find(source.column)
    if node is None:
        return {source.column.relation: CLEAR}
    return estate.arrivals.relations(node, way)


class Ways:
    """The ways in which sources are followed by some flows, but where one of the guards holds."""

    def __init__(
        self, estate: Estate, flows: tuple[str, ...], guards: tuple[GuardTest, ...] = ()
    ) -> None:
        self._estate, self._flows, self._guards = estate, flows, guards
        self._known: dict[tuple[bool, object], tuple[Way, Spreads]] = {}

    def of(self, source: Source) -> Way:
        """The way of a source."""
        return self._followed(source)[0]

    def spread(self, source: Source) -> Spread:
        """How far the data of a source has spread on its way."""
        return self._followed(source)[1].of(source.column)

    def _followed(self, source: Source) -> tuple[Way, Spreads]:
        key = (source.enumerable, source.form)
        if key not in self._known:
            way = way_of(self._estate, source, self._flows)
            way = excusing(way, self._guards) if self._guards else way
            self._known[key] = (way, spreads(self._estate, way))
        return self._known[key]


class Refusals:
    """What is refused of data in some flows: few sets of states arrive in many places."""

    def __init__(self, accepted: Accepts | None, flows: Sequence[str]) -> None:
        self._accepted, self._flows = accepted, flows
        self._known: dict[int, tuple[tuple[str, tuple[Variant, ...]], ...]] = {}

    def of(self, mask: int) -> tuple[tuple[str, tuple[Variant, ...]], ...]:
        """The flows in which something of a set of states is refused, with what is."""
        if mask not in self._known:
            found = (
                (flow, refused(self._accepted, variants_in(mask & mask_of_flow(flow))))
                for flow in self._flows
            )
            self._known[mask] = tuple((flow, variants) for flow, variants in found if variants)
        return self._known[mask]

    def where(self, spread: Spread) -> Bits:
        """The relations in which something is refused."""
        found = 0
        for mask, relations in spread.items():
            if self.of(mask):
                found |= relations
        return found


@shared
def refusals(estate: Estate, accepted: Accepts | None, flows: tuple[str, ...]) -> Refusals:  # noqa: ARG001 - kept with it
    """The same, kept for all who ask."""
    return Refusals(accepted, flows)


class Spreads:
    """The spread of what columns hold, followed in one way, as far as it was asked for."""

    def __init__(self, estate: Estate, way: Way) -> None:
        self._estate, self._way = estate, way
        self._known: dict[Column, Spread] = {}

    def of(self, column: Column) -> Spread:
        """How far what a column holds has spread."""
        found = self._known.get(column)
        if found is None:
            found = self._known[column] = self._find(column)
        return found

    def _find(self, column: Column) -> Spread:
        node = self._estate.analysis.graph.find(column)
        if node is None:
            return {CLEAR: bits_of(self._estate, (column.relation,))}
        found: dict[int, int] = {}
        numbers = self._estate.numbers
        for name, mask in self._estate.arrivals.relations(node, self._way).items():
            found[mask] = found.get(mask, 0) | 1 << numbers[name]
        return found


spreads = shared(Spreads)


def spread_of(estate: Estate, source: Source, way: Way) -> Spread:
    """How far the data of a source has spread."""
    return spreads(estate, way).of(source.column)


def excusing(way: Way, tests: tuple[GuardTest, ...]) -> Way:
    """The same way without the flows that satisfy one of these guards."""
    return msgspec.structs.replace(way, excused=tests)
