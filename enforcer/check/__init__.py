"""The checks: one question for each key that a rule may ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check import (
    access,
    collection,
    columns,
    contracts,
    coverage,
    deletion,
    descent,
    digests,
    fact_requirements,
    gaps,
    groups,
    history,
    joins,
    lasting,
    literals,
    notices,
    purposes,
    reachability,
    standing,
    stars,
    storage,
    tested,
    together,
    use,
)
from enforcer.check.gaps import NOT_ANALYSED
from enforcer.check.outcome import Outcome
from enforcer.rules import RetentionLimit
from enforcer.words import PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    if rule.allow is not None:
        return use.judge_allowed
    asked = _asked_of_deny(rule.deny) if rule.deny is not None else _asked_of(rule.require)
    judge = next((judge for is_asked, judge in asked if is_asked), None)
    if judge is None:
        what = "nothing judges what this rule asks for"
        raise PolicyError(Origin(rule.id, 1, 1), what, "ask for something else")
    return judge


def _asked_of_deny(deny: Deny) -> Iterator[tuple[object, Judge]]:
    yield deny.granted_to is not None, access.judge_grants
    yield deny.over_granted, access.judge_over_granted
    yield deny.together, together.judge_together
    yield deny.beyond_purpose, purposes.judge_purposes
    yield deny.joined, joins.judge_joined
    yield deny.built_from, descent.judge_descent
    yield deny.residency, storage.judge_residency
    yield deny.unlabelled, collection.judge_unlabelled
    yield deny.unused, collection.judge_unused
    yield deny.selected_whole, stars.judge_selected_whole
    yield deny.literal, literals.judge_literals
    yield deny.columns, columns.judge_columns
    yield deny.into is not None, use.judge_flows


def _asked_of(require: Require | None) -> Iterator[tuple[object, Judge]]:
    assert require is not None
    limit = require.retention or RetentionLimit()
    yield require.declared, storage.judge_declared
    yield require.facts, fact_requirements.judge_facts
    yield require.reachable, reachability.judge_reachable
    yield require.noticed, notices.judge_noticed
    yield require.covered_by, digests.judge_covered
    yield require.tested, tested.judge_tested
    yield require.known, coverage.judge_known
    yield require.contract, contracts.judge_contract
    yield require.approved, contracts.judge_approved
    yield require.deletion_duty, deletion.judge_deletion_duty
    yield require.erasable, deletion.judge_erasable
    yield require.erased_within, history.judge_erased_within
    yield require.lasting, lasting.judge_lasting
    yield require.standing, standing.judge_standing
    yield require.known_place, use.judge_known_place
    yield limit.within, storage.judge_retention_limit
    yield limit.at_least, storage.judge_retention_minimum
    yield require.retention, deletion.judge_retention_growth
    yield require.group_size, groups.judge_group_size
