"""Trying a rule in the two small worlds that its own file describes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from enforcer.check import check
from enforcer.policytest.trials import Judging, sample_trials
from enforcer.policytest.trials import judge as judged
from enforcer.policytest.worlds import Surroundings
from enforcer.words import Finding, Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.estate import Taxonomy
    from enforcer.policytest.worlds import PlaceFinder
    from enforcer.rules import Place, Rule


class SampleResult(msgspec.Struct, frozen=True):
    """What became of a rule's samples.

    `avoided` are the findings in `avoid`, of which there must be some, and `preferred`
    those in `prefer`, of which there must be none. `problems` are sentences for people,
    empty when the rule does what it says.
    """

    rule: str
    avoided: tuple[Finding, ...]
    preferred: tuple[Finding, ...]
    problems: tuple[Message, ...]

    @property
    def passed(self) -> bool:
        """True when the rule does what its file says."""
        return not self.problems


def run_samples(
    rule: Rule,
    taxonomy: Taxonomy,
    find_places: PlaceFinder,
    places: Mapping[str, Place] = MappingProxyType({}),
    judge: Judging = check,
) -> SampleResult:
    """Judge both samples by the rule they belong to.

    Raises `PolicyError` when a sample cannot be read. A sample with a gap proves nothing
    and is a problem.
    """
    trials = sample_trials(rule, rule.id, Surroundings(taxonomy, find_places, places))
    outcomes = [judged(trial, {rule.id: rule}, judge) for trial in trials]
    avoided, preferred = (found[rule.id].findings for found in outcomes)
    problems = [
        problem
        for trial, found in zip(trials, outcomes, strict=True)
        for problem in trial.asks(found)
    ]
    return SampleResult(rule.id, avoided, preferred, tuple(problems))
