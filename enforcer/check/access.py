"""Access: who may read the relations that data arrives in."""

from __future__ import annotations

from collections import defaultdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

from enforcer.check.excuses import left_over
from enforcer.check.flows import flow_finding
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.readers import readers_of
from enforcer.check.selectors import category_matches, select_relations
from enforcer.check.sources import followed_sources
from enforcer.check.spread import bits_of
from enforcer.grants import EVERYBODY, principal_of
from enforcer.rules import Choice, Where
from enforcer.shared import shared
from enforcer.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.estate import Estate
    from enforcer.grants import Reader
    from enforcer.rules import Rule
    from enforcer.words import Finding, Message, RuleCard


def judge_grants(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must not be readable by these principals."""
    assert rule.deny is not None
    assert rule.deny.granted_to is not None
    readers = _readers(rule, estate)
    refused = _among(readers, rule.deny.granted_to)
    findings = []
    for arrival, able in _reading(rule, estate, refused):
        arrived = flow_finding(estate, card, arrival)
        findings += [_read(arrived, reader, _who_reads(reader.principal)) for reader in able]
    return outcome(len(readers), findings)


def judge_over_granted(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """Data must not be readable by principals whose roles do not list its category.

    Without roles nobody has said who may read what, so there is nothing to judge by.
    """
    assert rule.deny is not None
    if not estate.parameters.roles:
        return Outcome(0)
    readers = _among(_readers(rule, estate), rule.deny.principals)
    findings = []
    for arrival, able in _reading(rule, estate, readers):
        category = arrival.source.category
        beyond = [reader for reader in able if not _may_read(estate, reader.principal, category)]
        if not beyond:
            continue
        arrived = flow_finding(estate, card, arrival)
        for reader in beyond:
            roles = tuple(_roles_of(estate, reader.principal))
            findings.append(_read(arrived, reader, _beyond(reader.principal, category, roles)))
    return outcome(len(readers), findings)


def _may_read(estate: Estate, principal: str, category: str) -> bool:
    roles = _roles_of(estate, principal).values()
    return any(category_matches(estate, data, category) for data in roles)


def _readers(rule: Rule, estate: Estate) -> Sequence[Reader]:
    """Those who may read the relations that the rule is about."""
    assert rule.deny is not None
    wanted = frozenset(select_relations(estate, rule.deny.into or Where()))
    return [reader for reader in readers_of(estate) if reader.relation in wanted]


def _among(readers: Sequence[Reader], choice: Choice) -> Sequence[Reader]:
    """Those whose principals are chosen; there are few principals."""
    chosen = {p for p in {reader.principal for reader in readers} if is_among(p, choice)}
    return [reader for reader in readers if reader.principal in chosen]


def _reading(
    rule: Rule, estate: Estate, readers: Sequence[Reader]
) -> Iterator[tuple[Arrival, Sequence[Reader]]]:
    """What arrives where some of these may read it, as far as the rule does not excuse it.

    Who was granted the same in several ways is there once.
    """
    deny = rule.deny
    assert deny is not None
    by_principal: dict[str, dict[str, Reader]] = defaultdict(dict)
    for reader in readers:
        by_principal[reader.relation].setdefault(reader.principal, reader)
    by_relation = {name: tuple(able.values()) for name, able in by_principal.items()}
    sources = followed_sources(estate, deny.data, deny.source) if readers else ()
    asked = (deny.via, deny.unless_protected)
    for left in left_over(estate, sources, asked, rule.unless, bits_of(estate, by_relation)):
        yield left, by_relation[left.relation]


@shared
def _roles_of(estate: Estate, principal: str) -> Mapping[str, Choice]:
    """The roles that a principal matches, without those that may read nothing."""
    return {
        role: data
        for role, data in estate.parameters.roles
        if data != Choice() and is_among(principal, Choice(any_of=(role,)))
    }


def is_among(principal: str, choice: Choice) -> bool:
    """True when a principal is chosen, by globs or by one of the names of everybody."""

    def named(patterns: Sequence[str]) -> bool:
        return any(fnmatchcase(principal, principal_of(pattern)) for pattern in patterns)

    return not named(choice.none_of) and (not choice.any_of or named(choice.any_of))


def _read(arrived: Finding, reader: Reader, remark: Message) -> Finding:
    """The finding that somebody may read what arrived."""
    return msgspec.structs.replace(
        arrived,
        sink=f"{reader.relation} to {reader.principal}",
        origin=reader.origin,
        message=say("remarked", sentence=arrived.message, remark=remark),
    )


def _who_reads(principal: str) -> Message:
    return say("all-may-read") if principal == EVERYBODY else say("may-read", who=principal)


def _beyond(principal: str, category: str, roles: tuple[str, ...]) -> Message:
    if not roles:
        return say("may-read-and-has-no-role", reads=_who_reads(principal))
    return say("may-read-beyond-role", reads=_who_reads(principal), roles=roles, category=category)
