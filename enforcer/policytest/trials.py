"""Trials: a small world, the rules that judge it, and what it asks of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

import msgspec

from enforcer.check import Outcome, check
from enforcer.estate import Estate
from enforcer.messages import spoken_detail
from enforcer.policytest.worlds import Surroundings, estate_of
from enforcer.rules import Rule
from enforcer.words import Message, say
from lineage import Origin

Outcomes = Mapping[str, Outcome]
# How a rule of whatever kind judges a world.
Judging = Callable[[Rule, Estate], Outcome]
SampleName = Literal["avoid", "prefer"]
SAMPLES: Final[tuple[SampleName, ...]] = ("avoid", "prefer")
Asks = Callable[[Outcomes], tuple[Message, ...]]


class Trial(msgspec.Struct, frozen=True):
    """A world to try rules in. `asks` says what is wrong with what they found there, by rule id.

    `name` is `avoid`, `prefer` or what a case is called, `rules` are the ids of all that judge
    it, and `origin` says where it is written. `sample_of` is the rule whose own sample it is.
    """

    name: str
    origin: Origin
    rules: frozenset[str]
    estate: Estate
    asks: Asks
    sample_of: str = ""


def judge(trial: Trial, rules: Mapping[str, Rule], judging: Judging = check) -> dict[str, Outcome]:
    """What each rule of a trial finds there."""
    return {name: judging(rules[name], trial.estate) for name in sorted(trial.rules)}


def sample_trials(rule: Rule, file: str, around: Surroundings) -> tuple[Trial, Trial]:
    """The two worlds of a rule's own file: it must fire in the first, not in the second."""
    avoid, prefer = (_sample_trial(rule, name, file, around) for name in SAMPLES)
    return avoid, prefer


def sample_world(rule: Rule, name: SampleName, around: Surroundings) -> Estate:
    """The world of a rule's sample."""
    sample = rule.avoid if name == "avoid" else rule.prefer
    return estate_of(sample, f"{rule.id}:{name}", around)


def _sample_trial(rule: Rule, name: SampleName, file: str, around: Surroundings) -> Trial:
    estate = sample_world(rule, name, around)
    unread = tuple(
        say("sample-not-analysed", sample=name, detail=spoken_detail(gap.message))
        for gap in estate.analysis.gaps
    )
    asked = _must_fire if name == "avoid" else _must_be_silent

    def asks(outcomes: Outcomes) -> tuple[Message, ...]:
        return (*unread, *asked(outcomes[rule.id]))

    return Trial(name, Origin(file, 1, 1), frozenset({rule.id}), estate, asks, rule.id)


def _must_fire(outcome: Outcome) -> tuple[Message, ...]:
    return () if outcome.findings else (say("avoid-raises-nothing"),)


def _must_be_silent(outcome: Outcome) -> tuple[Message, ...]:
    if not outcome.judged:
        return (say("prefer-judges-nothing"),)
    return tuple(say("prefer-raises", finding=finding.message) for finding in outcome.findings)
