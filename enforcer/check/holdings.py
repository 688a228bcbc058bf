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
from enforcer.words import Finding, say
from lineage import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import Message, RuleCard, Value

_SHOWN = 3


def holdings(estate: Estate, rule: Rule) -> Mapping[str, tuple[Arrival, ...]]:
    """The relations that `require.of` matches, with the data they hold, if any is asked for.

    Without `data` every relation counts, whatever it holds.
    """
    require = rule.require
    assert require is not None
    names = select_relations(estate, require.of)
    if require.data == Choice():
        return dict.fromkeys(names, ())
    held: dict[str, list[Arrival]] = {}
    wanted = frozenset(names)
    sources = followed_sources(estate, require.data) if wanted else ()
    for arrival in arrivals(estate, sources, (DIRECT,), require.unless_protected):
        if arrival.relation not in wanted:
            continue
        left = excused(estate, arrival, rule.unless, require.unless_protected)
        if left is not None:
            held.setdefault(arrival.relation, []).append(left)
    return {name: tuple(held[name]) for name in names if name in held}


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
    return say("holds-but-lacks", relation=name, fields=fields, lack=lack)
