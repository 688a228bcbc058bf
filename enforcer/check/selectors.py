"""Which relations, categories and labelled columns a rule speaks of."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.estate import setting
from lineage import Column, Origin
from lineage.projects import Relation, RelationKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.estate import Estate
    from enforcer.rules import Choice, Where


NOTHING: Final = "none"


class Source(msgspec.Struct, frozen=True, order=True):
    """A labelled column that a rule speaks of, and where its label is written."""

    column: Column
    category: str
    origin: Origin
    enumerable: bool = False


def category_matches(estate: Estate, patterns: Sequence[str], category: str) -> bool:
    """True when a pattern is the category, one of its parents, or a glob for it.

    No patterns are all categories, but never that of a column which is labelled to be nothing.
    """
    if category == NOTHING:
        return False
    return not patterns or any(
        fnmatchcase(category, pattern)
        if "*" in pattern
        else estate.taxonomy.covers(pattern, category)
        for pattern in patterns
    )


def select_sources(
    estate: Estate, patterns: Sequence[str], where: Where | None = None
) -> tuple[Source, ...]:
    """The labelled columns of these categories, one entry each, sorted.

    Where a column has several such labels the one whose values can be tried comes first,
    since it asks for more.
    """
    sources: dict[Column, Source] = {}
    for column, labels in sorted(estate.labels.items()):
        if where is not None and not relation_matches(estate, where, column.relation):
            continue
        for label in labels:
            if not category_matches(estate, patterns, label.category):
                continue
            tried = estate.taxonomy.is_enumerable(label.category)
            known = sources.get(column)
            if known is None or (tried and not known.enumerable):
                sources[column] = Source(column, label.category, label.origin, tried)
    return tuple(sources.values())


def select_relations(estate: Estate, where: Where) -> tuple[str, ...]:
    """The names of the relations that match, sorted."""
    return tuple(name for name in estate.relations if relation_matches(estate, where, name))


def relation_matches(estate: Estate, where: Where, name: str) -> bool:
    """True when every key of `where` that is given matches the relation."""
    relation = estate.relations.get(name)
    if relation is None or (where.kind and relation.kind not in where.kind):
        return False
    places = estate.places_named(name)
    return (
        choice_matches(where.place, tuple(place for place, _ in places))
        and choice_matches(where.region, regions_of(estate, name))
        and choice_matches(where.purpose, purposes_of(estate, name))
        and choice_matches(where.encryption, encryption_of(estate, name))
        and _agrees(where.partner, actual=any(p.partner is not None for _, p in places))
        and _agrees(where.outside, actual=is_outside(estate, relation))
        and _agrees(where.subject, actual=bool(estate.facts(name, "subject_key")))
        and _agrees(where.history, actual=is_history(relation))
    )


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
