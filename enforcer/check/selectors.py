"""Which relations, categories and labelled columns a rule speaks of."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check.fact_tests import passes
from enforcer.check.readers import readers_of
from enforcer.estate import Estate, setting
from enforcer.globs import relation_matches as named
from enforcer.protection.arrivals import Way
from enforcer.protection.methods import refused
from enforcer.protection.states import DIRECT, protections_in
from enforcer.rules import Accepts, Choice, Where
from enforcer.words import Method
from lineage import Column, Origin
from lineage.projects import Relation, RelationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    ValuesOf = Callable[[Estate, str], tuple[str, ...]]


NOTHING: Final = "none"


class Source(msgspec.Struct, frozen=True, order=True):
    """A labelled column that a rule speaks of, and where its label is written."""

    column: Column
    category: str
    origin: Origin
    enumerable: bool = False


def category_matches(estate: Estate, data: Choice, category: str) -> bool:
    """True when the category is among the data: named, below a name, or in a set of them.

    Nothing named is all categories, but never that of a column which is labelled to be nothing.
    """
    if category == NOTHING:
        return False
    return estate.taxonomy.chooses(data, category)


def select_sources(estate: Estate, data: Choice, where: Where | None = None) -> tuple[Source, ...]:
    """The labelled columns of these categories, one entry each, sorted.

    Where a column has several such labels the one whose values can be tried comes first,
    since it asks for more.
    """
    sources: dict[Column, Source] = {}
    for column, labels in sorted(estate.labels.items()):
        if where is not None and not relation_matches(estate, where, column.relation):
            continue
        for label in labels:
            if not category_matches(estate, data, label.category):
                continue
            tried = estate.taxonomy.is_enumerable(label.category)
            known = sources.get(column)
            if known is None or (tried and not known.enumerable):
                sources[column] = Source(column, label.category, label.origin, tried)
    return tuple(sources.values())


def select_relations(estate: Estate, where: Where) -> tuple[str, ...]:
    """The names of the relations that match, sorted."""
    return tuple(matching(estate, where))


def relation_matches(estate: Estate, where: Where, name: str) -> bool:
    """True when every key of `where` that is given matches the relation."""
    return name in matching(estate, where)


def matching(estate: Estate, where: Where) -> Mapping[str, None]:
    """The relations that match, sorted; found out once for each part of a rule."""
    if where == _ANYWHERE:
        return estate.by_name
    # The part itself is kept beside the answer, so its identity stays its own.
    key = ("matching", id(where))
    if key not in estate.found:
        names = (name for name in estate.relations if _matches(estate, where, name))
        estate.found[key] = (where, dict.fromkeys(names))
    found: Mapping[str, None] = estate.found[key][1]
    return found


def _matches(estate: Estate, where: Where, name: str) -> bool:
    relation = estate.relations.get(name)
    if relation is None or (where.kind and relation.kind not in where.kind):
        return False
    places = estate.places_named(name)
    return (
        all(_chosen(estate, where, name))
        and _agrees(where.partner, actual=any(p.partner is not None for _, p in places))
        and _agrees(where.outside, actual=is_outside(estate, relation))
        and _agrees(where.subject_key, actual=bool(estate.facts(name, "subject_key")))
        and _agrees(where.history, actual=is_history(relation))
        and (where.holds is None or name in holders(estate, where.holds))
        and _states(estate, where, name)
    )


def _chosen(estate: Estate, where: Where, name: str) -> Iterator[bool]:
    """For each choice that is made, whether the relation is among it."""
    if where.name != _ANY:
        yield name_chosen(where.name, name)
    for key, values_of in _VALUES.items():
        choice = getattr(where, key)
        if choice != _ANY:
            yield choice_matches(choice, values_of(estate, name))


def name_chosen(choice: Choice, name: str) -> bool:
    """True when a relation's name is chosen, by globs for its dotted tail."""
    if any(named(pattern, name) for pattern in choice.none_of):
        return False
    return not choice.any_of or any(named(pattern, name) for pattern in choice.any_of)


def _states(estate: Estate, where: Where, name: str) -> bool:
    return all(
        passes(test, estate.facts(name, key), estate.today, unreadable=True)
        for key, test in (where.facts or {}).items()
    )


def holders(estate: Estate, categories: tuple[str, ...]) -> frozenset[str]:
    """The relations in which data of these categories lies, a row a person."""
    key = ("holders", categories)
    if key not in estate.found:
        estate.found[key] = frozenset(_holders(estate, Choice(any_of=categories)))
    found: frozenset[str] = estate.found[key]
    return found


def _holders(estate: Estate, data: Choice) -> Iterator[str]:
    for source in select_sources(estate, data):
        yield source.column.relation
        node = estate.analysis.graph.find(source.column)
        if node is None:
            continue
        way = Way(flows=(DIRECT,), enumerable=source.enumerable)
        for relation, mask in estate.arrivals.relations(node, way).items():
            if refused(_BY_ROW, protections_in(mask)):
                yield relation


def _agrees(wanted: bool | None, *, actual: bool) -> bool:  # noqa: FBT001 - None is "either"
    return wanted is None or wanted is actual


def choice_matches(choice: Choice, values: Sequence[str]) -> bool:
    """True when some value is among `any_of`, if there are any, and none is among `none_of`."""
    if any(_name_matches(v, p) for v in values for p in choice.none_of):
        return False
    return not choice.any_of or any(_name_matches(v, p) for v in values for p in choice.any_of)


def _name_matches(value: str, pattern: str) -> bool:
    """A glob, or a dotted parent: `marketing` is also `marketing.advertising`."""
    parent = pattern.removesuffix(".*")
    return fnmatchcase(value, pattern) or value == parent or value.startswith(f"{parent}.")


def values_of(estate: Estate, key: str, relation: str) -> tuple[str, ...]:
    """What a choice of `Where` chooses from, by its key: a relation's places, or its regions."""
    return _VALUES[key](estate, relation)


def regions_of(estate: Estate, relation: str) -> tuple[str, ...]:
    """Where a relation lies: its own fact, and the regions of its places."""
    placed = tuple(place.region for _, place in estate.places_named(relation) if place.region)
    return (*estate.facts(relation, "region"), *placed)


def purposes_of(estate: Estate, relation: str) -> tuple[str, ...]:
    """What a relation is for: its own facts, and the purposes of its places."""
    placed = tuple(p for _, place in estate.places_named(relation) for p in place.purposes)
    return (*estate.facts(relation, "purposes"), *estate.facts(relation, "purpose"), *placed)


def encryption_of(estate: Estate, relation: str) -> tuple[str, ...]:
    """How a relation is encrypted: its own fact, and what its places state."""
    stated = estate.facts(relation, "encryption") or estate.facts(relation, "encryption.level")
    placed = tuple(p.encryption for _, p in estate.places_named(relation) if p.encryption)
    return (*stated, *placed)


def _said_by_tool(estate: Estate, relation: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fact.value for fact in estate.relations[relation].facts if fact.key in keys)


def _of_places(estate: Estate, relation: str, key: str) -> tuple[str, ...]:
    said = (str(getattr(place, key)) for _, place in estate.places_named(relation))
    return tuple(value for value in said if value)


def _of_partners(estate: Estate, relation: str, key: str) -> tuple[str, ...]:
    partners = (place.partner for _, place in estate.places_named(relation))
    said = (str(getattr(partner, key)) for partner in partners if partner is not None)
    return (*estate.facts(relation, f"recipient.{key}"), *(value for value in said if value))


def _environments_of(estate: Estate, relation: str) -> tuple[str, ...]:
    stated = estate.facts(relation, "environment") or estate.facts(relation, "env")
    return (*stated, *_of_places(estate, relation, "environment"))


def _zones_of(estate: Estate, relation: str) -> tuple[str, ...]:
    return (*estate.facts(relation, "zone"), *_of_places(estate, relation, "zone"))


def _materialized_as(estate: Estate, relation: str) -> tuple[str, ...]:
    said = setting(estate.relations[relation], "materialized")
    return (said,) if said else ()


def _audience_of(estate: Estate, relation: str) -> tuple[str, ...]:
    if "audience" not in estate.found:
        members: dict[str, list[str]] = {}
        for reader in readers_of(estate):
            members.setdefault(reader.relation, []).append(reader.principal)
        estate.found["audience"] = members
    owner = [f.value for f in estate.relations[relation].facts if f.key.startswith("owner.")]
    return (*estate.found["audience"].get(relation, ()), *owner)


def is_outside(estate: Estate, relation: Relation) -> bool:
    """True when what goes there leaves the house: a file, a stage, a share, a partner's place.

    A model that is materialised as `external` is a file under a relation's name.
    """
    return (
        relation.kind is RelationKind.EXTERNAL
        or setting(relation, "materialized") == "external"
        or relation.name in estate.shared
        or any(place.partner is not None for _, place in estate.places_named(relation.name))
    )


def is_history(relation: Relation) -> bool:
    """True when rows outlive their source: snapshots and incremental models."""
    return relation.kind is RelationKind.SNAPSHOT or setting(relation, "materialized") in (
        "incremental",
        "snapshot",
    )


_ANY: Final = Choice()
_ANYWHERE: Final = Where()
# What does not count as holding a person's row.
_BY_ROW: Final = Accepts(
    accept=(Method.GENERALISED, Method.PERTURBED, Method.AGGREGATED, Method.CONSTANT)
)
_TAGS: Final = ("tag", "config.tags")
_GROUPS: Final = ("group", "config.group")
_VALUES: Final[Mapping[str, ValuesOf]] = {
    "tag": lambda estate, name: _said_by_tool(estate, name, _TAGS),
    "group": lambda estate, name: _said_by_tool(estate, name, _GROUPS),
    "place": lambda estate, name: tuple(place for place, _ in estate.places_named(name)),
    "region": regions_of,
    "environment": _environments_of,
    "zone": _zones_of,
    "audience": _audience_of,
    "recipient": lambda estate, name: _of_partners(estate, name, "name"),
    "role": lambda estate, name: _of_partners(estate, name, "role"),
    "country": lambda estate, name: _of_partners(estate, name, "country"),
    "subject": lambda estate, name: estate.facts(name, "subject"),
    "purpose": purposes_of,
    "encryption": encryption_of,
    "materialized": _materialized_as,
}
