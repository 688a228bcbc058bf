"""What is said of where a relation lies, what it is for and what it claims to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.check.partners import partners_of
from enforcer.estate import says_nothing
from enforcer.jurisdictions import jurisdictions
from enforcer.rules import Choice
from enforcer.shared import shared_by_likes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enforcer.estate import Estate
    from enforcer.rules import Where

    # Each thing that is said, with all names that it goes by.
    Said = tuple[tuple[str, ...], ...]

_CLAIMS: Final = ("anonymous", "deidentified", "safe_harbor", "limited_data_set")


@shared_by_likes
def regions_of(estate: Estate, relation: str) -> tuple[str, ...]:
    """Where a relation lies: its own fact, and the regions of its places."""
    placed = tuple(place.region for _, place in estate.places_named(relation) if place.region)
    return (*estate.facts(relation, "region"), *placed)


@shared_by_likes
def countries_of(estate: Estate, relation: str) -> tuple[str, ...]:
    """Where the recipients of a relation are: its own fact, and the countries of partners."""
    told = (partner.country for _, partner in partners_of(estate, relation) if partner.country)
    return tuple(dict.fromkeys((*estate.facts(relation, "recipient.country"), *told)))


@shared_by_likes
def purposes_of(estate: Estate, relation: str) -> tuple[str, ...]:
    """What a relation is for: its own facts, and the purposes of its places."""
    placed = tuple(p for _, place in estate.places_named(relation) for p in place.purposes)
    return (*estate.facts(relation, "purposes"), *estate.facts(relation, "purpose"), *placed)


@shared_by_likes
def names_of_regions(estate: Estate, relation: str) -> Said:
    """Each region of a relation, with the jurisdictions that it lies in."""
    return _named(estate, regions_of(estate, relation))


@shared_by_likes
def names_of_countries(estate: Estate, relation: str) -> Said:
    """The country of each recipient, with the jurisdictions that it belongs to."""
    return _named(estate, countries_of(estate, relation))


@shared_by_likes
def names_of_jurisdictions(estate: Estate, relation: str) -> Said:
    """Each region, each recipient's country and each jurisdiction that is stated."""
    told = estate.facts(relation, "jurisdictions") or estate.facts(relation, "jurisdiction")
    where = (*regions_of(estate, relation), *countries_of(estate, relation), *told)
    return _named(estate, where)


def asks_where(where: Where) -> bool:
    """True when part of a rule asks where a relation lies, or where its recipient is."""
    asked = (where.region, where.country, where.jurisdiction)
    return any(choice != Choice() for choice in asked) or any(map(asks_where, where.either))


def _named(estate: Estate, written: Iterable[str]) -> Said:
    lying = jurisdictions(estate.today)
    return tuple((one, *sorted(lying.of(one) - {one})) for one in dict.fromkeys(written) if one)


@shared_by_likes
def claims_of(estate: Estate, relation: str) -> tuple[str, ...]:
    """What a relation says that its data is: `claims: anonymous`, or `anonymous: true`."""
    claims = (c for c in _CLAIMS if not all(map(says_nothing, estate.stated(relation, c))))
    return (*estate.facts(relation, "claims"), *claims)
