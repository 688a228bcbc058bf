"""What a rule demands or forbids, in the form in which two rules can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.check.durations import duration
from enforcer.contradictions.scopes import within
from enforcer.rule_sense import DENIED
from enforcer.rules import Accepts, Choice, FactTest, Where
from enforcer.words import Method, Protection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.rules import Rule

    Path = tuple[str | int, ...]

RETENTION: Final = "retention"
_STATED: Final = FactTest(stated=True)


class Bound(msgspec.Struct, frozen=True):
    """A number or a length of time that a fact must reach, or must not exceed."""

    fact: str
    amount: str
    least: bool
    path: Path


class Demand(msgspec.Struct, frozen=True):
    """A test that a fact must pass, and where the rule has it."""

    fact: str
    test: FactTest
    path: Path


def bounds_of(rule: Rule) -> Iterator[Bound]:
    """The limits that a rule sets to what is stated of relations."""
    require = rule.require
    if require is None:
        return
    if require.retention is not None:
        for key, least in (("within", False), ("at_least", True)):
            amount = getattr(require.retention, key)
            if amount:
                yield Bound(RETENTION, amount, least, ("require", "retention", key))
    for fact, test in (require.facts or {}).items():
        for key, least in (("at_most", False), ("at_least", True)):
            if getattr(test, key):
                yield Bound(fact, getattr(test, key), least, ("require", "facts", fact, key))


def demands_of(rule: Rule) -> Iterator[Demand]:
    """The tests that a rule puts facts to."""
    require = rule.require
    if require is None:
        return
    for number, fact in enumerate(require.declared):
        yield Demand(fact, _STATED, ("require", "declared", number))
    for fact, test in (require.facts or {}).items():
        yield Demand(fact, test, ("require", "facts", fact))


def relations_of(rule: Rule) -> tuple[Where, ...]:
    """The relations of which a rule requires something: those that match one of these."""
    of = rule.require.of if rule.require is not None else ()
    return of if isinstance(of, tuple) else (of,)


def is_more(one: str, other: str) -> bool:
    """True when the first is a larger number, or a longer time, than the second."""
    if one.isdecimal() and other.isdecimal():
        return int(one) > int(other)
    first, second = duration(one), duration(other)
    return first is not None and second is not None and first.length > second.length


def forbids_outright(rule: Rule) -> bool:
    """True of a rule about arriving data that no protection and no excuse gets past."""
    deny = rule.deny
    return (
        deny is not None
        and deny.into is not None
        and not _asks_otherwise(rule)
        and _accepts_nothing(deny.unless_protected)
        and not rule.unless
    )


def _asks_otherwise(rule: Rule) -> bool:
    """True of a rule in which `into` only narrows down what another key asks."""
    return any(getattr(rule.deny, key) not in ((), False, None) for key in DENIED)


def _accepts_nothing(accepted: Accepts | None) -> bool:
    if accepted is None:
        return True
    at_most_constant = accepted.at_least in (None, Protection.CONSTANT)
    return at_most_constant and not {*accepted.accept} - {Method.CONSTANT}


# The keys of relations that say what a fact says, by the name of the fact.
_SAYING: Final = {
    "encryption": "encryption",
    "environment": "environment",
    "purposes": "purpose",
    "region": "region",
    "subject": "subject",
    "zone": "zone",
}


def without_fact(where: Where, demand: Demand) -> Where | None:
    """What is left of `where` for relations that meet a demand; None if that shows nothing.

    A relation that must state `encryption: column` lies among those with
    `encryption: [column, field]`, so that key says nothing more about it.
    """
    facts = dict(where.facts or {})
    if facts.pop(demand.fact, None) == demand.test:
        return msgspec.structs.replace(where, facts=facts or None)
    key = _SAYING.get(demand.fact)
    chosen = getattr(where, key) if key else Choice()
    if key is None or chosen == Choice() or chosen.none_of or not demand.test.any_of:
        return None
    said = _with(Where(), key, Choice(any_of=demand.test.any_of))
    return _with(where, key, Choice()) if within(said, _with(Where(), key, chosen)) else None


def _with(where: Where, key: str, choice: Choice) -> Where:
    changed: dict[str, Any] = {key: choice}
    return msgspec.structs.replace(where, **changed)
