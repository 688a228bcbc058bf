"""The checks: one question for each key that a rule may ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check import (
    access,
    collection,
    coverage,
    deletion,
    descent,
    digests,
    fact_requirements,
    gaps,
    history,
    lasting,
    literals,
    notices,
    reachability,
    stars,
    storage,
    tested,
    together,
    use,
)
from enforcer.check.gaps import NOT_ANALYSED
from enforcer.check.outcome import Outcome
from enforcer.rules import RetentionLimit

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.estate import Estate
    from enforcer.rules import Deny, Require, Rule
    from enforcer.words import RuleCard

    Judge = Callable[[Rule, RuleCard, Estate], Outcome]

__all__ = ["NOT_ANALYSED", "Outcome", "check", "check_gaps"]


def check(rule: Rule, estate: Estate, pack: str = "") -> Outcome:
    """Judge a project by one rule; `pack` is the name of the pack that the rule comes with.

    Raises `PolicyError` when the rule asks for nothing that can be judged.
    """
    return _judge(rule)(rule, rule.card(pack), estate)


def check_gaps(estate: Estate) -> Outcome:
    """The built-in rule `not-analysed`."""
    return gaps.judge_gaps(estate)


def _judge(rule: Rule) -> Judge:
    if rule.deny is not None:
        return _judge_of_deny(rule.deny)
    if rule.allow is not None:
        return use.judge_allowed
    assert rule.require is not None
    return _judge_of_require(rule.require)


def _judge_of_deny(deny: Deny) -> Judge:
    questions: tuple[tuple[object, Judge], ...] = (
        (deny.granted_to is not None, access.judge_grants),
        (deny.over_granted, access.judge_over_granted),
        (deny.together, together.judge_together),
        (deny.built_from, descent.judge_descent),
        (deny.residency, storage.judge_residency),
        (deny.unlabelled, collection.judge_unlabelled),
        (deny.unused, collection.judge_unused),
        (deny.selected_whole, stars.judge_selected_whole),
        (deny.literal, literals.judge_literals),
    )
    return next((judge for asked, judge in questions if asked), use.judge_flows)


def _judge_of_require(require: Require) -> Judge:
    limit = require.retention or RetentionLimit()
    questions: tuple[tuple[object, Judge], ...] = (
        (require.declared, storage.judge_declared),
        (require.facts, fact_requirements.judge_facts),
        (require.reachable, reachability.judge_reachable),
        (require.noticed, notices.judge_noticed),
        (require.covered_by, digests.judge_covered),
        (require.tested, tested.judge_tested),
        (require.known, coverage.judge_known),
        (require.contract, use.judge_contract),
        (require.deletion_duty, deletion.judge_deletion_duty),
        (require.erasable, deletion.judge_erasable),
        (require.erased_within, history.judge_erased_within),
        (require.lasting, lasting.judge_lasting),
        (require.known_place, use.judge_known_place),
        (limit.within, storage.judge_retention_limit),
        (limit.at_least, storage.judge_retention_minimum),
        (require.retention, deletion.judge_retention_growth),
    )
    return next((judge for asked, judge in questions if asked), use.judge_group_size)
