"""Who may read the relations of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.grants import EVERYBODY, PROJECTS, Reader, and_members, principal_of, readers_granted
from enforcer.shared import shared

if TYPE_CHECKING:
    from enforcer.estate import Estate

_ACCESS: Final = frozenset({"access", "config.access"})


@shared
def readers_of(estate: Estate) -> tuple[Reader, ...]:
    """Who may read which relation: by GRANT, by a model's configuration, by a place's audience."""
    grants = estate.analysis.grants
    readers = {*readers_granted(estate.relations, grants)}
    invited: set[Reader] = set()
    for name, relation in estate.relations.items():
        for fact in relation.facts:
            if fact.key in _ACCESS and fact.value == EVERYBODY:
                readers.add(Reader(name, PROJECTS, relation.origin))
        for _, place in estate.places_named(name):
            for member in place.audience:
                invited.add(Reader(name, principal_of(member), relation.origin))
    readers.update(and_members(invited, grants))
    return tuple(sorted(readers))
