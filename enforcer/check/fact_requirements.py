"""Stated facts: that what a rule asks for is said of a relation, and passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.check.fact_tests import passes
from enforcer.check.holdings import holdings, relation_finding, relations_held
from enforcer.check.lifetimes import lifetime_of
from enforcer.check.located import purposes_of, regions_of
from enforcer.check.outcome import Outcome, outcome
from enforcer.check.selectors import encryption_of
from enforcer.check.spread import first_name, names_of, parts_alike
from enforcer.check.uses import purposes_downstream
from enforcer.estate import says_nothing
from enforcer.rules import FactTest
from enforcer.words import say
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enforcer.check.flows import Arrival
    from enforcer.check.spread import Bits
    from enforcer.estate import Estate
    from enforcer.rules import Rule
    from enforcer.rules.where import FactTests
    from enforcer.words import Message, RuleCard, Value

_OWN: Final = "meta.fieldgate."
_PLACED: Final = {"region": regions_of, "purposes": purposes_of, "encryption": encryption_of}


def judge_facts(rule: Rule, card: RuleCard, estate: Estate) -> Outcome:
    """What relations state, themselves or by their places, must pass these tests.

    The result of a bare query is nothing that anybody can state something of.
    """
    require = rule.require
    assert require is not None
    assert require.facts is not None
    if not estate.declares:
        return Outcome(0)
    held = holdings(estate, rule)
    judged, findings = 0, []
    for like, relations in parts_alike(estate, relations_held(estate, held)).items():
        if estate.relations[like].kind is RelationKind.RESULT:
            continue
        judged += relations.bit_count()
        for name, lacks in _lacking(estate, rule, held, relations):
            lack = say("each", lacks=lacks)
            findings.append(relation_finding(estate, card, name, held[name], lack))
    return outcome(judged, findings)


def _lacking(
    estate: Estate, rule: Rule, held: Mapping[str, tuple[Arrival, ...]], alike: Bits
) -> Iterator[tuple[str, tuple[Message, ...]]]:
    """Of relations that declare the same those that lack something, and what.

    They all lack the same, unless it is asked for each purpose that their data has.
    """
    require = rule.require
    assert require is not None
    facts = require.facts or {}
    known: dict[object, tuple[Message, ...]] = {}
    if not require.per_purpose:
        lacks = tuple(_lacks(estate, first_name(estate, alike), {}, facts))
        yield from ((name, lacks) for name in (names_of(estate, alike) if lacks else ()))
        return
    for name in names_of(estate, alike):
        purposes = purposes_downstream(estate, held[name], require.unless_protected)
        asked = tuple(purposes.items())
        if asked not in known:
            known[asked] = tuple(_lacks(estate, name, purposes, facts))
        if known[asked]:
            yield name, known[asked]


def _lacks(
    estate: Estate, name: str, purposes: Mapping[str, str], facts: FactTests
) -> Iterator[Message]:
    for key, test in facts.items():
        if purposes:
            yield from _lacks_by_purpose(estate, name, purposes, (key, test))
        else:
            yield from lacks_of(estate, name, key, test)


def lacks_of(estate: Estate, name: str, key: str, test: FactTest) -> Iterator[Message]:
    """What is wrong with a fact of a relation, in the order of the test's keys."""
    values = _values(estate, name, key)
    if not any(not says_nothing(value) for value in values) and test.stated is not False:
        if not passes(test, values, estate.today, unreadable=False):
            yield say("fact-not-stated", fact=key, where=_where(key))
        return
    yield from _failures(key, test, values, estate)


def _values(estate: Estate, name: str, key: str) -> tuple[str, ...]:
    """What is stated, or follows from what places and tools state in their own way."""
    if key == "retention":
        kept = lifetime_of(estate, estate.relations[name])
        return (f"P{kept.days}D" if kept.unit else kept.written,) if kept else ()
    return _PLACED[key](estate, name) if key in _PLACED else estate.stated(name, key)


def _where(key: str) -> str:
    return key if key.startswith("config.") else f"{_OWN}{key}"


def _failures(key: str, test: FactTest, values: Sequence[str], estate: Estate) -> Iterator[Message]:
    """Each part of a test that does not hold, by itself."""
    said: dict[str, Value] = {"fact": key, "values": tuple(values)}
    for part, message in _parts(test, said):
        if passes(part, values, estate.today, unreadable=False):
            continue
        readable = not passes(part, values, estate.today, unreadable=True)
        yield message if readable else say("fact-unreadable", **said)


def _parts(test: FactTest, said: Mapping[str, Value]) -> Iterator[tuple[FactTest, Message]]:
    if test.stated is not None:
        yield FactTest(stated=test.stated), say("fact-refused", **said)
    if test.any_of:
        yield FactTest(any_of=test.any_of), say("fact-not-among", **said, wanted=test.any_of)
    if test.none_of:
        yield FactTest(none_of=test.none_of), say("fact-refused", **said)
    if test.at_least:
        yield FactTest(at_least=test.at_least), say("fact-too-small", **said, limit=test.at_least)
    if test.at_most:
        yield FactTest(at_most=test.at_most), say("fact-too-great", **said, limit=test.at_most)
    if test.fresh:
        yield FactTest(fresh=test.fresh), say("fact-too-old", **said, limit=test.fresh)
    if test.ahead:
        yield FactTest(ahead=True), say("fact-passed", **said)


def _lacks_by_purpose(
    estate: Estate, name: str, purposes: Mapping[str, str], asked: tuple[str, FactTest]
) -> Iterator[Message]:
    """The same for each purpose, where it is stated as `fact.purpose`.

    What is stated once for all holds for every purpose, and a purpose for all below it.
    """
    key, test = asked
    if estate.facts(name, key):
        yield from lacks_of(estate, name, key, test)
        return
    for purpose, user in purposes.items():
        stated = next((k for k in _keys(key, purpose) if estate.facts(name, k)), "")
        if not stated:
            whole = f"{key}.{purpose}"
            yield say("fact-not-stated-for", fact=whole, where=_where(whole), relation=user)
        else:
            yield from lacks_of(estate, name, stated, test)


def _keys(key: str, purpose: str) -> Iterator[str]:
    """The fact for a purpose, then those for what it is a part of."""
    while purpose:
        yield f"{key}.{purpose}"
        purpose = purpose.rpartition(".")[0]
