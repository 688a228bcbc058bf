"""The parts of the input document about relations and places, and what is said of them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from enforcer.check.durations import duration
from enforcer.check.lifetimes import lifetime_of
from enforcer.check.selectors import is_history, is_outside, values_of
from enforcer.check.subjects import subject_keys
from enforcer.engines.input import Metadata, Partner, Place, Relation
from enforcer.estate import setting
from enforcer.protection.reach import next_in_relations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enforcer.engines.input import Holding
    from enforcer.estate import Estate
    from enforcer.rules import Place as Declared
    from lineage.projects import Fact
    from lineage.projects import Relation as Known

_OWN: Final = ("config.meta.fieldgate.", "meta.fieldgate.")
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
RETENTION: Final = "retention"
_EPOCH: Final = date(1970, 1, 1)
# What a relation and its places state, by the key in a rule's `Where`.
_CHOSEN: Final = {
    "places": "place",
    "regions": "region",
    "environments": "environment",
    "zones": "zone",
    "subjects": "subject",
    "purposes": "purpose",
    "encryption": "encryption",
    "recipients": "recipient",
    "roles": "role",
    "countries": "country",
}


def day_number(day: date) -> int:
    """A date as days since 1970."""
    return (day - _EPOCH).days


def relations_of(
    estate: Estate, holdings: Mapping[str, tuple[Holding, ...]]
) -> dict[str, Relation]:
    """All relations by name."""
    keys, reads = subject_keys(estate), _reads(estate)
    return {
        name: _relation(
            estate,
            relation,
            keys=keys.get(name, frozenset()),
            reads=reads.get(name, set()),
            holds=holdings.get(name, ()),
        )
        for name, relation in estate.relations.items()
    }


def _relation(
    estate: Estate,
    relation: Known,
    *,
    keys: Iterable[str],
    reads: Iterable[str],
    holds: tuple[Holding, ...],
) -> Relation:
    name, facts = relation.name, _own_facts(estate, relation)
    return Relation(
        name=name,
        kind=relation.kind,
        file=relation.origin.file,
        line=relation.origin.line,
        materialized=setting(relation, "materialized"),
        outside=is_outside(estate, relation),
        history=is_history(relation),
        shared=name in estate.shared,
        **{key: _unique(values_of(estate, one, name)) for key, one in _CHOSEN.items()},
        facts=facts,
        numbers={k: int(v[0]) for k, v in facts.items() if len(v) == 1 and _WHOLE.fullmatch(v[0])},
        days=_days_of(estate, relation, facts),
        subject_keys=tuple(sorted(keys)),
        reads=tuple(sorted(reads)),
        holds=holds,
    )


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


def _own_facts(estate: Estate, relation: Known) -> dict[str, tuple[str, ...]]:
    keys = {
        fact.key.removeprefix(prefix)
        for fact in relation.facts
        for prefix in _OWN
        if fact.key.startswith(prefix)
    }
    keys |= {key for _, place in estate.places_named(relation.name) for key in place.facts}
    return {key: estate.facts(relation.name, key) for key in sorted(keys)}


def _days(text: str) -> int | None:
    """How many days a duration is, or which day a date is."""
    if _DATE.fullmatch(text):
        try:
            return day_number(date.fromisoformat(text))
        except ValueError:
            return None
    length = duration(text)
    return length.days if length is not None else None


def _days_of(
    estate: Estate, relation: Known, facts: Mapping[str, tuple[str, ...]]
) -> dict[str, int]:
    found = {k: n for k, v in facts.items() if len(v) == 1 and (n := _days(v[0])) is not None}
    kept = lifetime_of(estate, relation)
    return found | ({RETENTION: kept.days} if kept is not None else {})


def _reads(estate: Estate) -> Mapping[str, set[str]]:
    """By relation, those that flow into it with nothing but inner steps between."""
    graph = estate.analysis.graph
    found: dict[str, set[str]] = {}
    for name in graph.relations():
        for node in next_in_relations(graph, graph.nodes_of(name)):
            target = graph.columns[node].relation
            if target != name:
                found.setdefault(target, set()).add(name)
    return found


def places_of(estate: Estate) -> dict[str, Place]:
    """All places by name."""
    return {name: _place(name, place) for name, place in sorted(estate.places.items())}


def _place(name: str, place: Declared) -> Place:
    partner, kept = place.partner, duration(place.retention)
    return Place(
        name=name,
        region=place.region,
        environment=place.environment,
        zone=place.zone,
        purposes=place.purposes,
        audience=place.audience,
        encryption=place.encryption,
        days={RETENTION: kept.days} if kept is not None else {},
        facts={
            key: (said,) if isinstance(said, str) else said
            for key, said in sorted(place.facts.items())
        },
        partner=None
        if partner is None
        else Partner(
            name=partner.name,
            role=partner.role,
            country=partner.country,
            contract=partner.contract,
            expires=partner.expires.isoformat() if partner.expires else "",
            permits=partner.permits,
            subjects=partner.subjects,
            purposes=partner.purposes,
            deletion=partner.deletion,
        ),
    )


def metadata_of(estate: Estate) -> tuple[Metadata, ...]:
    """All facts about relations and their columns."""
    found = []
    for name, relation in estate.relations.items():
        columns = ((column.name, column.facts) for column in relation.columns)
        for column, facts in (("", relation.facts), *sorted(columns)):
            if facts:
                found.append(Metadata(relation=name, column=column, facts=_by_key(facts)))
    return tuple(found)


def _by_key(facts: Iterable[Fact]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for fact in facts:
        found.setdefault(fact.key, []).append(fact.value)
    return {key: tuple(values) for key, values in sorted(found.items())}
