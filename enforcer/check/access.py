"""Access: who may read the relations that data arrives in."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.check.flows import arrivals, excused, flow_finding
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import select_relations
from enforcer.check.sources import followed_sources
from enforcer.estate import granted_relations, may_read
from enforcer.rules import Where
from enforcer.words import say
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import Message, RuleCard
    from lineage import Grant

EVERYBODY: Final = "public"
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


class Reader(msgspec.Struct, frozen=True, order=True):
    """Somebody who may read a relation, and where that is written."""

    relation: str
    principal: str
    origin: Origin


def judge_grants(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must not be readable by these principals."""
    deny = rule.deny
    assert deny is not None
    wanted = frozenset(select_relations(estate, deny.into or Where()))
    readers = [r for r in readers_of(estate) if r.relation in wanted]
    refused = [r for r in readers if _is_among(r.principal, deny.granted_to)]
    sources = followed_sources(estate, deny.data, deny.source) if refused else ()
    findings = []
    for arrival in arrivals(estate, sources, deny.via, deny.unless_protected):
        for reader in refused:
            if reader.relation != arrival.relation:
                continue
            left = excused(estate, arrival, rule.unless, deny.unless_protected)
            if left is None:
                continue
            finding = flow_finding(estate, card, left, _who_reads(reader.principal))
            sink = f"{reader.relation} to {reader.principal}"
            findings.append(msgspec.structs.replace(finding, sink=sink, origin=reader.origin))
    return outcome(len(readers), findings)


def _who_reads(principal: str) -> Message:
    return say("all-may-read") if principal == EVERYBODY else say("may-read", who=principal)


def readers_of(estate: Estate) -> tuple[Reader, ...]:
    """Who may read which relation: by GRANT, by a model's configuration, by a place's audience."""
    readers = {r for grant in estate.analysis.grants for r in _granted(estate, grant)}
    for name, relation in estate.relations.items():
        for fact in relation.facts:
            if fact.key in ("config.grants.select", "config.grants.+select"):
                readers.add(Reader(name, _principal(fact.value, ""), relation.origin))
        for _, place in estate.places_named(name):
            for member in place.audience:
                readers.add(Reader(name, _principal(member, ""), relation.origin))
    return tuple(sorted(readers))


def _granted(estate: Estate, grant: Grant) -> Iterator[Reader]:
    if not may_read(grant):
        return
    for name in granted_relations(estate.relations, grant.relation):
        yield Reader(name, _principal(grant.principal, grant.kind), grant.origin)


def _principal(principal: str, kind: str) -> str:
    name = principal.lower()
    everybody = kind.lower() in _WHOLE or name in _EVERYBODY
    return EVERYBODY if everybody else name


def _is_among(principal: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(principal, _principal(pattern, "")) for pattern in patterns)
