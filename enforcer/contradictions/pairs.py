"""Pairs of rules that no project can satisfy both, or of which one allows what the other denies.

A rule with excuses is taken to have thought of the others, and contradicts none.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

import msgspec

from enforcer.contradictions.demands import (
    bounds_of,
    demands_of,
    forbids_outright,
    is_more,
    relations_of,
    without_fact,
)
from enforcer.contradictions.scopes import apart, categories, fails, within
from enforcer.documents import parse_document
from enforcer.protection.states import flows_named
from enforcer.rules import Choice, Rule, Where
from enforcer.words import Message, say
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.contradictions.demands import Demand
    from enforcer.packs import LoadedRule
    from enforcer.rules import Allow, Deny
    from enforcer.taxonomy import Taxonomy

    Path = tuple[str | int, ...]


class Contradiction(msgspec.Struct, frozen=True):
    """Two rules that contradict each other: where each says so, and what they say."""

    rules: tuple[str, str]
    origins: tuple[Origin, Origin]
    message: Message


def contradictions(rules: Sequence[LoadedRule], taxonomy: Taxonomy) -> tuple[Contradiction, ...]:
    """All pairs of rules that contradict each other, in the order of the rules."""
    pairs = combinations(rules, 2)
    return tuple(found for one, other in pairs for found in _between(one, other, taxonomy))


def _between(one: LoadedRule, other: LoadedRule, taxonomy: Taxonomy) -> Iterator[Contradiction]:
    if one.rule.unless or other.rule.unless:
        return
    if one.rule.require is not None and other.rule.require is not None:
        if _speak_of_the_same(one.rule, other.rule, taxonomy):
            yield from _of_bounds(one, other)
            yield from _of_demands(one, other)
        return
    for permitting, denying in ((one, other), (other, one)):
        if forbids_outright(denying.rule):
            yield from _of_denial(permitting, denying, taxonomy)


def _speak_of_the_same(one: Rule, other: Rule, taxonomy: Taxonomy) -> bool:
    assert one.require is not None
    assert other.require is not None
    data = [categories(rule.data, taxonomy) for rule in (one.require, other.require)]
    pairs = product(relations_of(one), relations_of(other))
    return bool(data[0] & data[1]) and not all(apart(*pair) for pair in pairs)


def _of_bounds(one: LoadedRule, other: LoadedRule) -> Iterator[Contradiction]:
    for a in bounds_of(one.rule):
        for b in bounds_of(other.rule):
            if a.fact != b.fact or a.least is b.least:
                continue
            least, most = (a, b) if a.least else (b, a)
            if is_more(least.amount, most.amount):
                said = say("contradict-bounds", fact=a.fact, least=least.amount, most=most.amount)
                yield _contradiction((one, a.path), (other, b.path), said)


def _of_demands(one: LoadedRule, other: LoadedRule) -> Iterator[Contradiction]:
    for a in demands_of(one.rule):
        for b in demands_of(other.rule):
            if a.fact == b.fact and fails(a.test, b.test):
                said = say("contradict-facts", fact=a.fact)
                yield _contradiction((one, a.path), (other, b.path), said)


def _of_denial(
    permitting: LoadedRule, denying: LoadedRule, taxonomy: Taxonomy
) -> Iterator[Contradiction]:
    """What is allowed, or required, lies wholly in what is denied."""
    deny, allow = denying.rule.deny, permitting.rule.allow
    assert deny is not None
    if allow is not None and _lies_in(allow, deny, taxonomy):
        said = say("contradict-denial")
        yield _contradiction((permitting, ("allow",)), (denying, ("deny",)), said)
    for demand in demands_of(permitting.rule) if deny.source is None else ():
        if _is_denied(permitting.rule, demand, deny, taxonomy):
            said = say("contradict-requirement", fact=demand.fact)
            yield _contradiction((permitting, demand.path), (denying, ("deny", "into")), said)


def _lies_in(allow: Allow, deny: Deny, taxonomy: Taxonomy) -> bool:
    return (
        within(allow.source, deny.source)
        and within(allow.into, deny.into)
        and {*flows_named(allow.via)} <= {*flows_named(deny.via)}
        and _narrower(allow.data, deny.data, taxonomy)
    )


def _is_denied(rule: Rule, demand: Demand, deny: Deny, taxonomy: Taxonomy) -> bool:
    assert rule.require is not None
    left = without_fact(deny.into or Where(), demand)
    return (
        left is not None
        and all(within(where, left) for where in relations_of(rule))
        and _narrower(rule.require.data, deny.data, taxonomy)
    )


def _narrower(data: Choice, other: Choice, taxonomy: Taxonomy) -> bool:
    return categories(data, taxonomy) <= categories(other, taxonomy)


def _contradiction(
    one: tuple[LoadedRule, Path], other: tuple[LoadedRule, Path], said: Message
) -> Contradiction:
    names = (one[0].rule.id, other[0].rule.id)
    origins = (_origin(*one), _origin(*other))
    message = say(
        "rules-contradict",
        one=names[0],
        one_at=str(origins[0]),
        other=names[1],
        other_at=str(origins[1]),
        what=said,
    )
    return Contradiction(names, origins, message)


def _origin(loaded: LoadedRule, path: Path) -> Origin:
    return parse_document(loaded.source, loaded.file, Rule, {}).key_origin(*path)
