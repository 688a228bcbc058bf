"""What `fieldgate test` runs: every rule in the two small worlds of its own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.config import load_config
from enforcer.documents import nearest_or_all
from enforcer.engines.connecting import load_all_rules
from enforcer.judging import judged_by, open_judge
from enforcer.messages import words_in
from enforcer.places import find_places, load_places
from enforcer.policytest import run_samples
from enforcer.taxonomy import load_taxonomy
from enforcer.words import ExitCode, PolicyError, say
from lineage import Origin
from lineage.shown import plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from enforcer.check import Outcome
    from enforcer.estate import Estate
    from enforcer.messages import Words
    from enforcer.packs import LoadedRule
    from enforcer.rules import Rule
    from enforcer.words import Lang, Message


class RuleTests(msgspec.Struct, frozen=True):
    """What the tests of rules came to: a line a rule and a last one, and the exit code."""

    text: str
    exit_code: ExitCode


def run_rule_tests(path: Path, names: Sequence[str], lang: Lang | None = None) -> RuleTests:
    """Test the rules of the project at `path`, or those of them that are named.

    The outcome is in the language `lang`, or else in that of the configuration.

    Raises `PolicyError` for a name that is no rule's, and for a rule that cannot be read.
    """
    configuration, taxonomy = load_config(path), load_taxonomy()
    places = load_places(configuration, taxonomy)
    rules = _chosen(load_all_rules(configuration, taxonomy, tuple(places)), names)
    with open_judge((rule.rule for rule in rules), configuration, taxonomy) as opened:

        def judge(rule: Rule, estate: Estate) -> Outcome:
            return judged_by(rule, estate, opened)

        results = [
            (rule, run_samples(rule.rule, taxonomy, find_places, places, judge)) for rule in rules
        ]
    words = words_in(lang or configuration.settings.lang)
    lines = [line for rule, result in results for line in _lines(rule, result.problems, words)]
    failed = sum(not result.passed for _rule, result in results)
    lines.append(words(say("rules-tested", number=len(results), failed=failed)))
    return RuleTests(
        "".join(f"{line}\n" for line in lines), ExitCode.FINDINGS if failed else ExitCode.CLEAN
    )


def _chosen(rules: Sequence[LoadedRule], names: Sequence[str]) -> list[LoadedRule]:
    known = {rule.card.id: rule for rule in rules}
    for name in names:
        if name not in known:
            step = nearest_or_all(name, known)
            raise PolicyError(Origin("", 0, 0), f"no rule is called `{name}`", step)
    return [known[name] for name in names] or list(rules)


def _lines(rule: LoadedRule, problems: Sequence[Message], words: Words) -> list[str]:
    name = plain(rule.card.id)
    if not problems:
        return [words(say("test-passed", rule=name))]
    failed = words(say("test-failed", rule=name, file=plain(rule.file)))
    return [failed, *(f"      {plain(words(problem))}" for problem in problems)]
