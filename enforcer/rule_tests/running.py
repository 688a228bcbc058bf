"""Running the tests of a project's policy, and whatever else was asked for about them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from enforcer.contradictions import contradictions
from enforcer.documents import nearest_or_all
from enforcer.judging import judged_by, open_judge
from enforcer.messages import words_in
from enforcer.policy import OWN_PACK
from enforcer.policytest import Suite, coverage_of, mutate, policy_of, run_suite
from enforcer.rule_tests.lines import (
    Part,
    coverage_lines,
    idle_lines,
    message_lines,
    mutation_lines,
    test_lines,
)
from enforcer.rule_tests.ran import Ran
from enforcer.run import Request, run_check
from enforcer.words import ExitCode, Lang, PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.check import Outcome
    from enforcer.estate import Estate
    from enforcer.policytest import Judging, Policy
    from enforcer.rules import Rule


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What to test, and what to say about it.

    `rules` are those that are tested, all of them where none is named; `mutate`, `coverage` and
    `never_fired` ask for more, and `min_coverage` is the least share that must be covered.
    The outcome is in the language `lang`, or else in that of the configuration.
    """

    path: Path
    rules: tuple[str, ...] = ()
    mutate: bool = False
    coverage: bool = False
    min_coverage: float = 0.0
    never_fired: bool = False
    lang: Lang | None = None


class RuleTests(msgspec.Struct, frozen=True):
    """What the tests came to: lines for people, and the exit code."""

    text: str
    exit_code: ExitCode


def run_rule_tests(wanted: Wanted) -> RuleTests:
    """Test the policy of a project, or those of its rules that are named.

    Raises `PolicyError` for a name that is no rule's, and for a file that cannot be read.
    """
    policy = policy_of(wanted.path)
    _check_names(policy, wanted.rules)
    ran = _run(policy, wanted)
    parts = [test_lines(ran), _contradicting(policy, wanted.rules), *_more(wanted, ran)]
    words = words_in(wanted.lang or policy.configuration.settings.lang)
    lines = [line for part in parts for line in part.lines(words)]
    failed = any(part.failed for part in parts)
    return RuleTests(
        "".join(f"{line}\n" for line in lines), ExitCode.FINDINGS if failed else ExitCode.CLEAN
    )


def _contradicting(policy: Policy, names: Sequence[str]) -> Part:
    """Rules that contradict each other, which a project can only mend where one is its own."""
    found = [
        one
        for one in contradictions(policy.rules, policy.taxonomy)
        if not names or not {*one.rules}.isdisjoint(names)
    ]
    own = {loaded.rule.id for loaded in policy.rules if loaded.pack == OWN_PACK}
    failed = any(not own.isdisjoint(one.rules) for one in found)
    return message_lines([one.message for one in found], failed=failed)


def _check_names(policy: Policy, names: Sequence[str]) -> None:
    known = [loaded.rule.id for loaded in policy.rules]
    for name in names:
        if name not in known:
            step = nearest_or_all(name, known)
            raise PolicyError(Origin("", 0, 0), f"no rule is called `{name}`", step)


def _run(policy: Policy, wanted: Wanted) -> list[Ran]:
    programs = [loaded.rule for suite in policy.suites for loaded in suite.rules.values()]
    with open_judge(programs, policy.configuration, policy.taxonomy) as opened:

        def judging(rule: Rule, estate: Estate) -> Outcome:
            return judged_by(rule, estate, opened)

        return [_ran(suite, policy, wanted, judging) for suite in policy.suites]


def _ran(suite: Suite, policy: Policy, wanted: Wanted, judging: Judging) -> Ran:
    names = tuple(name for name in suite.tested if not wanted.rules or name in wanted.rules)
    tested = run_suite(suite, wanted.rules, judging)
    asked = wanted.mutate or wanted.coverage or wanted.min_coverage
    tries = tuple(mutate(suite, tested, names, policy.taxonomy)) if asked else ()
    return Ran(suite, names, tested, tries)


def _unchanged(ran: Sequence[Ran]) -> list[str]:
    """The rules in Rego, which have no conditions that could be changed one by one."""
    rules = [(name, one.suite.rules[name].rule) for one in ran for name in one.names]
    return [name for name, rule in rules if not (rule.deny or rule.require or rule.allow)]


def _more(wanted: Wanted, ran: Sequence[Ran]) -> Iterator[Part]:
    tries = [one for suite in ran for one in suite.tries]
    if wanted.coverage or wanted.min_coverage:
        elements = [
            element
            for one in ran
            for name in one.names
            for element in coverage_of(
                one.suite, one.tested, name, [t for t in one.tries if t.name == name]
            )
        ]
        yield coverage_lines(elements, wanted.min_coverage)
    if wanted.mutate:
        yield mutation_lines(tries, _unchanged(ran))
    if wanted.never_fired:
        report = run_check(Request(path=wanted.path)).report
        yield idle_lines([o for o in report.rules if not wanted.rules or o.rule.id in wanted.rules])
