"""Partners: who gets what lies in a relation, and what was agreed with them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from enforcer.documents.nearest import quoted
from enforcer.estate import says_nothing
from enforcer.rules import Partner
from enforcer.shared import shared
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from enforcer.estate import Estate


@shared
def partners_of(estate: Estate, relation: str) -> tuple[tuple[str, Partner], ...]:
    """The partners of a relation's places by the place's name, and its own by its own name.

    A relation states its own as `recipient`, with the keys that a place's partner has; what is
    permitted may be called `labels`, and what deletes `deletion_feed`. Raises `PolicyError` for
    a contract that ends on no date, and for a category that there is not.
    """
    places = estate.places_named(relation)
    placed = tuple((name, p.partner) for name, p in places if p.partner is not None)
    own = _own(estate, relation)
    return placed if own is None else (*placed, (relation, own))


def _own(estate: Estate, relation: str) -> Partner | None:
    def said(*keys: str) -> tuple[str, ...]:
        found = (estate.facts(relation, f"recipient.{key}") for key in keys)
        return next((values for values in found if values), ())

    def one(*keys: str) -> str:
        return (*said(*keys), "")[0]

    name = one("name")
    if says_nothing(name):
        return None
    for pattern in said("permits", "labels"):
        estate.taxonomy.check_pattern(pattern, estate.relations[relation].origin)
    return Partner(
        name=name,
        role=one("role"),
        country=one("country"),
        contract=one("contract"),
        expires=_date(estate, relation, one("expires")),
        permits=said("permits", "labels"),
        subjects=said("subjects"),
        purposes=said("purposes"),
        onward=one("onward"),
        deletion=one("deletion", "deletion_feed"),
    )


def _date(estate: Estate, relation: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        what = f"`recipient.expires` of {quoted(relation)} is {quoted(text)}, which is no date"
        origin = estate.relations[relation].origin
        raise PolicyError(origin, what, "write one like 2027-01-31") from None
