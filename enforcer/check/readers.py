"""Who may read the relations of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.granted import granted_relations, may_read
from enforcer.shared import shared
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.estate import Estate
    from lineage import Grant

EVERYBODY: Final = "public"
# Whom a model with `access: public` is offered to.
PROJECTS: Final = "every dbt project"
_EVERYBODY: Final = frozenset(
    {
        EVERYBODY,
        "account",
        "account users",
        "all users",
        "allauthenticatedusers",
        "allusers",
        "everyone",
        "specialgroup:allauthenticatedusers",
    }
)
# Kinds of principals that are everybody: all there are, or all with an address of a domain.
_WHOLE: Final = frozenset({"domain", "public"})


_GRANTED: Final = frozenset({"config.grants.select", "config.grants.+select"})
_ACCESS: Final = frozenset({"access", "config.access"})


class Reader(msgspec.Struct, frozen=True, order=True):
    """Somebody who may read a relation, and where that is written."""

    relation: str
    principal: str
    origin: Origin


@shared
def readers_of(estate: Estate) -> tuple[Reader, ...]:
    """Who may read which relation: by GRANT, by a model's configuration, by a place's audience."""
    readers = {r for grant in estate.analysis.grants for r in _granted(estate, grant)}
    for name, relation in estate.relations.items():
        for fact in relation.facts:
            if fact.key in _GRANTED:
                readers.add(Reader(name, principal_of(fact.value), relation.origin))
            elif fact.key in _ACCESS and fact.value == EVERYBODY:
                readers.add(Reader(name, PROJECTS, relation.origin))
        for _, place in estate.places_named(name):
            for member in place.audience:
                readers.add(Reader(name, principal_of(member), relation.origin))
    return tuple(sorted(readers))


def _granted(estate: Estate, grant: Grant) -> Iterator[Reader]:
    if not may_read(grant):
        return
    for name in granted_relations(estate.relations, grant.relation):
        yield Reader(name, principal_of(grant.principal, grant.kind), grant.origin)


def principal_of(written: str, kind: str = "") -> str:
    """A principal in lower case; `public` for every way to say everybody."""
    name = written.lower()
    everybody = kind.lower() in _WHOLE or name in _EVERYBODY
    return EVERYBODY if everybody else name
