"""The rules that packs share: every condition of every rule of them is shown by a test.

Each is judged once with its own values. What a pack gives it other values for is judged again,
with the cases of that pack, as far as those values go.
"""

from __future__ import annotations

import msgspec
import pytest

from enforcer.packs import REGO, SHARED, LoadedPack, case_files, load_pack, load_rule, rule_files
from enforcer.packs import shipped_packs as shipped
from enforcer.places import find_places
from enforcer.policytest import Suite, Tried, coverage_of, mutate, pack_suite, run_suite
from enforcer.policytest.cases import read_cases
from enforcer.policytest.suites import suite_of
from enforcer.policytest.worlds import Surroundings
from enforcer.shipped import policies_folder
from enforcer.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
# What leaves nobody out until a pack gives it a value, so that no world can show it by itself.
ONLY_IN_PACKS = {
    ("encryption-not-declared", "levels"),
    ("prohibited-category-collected", "collectors"),
}


def _library() -> Suite:
    """All shared rules in YAML, of which those are tested that the baseline has not."""
    root = policies_folder()
    files = rule_files(root / SHARED)
    rules = [
        load_rule(root, f"{SHARED}/{file}", SHARED, TAXONOMY)
        for file in files
        if not file.endswith(REGO)
    ]
    names = [file.partition(".")[0] for file in files]
    documents = [
        read_cases(root, f"{SHARED}/{file}", TAXONOMY, names, name_rules=True)
        for file in case_files(root / SHARED)
    ]
    known = {loaded.rule.id for loaded in rules} - {*pack_suite("baseline", TAXONOMY).tested}
    return suite_of(rules, sorted(known), documents, Surroundings(TAXONOMY, find_places))


def _with_values(pack: LoadedPack) -> list[str]:
    """The rules to which a pack gives values of its law."""
    return [loaded.rule.id for loaded in pack.rules if loaded.values]


LIBRARY = _library()
TESTED = run_suite(LIBRARY, LIBRARY.tested)
PACKS = {name: load_pack(name, TAXONOMY) for name in shipped()}
WITH_VALUES = [name for name, pack in PACKS.items() if _with_values(pack)]


@pytest.fixture(scope="module")
def tries() -> list[Tried]:
    return [*mutate(LIBRARY, TESTED, LIBRARY.tested, TAXONOMY)]


def test_their_samples_and_cases_pass() -> None:
    """What is shipped does what it says."""
    assert [(one.trial.name, one.problems) for one in TESTED if one.problems] == []


def test_no_change_to_a_shared_rule_survives(tries: list[Tried]) -> None:
    """Each condition, dropped, widened or moved by a step, makes a sample or a case fail."""
    assert len(tries) > 1500
    assert [(one.name, one.mutant.change) for one in tries if one.survived] == []


def test_what_is_said_to_be_the_same_is_judged_the_same(tries: list[Tried]) -> None:
    """No world tells a change from the rule that is shown to change nothing."""
    assert [(t.name, t.mutant.change) for t in tries if t.mutant.same and t.noticed] == []


def test_every_part_of_a_shared_rule_is_exercised(tries: list[Tried]) -> None:
    """Conditions, exceptions, alternatives and parameters: some world would miss each."""
    of_rule: dict[str, list[Tried]] = {}
    for one in tries:
        of_rule.setdefault(one.name, []).append(one)
    parts = [
        part
        for name in LIBRARY.tested
        for part in coverage_of(LIBRARY, TESTED, name, of_rule[name])
    ]
    missing = {(part.rule, part.part) for part in parts if not part.covered}
    assert missing == ONLY_IN_PACKS


@pytest.mark.parametrize("name", WITH_VALUES)
def test_no_change_to_a_value_of_a_law_survives(name: str) -> None:
    """What a pack says otherwise than the shared rule is shown by its samples and cases."""
    given = _with_values(PACKS[name])
    suite = pack_suite(name, TAXONOMY, given)
    about = tuple(trial for trial in suite.trials if not trial.rules.isdisjoint(given))
    suite = msgspec.structs.replace(suite, trials=about)
    tested = run_suite(suite, given)
    assert [(one.trial.name, one.problems) for one in tested if one.problems] == []
    tries = [*mutate(suite, tested, given, TAXONOMY)]
    assert tries
    assert [(one.name, one.mutant.change) for one in tries if one.survived] == []
