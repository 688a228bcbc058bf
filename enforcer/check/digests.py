"""Digests: whether what was agreed to is still what is done with the data."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from enforcer.check.holdings import held_data, relation_finding
from enforcer.check.lifetimes import keeps_rows, lifetime_of
from enforcer.check.located import purposes_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import is_outside
from enforcer.check.spread import names_of, parts_alike
from enforcer.check.uses import uses
from enforcer.shared import shared_by_likes
from enforcer.words import say
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.check.spread import Bits
    from enforcer.estate import Estate
    from enforcer.rules import Accepts, Rule
    from enforcer.words import Message, RuleCard, Value

    Line = tuple[str, ...]

_DIGITS: Final = 16
_SHOWN: Final = 4


def judge_covered(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """A fact must be the digest of what is done with a relation's data now."""
    require = rule.require
    assert require is not None
    if not estate.declares:
        return Outcome(0)
    held = held_data(estate, rule)
    findings = []
    for name, arriving in held.items():
        lines = scope_of(estate, arriving, require.unless_protected)
        expected = digest_of(lines)
        stated = estate.facts(name, require.covered_by)
        if expected in [value.strip().lower() for value in stated]:
            continue
        parts: dict[str, Value] = {
            "fact": require.covered_by,
            "digest": expected,
            "scope": _in_words(lines),
        }
        lack = say("scope-has-changed", **parts) if stated else say("scope-not-stated", **parts)
        findings.append(relation_finding(estate, card, name, arriving, lack))
    return outcome(len(held), findings)


def digest_of(lines: Iterable[Line]) -> str:
    """A short digest of a scope, the same in whatever order its lines come."""
    text = "\n".join(sorted({"\t".join(line) for line in lines}))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def scope_of(estate: Estate, held: Sequence[Arrival], accepted: Accepts | None) -> tuple[Line, ...]:
    """What is done with data, line by line: a use, a recipient or how long it is kept, sorted.

    A use is a category, a purpose and a protection. Relations inside are not named: another
    model for the same purpose is nothing that anybody has to agree to again.
    """
    lines: set[Line] = set()
    used: dict[str, int] = {}
    for arrival in held:
        category = arrival.source.category
        for variants, relations in uses(estate, arrival, accepted).items():
            used[category] = used.get(category, 0) | relations
            shown = {variant.protection.value for variant in variants}
            lines.update(_used(estate, category, shown, relations))
    lines |= {line for category, there in used.items() for line in _kept(estate, category, there)}
    return tuple(sorted(lines))


def _used(
    estate: Estate, category: str, protections: Iterable[str], relations: Bits
) -> Iterator[Line]:
    """What data of a category is used for in some relations, and who gets it there."""
    for like, alike in parts_alike(estate, relations).items():
        names = names_of(estate, alike) if _recipients(estate, like) else ()
        recipients = {who for name in names for who in _recipients(estate, name)}
        for protection in protections:
            for purpose in purposes_of(estate, like) or ("",):
                yield "use", category, purpose, protection
            for recipient in recipients:
                yield "recipient", category, recipient, protection


def _recipients(estate: Estate, name: str) -> tuple[str, ...]:
    """Who gets what is in a relation: the partners of its places, else it is its own name."""
    if not _is_received(estate, name):
        return ()
    partners = [place.partner for _, place in estate.places_named(name)]
    return tuple(p.name for p in partners if p is not None) or (name,)


@shared_by_likes
def _is_received(estate: Estate, name: str) -> bool:
    relation = estate.relations[name]
    return relation.kind is RelationKind.EXPOSURE or is_outside(estate, relation)


def _kept(estate: Estate, category: str, relations: Bits) -> Iterator[Line]:
    """The longest time that some relations keep data, `open` where one says none."""
    longest: int | None = -1
    for like in parts_alike(estate, relations):
        relation = estate.relations[like]
        kept = lifetime_of(estate, relation)
        if kept is None and not keeps_rows(relation):
            continue
        open_ended = kept is None or longest is None
        longest = None if open_ended else max(longest or 0, kept.length if kept else 0)
    if longest != -1:
        yield "kept", category, "open" if longest is None else str(longest)


def _in_words(lines: Iterable[Line]) -> Message:
    """What a person has to look at before agreeing again."""
    categories = dict.fromkeys(line[1] for line in lines)
    purposes = dict.fromkeys(line[2] for line in lines if line[0] == "use" and line[2])
    recipients = dict.fromkeys(line[2] for line in lines if line[0] == "recipient")
    parts = [say("scope-of-data", categories=_few(categories))]
    if purposes:
        parts.append(say("scope-of-purposes", purposes=_few(purposes)))
    if recipients:
        parts.append(say("scope-of-recipients", recipients=_few(recipients)))
    return say("each", lacks=tuple(parts))


def _few(names: Iterable[str]) -> Message:
    every = tuple(names)
    if len(every) <= _SHOWN:
        return say("each", lacks=every)
    return say("and-others", shown=every[:_SHOWN], count=len(every) - _SHOWN)
