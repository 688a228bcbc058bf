"""Judging by rules of both kinds: those in YAML by the checks, those in Rego by an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check import check
from enforcer.engines.connecting import server_in
from enforcer.engines.engine import unjudged
from enforcer.engines.judge import Judge, program_of
from enforcer.places import find_places
from enforcer.policytest import sample_world
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

    A rule in Rego must first raise a finding in the world that it says it does: an engine that
    is broken, or another one than is thought, would find nothing anywhere. Raises
    `UnjudgedError` where one could not be judged, `PolicyError` for one that may not run.
    """
    with open_judge((rule.rule for rule in rules), configuration, taxonomy) as judge:
        for rule in rules:
            if isinstance(rule.rule, RegoRule):
                _try(rule.rule, judge, estate, taxonomy)
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


def _try(rule: RegoRule, judge: Judge, estate: Estate, taxonomy: Taxonomy) -> None:
    world = sample_world(rule, "avoid", taxonomy, find_places, estate.places)
    if not judge.judge(rule, world).findings:
        what = "it finds nothing in its own `avoid`, so it would find nothing anywhere"
        raise unjudged(program_of(rule), what, "run `fieldgate test`, and look at the engine")
