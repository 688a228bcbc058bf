"""The baseline pack: every condition of every rule of it is shown by a test."""

from __future__ import annotations

import pytest

from enforcer.policytest import Tried, coverage_of, mutate, pack_suite, run_suite
from enforcer.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
SUITE = pack_suite("baseline", TAXONOMY)
TESTED = run_suite(SUITE)


@pytest.fixture(scope="module")
def tries() -> list[Tried]:
    return [*mutate(SUITE, TESTED, SUITE.tested, TAXONOMY)]


def test_its_samples_and_cases_pass() -> None:
    """What is shipped does what it says."""
    assert [(one.trial.name, one.problems) for one in TESTED if one.problems] == []


def test_no_change_to_a_rule_survives(tries: list[Tried]) -> None:
    """Each condition, dropped, widened or moved by a step, makes a sample or a case fail."""
    assert len(tries) > 300
    assert [(one.name, one.mutant.change) for one in tries if one.survived] == []


def test_what_is_said_to_be_the_same_is_judged_the_same(tries: list[Tried]) -> None:
    """No world of the pack tells a change from the rule that is shown to change nothing."""
    assert [(t.name, t.mutant.change) for t in tries if t.mutant.same and t.noticed] == []


def test_every_part_of_a_rule_is_exercised(tries: list[Tried]) -> None:
    """Conditions, exceptions, alternatives and parameters: some world would miss each."""
    parts = [
        part
        for name in SUITE.tested
        for part in coverage_of(SUITE, TESTED, name, [t for t in tries if t.name == name])
    ]
    assert [(part.rule, part.part) for part in parts if not part.covered] == []
