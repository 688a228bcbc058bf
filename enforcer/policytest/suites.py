"""Suites: rules that are tested together, and all the worlds they are tried in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from enforcer.check import Outcome, check
from enforcer.packs import LoadedRule
from enforcer.policytest.cases import case_trials
from enforcer.policytest.trials import Judging, Trial, judge, sample_trials
from enforcer.rules import Equivalent
from enforcer.words import Message
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from enforcer.documents import Document
    from enforcer.policytest.trials import Outcomes
    from enforcer.policytest.worlds import Surroundings
    from enforcer.rules import CasesFile, Rule


class Suite(msgspec.Struct, frozen=True):
    """Rules, the worlds they are tried in, and the changes to them that no world can show.

    `tested` are the ids of those that the suite is about; others only judge in its cases.
    """

    rules: Mapping[str, LoadedRule]
    tested: tuple[str, ...]
    trials: tuple[Trial, ...]
    equivalent: tuple[tuple[Equivalent, Origin], ...] = ()

    @property
    def plain_rules(self) -> dict[str, Rule]:
        """The rules without where they come from."""
        return {name: loaded.rule for name, loaded in self.rules.items()}


class Tested(msgspec.Struct, frozen=True):
    """What became of a trial: what the rules found in it, and what is wrong with that."""

    trial: Trial
    outcomes: Mapping[str, Outcome]
    problems: tuple[Message, ...]


def suite_of(
    rules: Sequence[LoadedRule],
    tested: Sequence[str],
    documents: Sequence[Document[CasesFile]],
    around: Surroundings,
) -> Suite:
    """The suite of some rules, with the cases of files that speak of them.

    Raises `PolicyError` for a world that cannot be made, and for a case about what is not in it.
    """
    known = {loaded.rule.id: loaded for loaded in rules}
    samples = (sample_trials(known[name].rule, known[name].file, around) for name in tested)
    cases = (case_trials(document, known, around) for document in documents)
    return Suite(
        rules=known,
        tested=tuple(tested),
        trials=tuple(trial for trials in (*samples, *cases) for trial in trials),
        equivalent=tuple(
            (entry, document.origin("equivalent", number))
            for document in documents
            for number, entry in enumerate(document.value.equivalent)
            if entry.rule in known
        ),
    )


def run_suite(
    suite: Suite, names: Collection[str] = (), judging: Judging = check
) -> tuple[Tested, ...]:
    """Judge the worlds of a suite, all or those that some rules judge."""
    rules = suite.plain_rules
    trials = (trial for trial in suite.trials if not names or trial.rules.intersection(names))
    return tuple(_tested(trial, judge(trial, rules, judging)) for trial in trials)


def _tested(trial: Trial, outcomes: Outcomes) -> Tested:
    return Tested(trial, outcomes, trial.asks(outcomes))
