"""Judging by rules of both kinds: those in YAML by the checks, those in Rego by an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check import check
from enforcer.controls import check_all_fire
from enforcer.engines.connecting import server_in
from enforcer.engines.judge import Judge
from enforcer.rego import RegoRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from enforcer.check import Outcome
    from enforcer.config import Configuration
    from enforcer.estate import Estate
    from enforcer.packs import LoadedRule
    from enforcer.rules import Rule
    from enforcer.taxonomy import Taxonomy


def judge_by(
    rules: Sequence[LoadedRule],
    estate: Estate,
    configuration: Configuration,
    taxonomy: Taxonomy,
) -> list[tuple[LoadedRule, Outcome]]:
    """What each rule finds in an estate, in the order of the rules.

    Each must first show that it can find something. Raises `UnjudgedError` where one could not
    be judged, `PolicyError` for one that may not run or can find nothing.
    """
    with open_judge((rule.rule for rule in rules), configuration, taxonomy) as judge:

        def judging(rule: Rule, world: Estate) -> Outcome:
            return judged_by(rule, world, judge)

        check_all_fire(rules, judging, taxonomy, estate.places)
        return [(rule, judged_by(rule.rule, estate, judge, rule.pack)) for rule in rules]


def open_judge(
    rules: Iterable[Rule], configuration: Configuration, taxonomy: Taxonomy
) -> AbstractContextManager[Judge]:
    """A judge by those of the rules that are in Rego, by the engine that is configured."""
    programs = [rule for rule in rules if isinstance(rule, RegoRule)]
    return Judge(programs, taxonomy, server_in(configuration) if programs else None)


def judged_by(rule: Rule, estate: Estate, judge: Judge, pack: str = "") -> Outcome:
    """What one rule finds."""
    if isinstance(rule, RegoRule):
        return judge.judge(rule, estate, pack)
    return check(rule, estate, pack)
