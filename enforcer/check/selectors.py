"""Which relations, categories and labelled columns a rule speaks of."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import partial, reduce
from operator import or_
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check.entries import collected
from enforcer.check.fact_tests import passes
from enforcer.check.grades import graded_columns
from enforcer.check.labelled_column import Source, categories_used, labelled
from enforcer.check.located import (
    claims_of,
    names_of_countries,
    names_of_jurisdictions,
    names_of_regions,
    purposes_of,
)
from enforcer.check.partners import partners_of
from enforcer.check.readers import readers_of
from enforcer.check.spread import Refusals, alike, bits_of, names_of, spread_of
from enforcer.estate import Estate, setting
from enforcer.globs import relation_matches as named
from enforcer.protection.arrivals import Way
from enforcer.protection.states import DIRECT
from enforcer.rules import Accepts, Choice, Where
from enforcer.shared import shared, shared_by_likes
from enforcer.words import Method
from lineage.projects import Relation, RelationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from enforcer.check.located import Said
    from enforcer.check.spread import Bits

    Flag = Callable[[Estate, str], bool]
    SaidOf = Callable[[Estate, str], Said]
    ValuesOf = Callable[[Estate, str], tuple[str, ...]]


NOTHING: Final = "none"


def category_matches(estate: Estate, data: Choice, category: str) -> bool:
    """True when the category is among the data: named, below a name, or in a set of them.

    Nothing named is all categories, but never that of a column which is labelled to be nothing.
    """
    if category == NOTHING:
        return False
    return estate.taxonomy.chooses(data, category)


def select_sources(estate: Estate, data: Choice, where: Where | None = None) -> tuple[Source, ...]:
    """The labelled columns of these categories, one entry each, sorted.

    A relation's grade is a label of all its columns, where a rule names data that is graded.
    """
    used = categories_used(estate)
    found = labelled(estate, frozenset(c for c in used if category_matches(estate, data, c)))
    graded = graded_columns(estate) if data.any_of else {}
    if where is None and not graded:
        return found
    near = matching(estate, where or _ANYWHERE)
    sources = {source.column: source for source in found if source.column.relation in near}
    for column, category in graded.items():
        if category_matches(estate, data, category) and column.relation in near:
            origin = estate.relations[column.relation].origin
            sources.setdefault(column, Source(column, category, origin))
    return tuple(sorted(sources.values()))


def select_relations(estate: Estate, where: Where | tuple[Where, ...]) -> tuple[str, ...]:
    """The names of the relations that match, or match one of several, sorted."""
    return tuple(matching(estate, where))


def choose_relations(
    estate: Estate, where: Where | tuple[Where, ...], *, surely: bool = False
) -> Bits:
    """The relations that match, or match one of several, as a set; see `relation_matches`."""
    if isinstance(where, tuple):
        return reduce(or_, (choose_relations(estate, w, surely=surely) for w in where), 0)
    return _chosen(estate, Part(where), surely)


def relation_matches(estate: Estate, where: Where, name: str, *, surely: bool = False) -> bool:
    """True when every key of `where` that is given matches the relation.

    What is in doubt matches, since a rule looks at what it may be about; `surely` it does not:
    an excuse must really speak of a relation.
    """
    return name in matching(estate, where, surely=surely)


def matching(
    estate: Estate, where: Where | tuple[Where, ...], *, surely: bool = False
) -> Mapping[str, None]:
    """The relations that match, sorted; found out once for each part of a rule."""
    if isinstance(where, tuple):
        return dict.fromkeys(names_of(estate, choose_relations(estate, where, surely=surely)))
    # The part itself is kept beside the answer, so its identity stays its own.
    known = estate.found.setdefault("matching", {})
    if (id(where), surely) not in known:
        known[id(where), surely] = (where, _matching(estate, Part(where), surely))
    found: Mapping[str, None] = known[id(where), surely][1]
    return found


class Part:
    """A part of a rule as a key: parts that say the same are the same."""

    __slots__ = ("said", "where")

    def __init__(self, where: Where) -> None:
        self.where, self.said = where, msgspec.json.encode(where)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and self.said == other.said

    def __hash__(self) -> int:
        return hash(self.said)


@shared
def _matching(estate: Estate, part: Part, surely: bool) -> Mapping[str, None]:  # noqa: FBT001 - shared by position
    if part.where == _ANYWHERE:
        return dict.fromkeys(estate.names)
    return dict.fromkeys(names_of(estate, _chosen(estate, part, surely)))


@shared
def _chosen(estate: Estate, part: Part, surely: bool) -> Bits:  # noqa: FBT001 - as above
    found = (1 << len(estate.names)) - 1
    likes = tuple(_tests_of_likes(estate, part.where, surely))
    if likes:
        parts = (p for like, p in alike(estate).items() if all(test(like) for test in likes))
        found = reduce(or_, parts, 0)
    for near in _sets(estate, part.where, surely):
        found &= near
    if part.where.name != _ANY:
        named_so = (n for n in names_of(estate, found) if name_chosen(part.where.name, n))
        found = bits_of(estate, named_so)
    return found


def _sets(
    estate: Estate,
    where: Where,
    surely: bool,  # noqa: FBT001 - as above
) -> Iterator[Bits]:
    """The relations that match each key that is given and asks more than what is declared."""
    if where.audience != _ANY:
        alike = _by_audience(estate).items()
        yield reduce(or_, (those for a, those in alike if choice_matches(where.audience, a)), 0)
    if where.collected is not None:
        yield _collected(estate) if where.collected else ~_collected(estate)
    if where.holds is not None:
        yield holding(estate, where.holds)
    if where.either:
        yield choose_relations(estate, where.either, surely=surely)


def _tests_of_likes(
    estate: Estate,
    where: Where,
    surely: bool,  # noqa: FBT001 - as above
) -> Iterator[Callable[[str], bool]]:
    """A test for each key that is given and asks for what a relation's likes have in common."""
    if where.kind:
        yield lambda name: estate.relations[name].kind in where.kind
    for key, values_of in _VALUES.items():
        if getattr(where, key) != _ANY:
            yield partial(_values_match, estate, getattr(where, key), values_of)
    for key, said_of in _SAID.items():
        if getattr(where, key) != _ANY:
            yield partial(_said_match, estate, getattr(where, key), said_of, surely=surely)
    for key, holds in _FLAGS.items():
        if getattr(where, key) is not None:
            yield partial(_flag_is, estate, getattr(where, key), holds)
    if where.facts:
        yield lambda name: _states(estate, where, name, surely=surely)


def _values_match(estate: Estate, choice: Choice, values_of: ValuesOf, name: str) -> bool:
    return choice_matches(choice, values_of(estate, name))


def _said_match(
    estate: Estate, choice: Choice, said_of: SaidOf, name: str, *, surely: bool
) -> bool:
    """Of several things that are all said one that is chosen is enough, but not to be sure."""
    said = said_of(estate, name)
    if surely or not said:
        return choice_matches(choice, [name for names in said for name in names])
    return any(choice_matches(choice, names) for names in said)


def _flag_is(estate: Estate, wanted: bool, holds: Flag, name: str) -> bool:  # noqa: FBT001 - by partial
    return holds(estate, name) is wanted


def name_chosen(choice: Choice, name: str) -> bool:
    """True when a relation's name is chosen, by globs for its dotted tail."""
    if any(named(pattern, name) for pattern in choice.none_of):
        return False
    return not choice.any_of or any(named(pattern, name) for pattern in choice.any_of)


def _states(estate: Estate, where: Where, name: str, *, surely: bool) -> bool:
    return all(
        passes(test, estate.stated(name, key), estate.today, unreadable=not surely)
        for key, test in (where.facts or {}).items()
    )


@shared
def holding(estate: Estate, categories: tuple[str, ...]) -> Bits:
    """The relations in which data of these categories lies, a row a person."""
    refusals, found = Refusals(_BY_ROW, (DIRECT,)), 0
    for source in select_sources(estate, Choice(any_of=categories)):
        way = Way(enumerable=source.enumerable, form=source.form)
        found |= bits_of(estate, (source.column.relation,))
        found |= refusals.where(spread_of(estate, source, way))
    return found


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
    if key == "audience":
        return _audience_of(estate, relation)
    if key in _VALUES:
        return _VALUES[key](estate, relation)
    return tuple(dict.fromkeys(name for one in _SAID[key](estate, relation) for name in one))


@shared_by_likes
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
    said = (str(getattr(partner, key)) for _, partner in partners_of(estate, relation))
    return (*estate.facts(relation, f"recipient.{key}"), *(value for value in said if value))


@shared_by_likes
def environments_of(estate: Estate, relation: str) -> tuple[str, ...]:
    """The environments that a relation belongs to: its own fact, and those of its places."""
    stated = estate.facts(relation, "environment") or estate.facts(relation, "env")
    return (*stated, *_of_places(estate, relation, "environment"))


def _zones_of(estate: Estate, relation: str) -> tuple[str, ...]:
    return (*estate.facts(relation, "zone"), *_of_places(estate, relation, "zone"))


def _materialized_as(estate: Estate, relation: str) -> tuple[str, ...]:
    said = setting(estate.relations[relation], "materialized")
    return (said,) if said else ()


def _audience_of(estate: Estate, relation: str) -> tuple[str, ...]:
    owner = [f.value for f in estate.relations[relation].facts if f.key.startswith("owner.")]
    return (*_audiences(estate).get(relation, ()), *owner)


@shared
def _by_audience(estate: Estate) -> Mapping[tuple[str, ...], Bits]:
    """The relations that each audience may read."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in estate.names:
        found.setdefault(_audience_of(estate, name), []).append(name)
    return {audience: bits_of(estate, names) for audience, names in found.items()}


@shared
def _collected(estate: Estate) -> Bits:
    return bits_of(estate, collected(estate))


@shared
def _audiences(estate: Estate) -> Mapping[str, list[str]]:
    members: dict[str, list[str]] = {}
    for reader in readers_of(estate):
        members.setdefault(reader.relation, []).append(reader.principal)
    return members


def is_outside(estate: Estate, relation: Relation) -> bool:
    """True when what goes there leaves the house: a file, a stage, a share, a partner's place.

    A model that is materialised as `external` is a file under a relation's name.
    """
    return (
        relation.kind is RelationKind.EXTERNAL
        or setting(relation, "materialized") == "external"
        or relation.name in estate.shared
        or bool(partners_of(estate, relation.name))
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
    "environment": environments_of,
    "zone": _zones_of,
    "recipient": lambda estate, name: _of_partners(estate, name, "name"),
    "role": lambda estate, name: _of_partners(estate, name, "role"),
    "subject": lambda estate, name: estate.facts(name, "subject"),
    "encryption": encryption_of,
    "materialized": _materialized_as,
    "claims": claims_of,
}
# What may be said several times of one relation, and is all true of it.
_SAID: Final[Mapping[str, SaidOf]] = {
    "region": names_of_regions,
    "country": names_of_countries,
    "jurisdiction": names_of_jurisdictions,
    "purpose": lambda estate, name: tuple((purpose,) for purpose in purposes_of(estate, name)),
}
_FLAGS: Final[Mapping[str, Flag]] = {
    "partner": lambda estate, name: bool(partners_of(estate, name)),
    "outside": lambda estate, name: is_outside(estate, estate.relations[name]),
    "subject_key": lambda estate, name: bool(estate.facts(name, "subject_key")),
    "history": lambda estate, name: is_history(estate.relations[name]),
}
