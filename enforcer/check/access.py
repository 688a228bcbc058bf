"""Access: who may read the relations that data arrives in."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

from enforcer.check.excuses import excused
from enforcer.check.flows import arrivals, flow_finding
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.readers import EVERYBODY, principal_of, readers_of
from enforcer.check.selectors import select_relations
from enforcer.check.sources import followed_sources
from enforcer.rules import Where
from enforcer.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.words import Message, RuleCard


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


def _is_among(principal: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(principal, principal_of(pattern)) for pattern in patterns)
