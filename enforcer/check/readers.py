"""Who may read the relations of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.grants import EVERYBODY, PROJECTS, Reader, principal_of, readers_granted

if TYPE_CHECKING:
    from enforcer.estate import Estate

_ACCESS: Final = frozenset({"access", "config.access"})


def readers_of(estate: Estate) -> tuple[Reader, ...]:
    """Who may read which relation: by GRANT, by a model's configuration, by a place's audience."""
    if "readers" not in estate.found:
        estate.found["readers"] = tuple(sorted(_readers(estate)))
    found: tuple[Reader, ...] = estate.found["readers"]
    return found


def _readers(estate: Estate) -> set[Reader]:
    readers = set(readers_granted(estate.relations, estate.analysis.grants))
    for name, relation in estate.relations.items():
        for fact in relation.facts:
            if fact.key in _ACCESS and fact.value == EVERYBODY:
                readers.add(Reader(name, PROJECTS, relation.origin))
        for _, place in estate.places_named(name):
            for member in place.audience:
                readers.add(Reader(name, principal_of(member), relation.origin))
    return readers
