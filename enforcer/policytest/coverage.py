"""Coverage: which parts of a rule the worlds in which it is tried have exercised.

A part is exercised when some world is judged otherwise without it. So an exception must once
have excused something, and an alternative once have been the one that counted.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from enforcer.policytest.changes import Part
from enforcer.words import Message, say
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.policytest.mutation import Tried
    from enforcer.policytest.suites import Suite, Tested


class Kind(StrEnum):
    """The kinds of parts that a rule has."""

    RULE = "rule"
    CONDITION = "condition"
    EXCEPTION = "exception"
    ALTERNATIVE = "alternative"
    PARAMETER = "parameter"


class Element(msgspec.Struct, frozen=True):
    """A part of a rule, in the words of YAML, where it is written, and whether it was exercised."""

    rule: str
    kind: Kind
    part: str | Message
    origin: Origin
    covered: bool


_TAKEN = {Part.KEY: Kind.CONDITION, Part.ALTERNATIVE: Kind.ALTERNATIVE, Part.ENTRY: Kind.EXCEPTION}


def coverage_of(
    suite: Suite, tested: Sequence[Tested], name: str, tries: Sequence[Tried]
) -> Iterator[Element]:
    """The parts of a rule, of which those that say nothing new are left out.

    `tries` are all its mutants, tried in the worlds that it judges; of a rule in Rego there
    are none, and nobody knows its parts. Nor is anything known of a parameter that stands
    where nothing can be changed.
    """
    loaded = suite.rules[name]
    outcomes = [one.outcomes[name] for one in tested if name in one.trial.rules]
    at = Origin(loaded.file, 1, 1)
    fired = any(outcome.findings for outcome in outcomes)
    quiet = any(outcome.judged and not outcome.findings for outcome in outcomes)
    yield Element(name, Kind.RULE, say("rule-fires"), at, fired)
    yield Element(name, Kind.RULE, say("rule-is-silent"), at, quiet)
    for one in tries:
        if one.mutant.takes in _TAKEN and not (one.mutant.same or one.excuse):
            kind = _TAKEN[one.mutant.takes]
            yield Element(name, kind, one.mutant.change, one.mutant.origin, one.noticed)
    for parameter in loaded.rule.parameters:
        there = [one for one in tries if parameter in one.mutant.parameters]
        if there:
            yield _parameter(name, parameter, there)


def _parameter(name: str, parameter: str, there: Sequence[Tried]) -> Element:
    """A parameter is exercised by a change to what stands in its place, or right around it."""
    deepest = max(one.mutant.depth for one in there)
    nearest = [one for one in there if one.mutant.depth == deepest]
    noticed = any(one.noticed for one in nearest)
    return Element(name, Kind.PARAMETER, parameter, nearest[0].mutant.origin, noticed)
