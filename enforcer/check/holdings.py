"""Which relations hold data that a requirement is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from enforcer.check.excuses import left_over, unheard_of, wholly_excused
from enforcer.check.flows import (
    Arrival,
    arrivals,
    in_words,
    witness_path,
)
from enforcer.check.selectors import choose_relations, select_relations
from enforcer.check.sources import followed_sources
from enforcer.check.spread import Refusals, Ways, bits_of, names_of
from enforcer.protection.states import DIRECT
from enforcer.rules import Choice
from enforcer.shared import shared
from enforcer.words import Finding, say
from lineage import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from enforcer.check.labelled_column import Source
    from enforcer.check.spread import Bits, Spread
    from enforcer.estate import Estate
    from enforcer.rules import Accepts, Excuse, Rule
    from enforcer.words import Message, RuleCard, Value

_SHOWN = 3
Key = TypeVar("Key", bound="Hashable")


def holdings(estate: Estate, rule: Rule) -> Mapping[str, tuple[Arrival, ...]]:
    """The relations that `require.of` matches, with the data they hold, if any is asked for.

    Without `data` every relation counts, whatever it holds.
    """
    require = rule.require
    assert require is not None
    if require.data == Choice():
        return dict.fromkeys(select_relations(estate, require.of), ())
    return held_data(estate, rule)


def held_data(estate: Estate, rule: Rule) -> Held:
    """The relations that `require.of` matches and that hold data, any where none is named."""
    require = rule.require
    assert require is not None
    into = choose_relations(estate, require.of)
    asked = (require.data, require.unless_protected)
    return Held(estate, asked, rule.unless, into)


def relations_held(estate: Estate, held: Mapping[str, tuple[Arrival, ...]]) -> Bits:
    """The relations of holdings as a set."""
    return held.relations if isinstance(held, Held) else bits_of(estate, held)


class Held(Mapping[str, tuple[Arrival, ...]]):
    """Relations, sorted, with the data that they hold and that nothing excuses.

    Most of them keep the rule, so which data it is in each is only found out when it is asked.
    """

    def __init__(
        self,
        estate: Estate,
        asked: tuple[Choice, Accepts | None],
        unless: Sequence[Excuse],
        into: Bits,
    ) -> None:
        self._estate, self._asked = estate, asked
        self.relations, unheard = into & ~wholly_excused(estate, unless), unheard_of(unless)
        self._left: Mapping[str, Sequence[Arrival]] | None = None
        if unheard and self.relations:
            sources = followed_sources(estate, asked[0])
            left = left_over(estate, sources, ((DIRECT,), asked[1]), unheard, self.relations)
            self._left = by_relation(left)
            self.relations = bits_of(estate, self._left)
        elif self.relations:
            self.relations &= _held_anywhere(estate, *asked)

    def __iter__(self) -> Iterator[str]:
        return names_of(self._estate, self.relations)

    def __len__(self) -> int:
        return self.relations.bit_count()

    def __getitem__(self, name: str) -> tuple[Arrival, ...]:
        if not self.relations >> self._estate.numbers[name] & 1:
            raise KeyError(name)
        if self._left is None:
            self._left = _arriving(self._estate, *self._asked, self.relations)
        return tuple(self._left[name])

    def by(self, key: Callable[[Source], Key]) -> Mapping[Key, Bits]:
        """The relations that hold data of some sources, by what is said of the sources."""
        found: dict[Key, int] = {}
        for source, there in self._by_source():
            kind = key(source)
            found[kind] = found.get(kind, 0) | there & self.relations
        return found

    def _by_source(self) -> Iterable[tuple[Source, Bits]]:
        if self._left is None:
            return _held_by_source(self._estate, *self._asked)
        numbers = self._estate.numbers
        return [
            (arrival.source, 1 << numbers[name])
            for name, arriving in self._left.items()
            for arrival in arriving
        ]


@shared
def _held_by_source(
    estate: Estate, data: Choice, accepted: Accepts | None
) -> Sequence[tuple[Source, Bits]]:
    """For each source the relations in which its data arrives with a refused protection."""
    refusals = Refusals(accepted, (DIRECT,))
    return [(source, refusals.where(spread)) for source, spread in _spread(estate, data)]


@shared
def _held_anywhere(estate: Estate, data: Choice, accepted: Accepts | None) -> Bits:
    """The relations in which data arrives with a refused protection."""
    return Refusals(accepted, (DIRECT,)).where(_united(estate, data))


@shared
def _spread(estate: Estate, data: Choice) -> Sequence[tuple[Source, Spread]]:
    """The sources of data, each with how far it has spread."""
    ways = Ways(estate, (DIRECT,))
    return [(source, ways.spread(source)) for source in followed_sources(estate, data)]


@shared
def _united(estate: Estate, data: Choice) -> Spread:
    """How far data has spread, whichever of its sources it is from."""
    found: dict[int, int] = {}
    for _, spread in _spread(estate, data):
        for mask, relations in spread.items():
            found[mask] = found.get(mask, 0) | relations
    return found


@shared
def _arriving(
    estate: Estate, data: Choice, accepted: Accepts | None, into: Bits
) -> Mapping[str, Sequence[Arrival]]:
    """By relation, where data arrives with a refused protection; worked out once for all rules."""
    sources = followed_sources(estate, data)
    return by_relation(arrivals(estate, sources, (DIRECT,), accepted, into))


def by_relation(arriving: Iterable[Arrival]) -> Mapping[str, Sequence[Arrival]]:
    """Arrivals by the relation that they arrive in."""
    found: dict[str, list[Arrival]] = {}
    for arrival in arriving:
        found.setdefault(arrival.relation, []).append(arrival)
    return found


def relation_finding(
    estate: Estate, card: RuleCard, name: str, held: Sequence[Arrival], lack: Message
) -> Finding:
    """A finding about a relation as a whole: `mart.users holds … but <lack>`."""
    first = held[0] if held else None
    return Finding(
        rule=card,
        field=Column(name, ""),
        category=first.source.category if first else "",
        sink="",
        flow="",
        message=_sentence(name, held, lack),
        origin=estate.relations[name].origin,
        path=witness_path(estate, first) if first else (),
    )


def _sentence(name: str, held: Sequence[Arrival], lack: Message) -> Message:
    if not held:
        return say("lacks", relation=name, lack=lack)
    return say("holds-but-lacks", relation=name, fields=fields_in_words(held), lack=lack)


def fields_in_words(held: Sequence[Arrival]) -> Value:
    """The fields that a relation holds, the first few of them with their protections."""
    fields: Value = tuple(
        say(
            "held-field",
            field=one.source.column,
            category=one.source.category,
            protections=in_words(one.protections),
        )
        for one in held[:_SHOWN]
    )
    if len(held) > _SHOWN:
        fields = say("and-more", shown=fields, count=len(held) - _SHOWN)
    return fields
