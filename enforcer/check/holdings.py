"""Which relations hold data that a requirement is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check.excuses import excused
from enforcer.check.flows import (
    Arrival,
    arrivals,
    in_words,
    witness_path,
)
from enforcer.check.selectors import select_relations
from enforcer.check.sources import followed_sources
from enforcer.protection.states import DIRECT
from enforcer.rules import Choice
from enforcer.shared import shared
from enforcer.words import Finding, say
from lineage import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enforcer.estate import Estate
    from enforcer.rules import Accepts, Rule
    from enforcer.words import Message, RuleCard, Value

_SHOWN = 3


def holdings(estate: Estate, rule: Rule) -> Mapping[str, tuple[Arrival, ...]]:
    """The relations that `require.of` matches, with the data they hold, if any is asked for.

    Without `data` every relation counts, whatever it holds.
    """
    require = rule.require
    assert require is not None
    if require.data == Choice():
        return dict.fromkeys(select_relations(estate, require.of), ())
    return held_data(estate, rule)


def held_data(estate: Estate, rule: Rule) -> Mapping[str, tuple[Arrival, ...]]:
    """The relations that `require.of` matches and that hold data, any where none is named."""
    require = rule.require
    assert require is not None
    names = select_relations(estate, require.of)
    everywhere = _arriving(estate, require.data, require.unless_protected) if names else {}
    held: dict[str, tuple[Arrival, ...]] = {}
    for name in names:
        left = (
            excused(estate, arrival, rule.unless, require.unless_protected)
            for arrival in everywhere.get(name, ())
        )
        kept = tuple(arrival for arrival in left if arrival is not None)
        if kept:
            held[name] = kept
    return held


@shared
def _arriving(
    estate: Estate, data: Choice, accepted: Accepts | None
) -> Mapping[str, Sequence[Arrival]]:
    """By relation, where data arrives with a refused protection; worked out once for all rules."""
    found: dict[str, list[Arrival]] = {}
    sources = followed_sources(estate, data)
    for arrival in arrivals(estate, sources, (DIRECT,), accepted):
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
