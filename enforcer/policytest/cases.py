"""Files of cases, from their text to worlds in which rules are tried."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from enforcer.check import NOT_ANALYSED, check_gaps
from enforcer.documents import Document, nearest_or_all, read_document
from enforcer.documents.nearest import quoted
from enforcer.policytest.expectations import check_names, problems_of
from enforcer.policytest.trials import Trial
from enforcer.policytest.worlds import Surroundings, estate_of
from enforcer.rule_sense import check_sample
from enforcer.rules import CasesFile
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path as FilePath

    from enforcer.estate import Estate
    from enforcer.policytest.trials import Asks, Outcomes
    from enforcer.rules import Case
    from enforcer.taxonomy import Taxonomy
    from enforcer.words import Message

    Path = tuple[str | int, ...]

_TESTS: Final = "tests"
# One of these must say what a case asks for.
ASKING: Final = ("expect", "not_expected", "not_judged")
_EXPECTATIONS: Final = ("expect", "not_expected")


def read_cases(
    root: FilePath,
    path: str,
    taxonomy: Taxonomy,
    rules: Collection[str],
    *,
    name_rules: bool = False,
) -> Document[CasesFile]:
    """The cases in a file below `root`, which may speak of these rules.

    With `name_rules` each must name those that judge it. Raises `PolicyError` where it cannot
    be read, names a rule that there is not, or has a case that asks for nothing.
    """
    document = read_document(root, path, CasesFile)
    check_cases(document, taxonomy, rules)
    for number, case in enumerate(document.value.tests):
        if name_rules and case.rules is None:
            step = "name the rules that judge it"
            raise PolicyError(document.origin(_TESTS, number), "this case has no `rules`", step)
    return document


def check_cases(document: Document[CasesFile], taxonomy: Taxonomy, rules: Collection[str]) -> None:
    """Whether cases about these rules make sense; raises `PolicyError`."""
    seen: set[str] = set()
    for number, case in enumerate(document.value.tests):
        at: Path = (_TESTS, number)
        if case.name in seen:
            what = f"two cases are called {quoted(case.name)}"
            raise PolicyError(document.origin(*at, "name"), what, "rename one of them")
        seen.add(case.name)
        _check_case(document, at, case, rules)
        check_sample(document, at, case, taxonomy)
    for number, entry in enumerate(document.value.equivalent):
        _check_rule(document, ("equivalent", number, "rule"), entry.rule, rules)


def _check_case(
    document: Document[CasesFile], at: Path, case: Case, rules: Collection[str]
) -> None:
    if all(getattr(case, key) is None for key in ASKING):
        step = "write `expect`, `not_expected` or `not_judged`"
        raise PolicyError(document.origin(*at), "this case expects nothing", step)
    for key in ("rules", "not_judged"):
        for number, name in enumerate(getattr(case, key) or ()):
            _check_rule(document, (*at, key, number), name, rules)
    judging = case.rules or rules
    for path, name in _rules_expected(case, at):
        _check_rule(document, path, name, {*judging, NOT_ANALYSED.id})
    for number, name in enumerate(case.not_judged or ()):
        _check_rule(document, (*at, "not_judged", number), name, judging)


def _rules_expected(case: Case, at: Path) -> Iterator[tuple[Path, str]]:
    for key in _EXPECTATIONS:
        for number, expected in enumerate(getattr(case, key) or ()):
            if expected.rule:
                yield (*at, key, number, "rule"), expected.rule


def _check_rule(
    document: Document[CasesFile], path: Path, name: str, rules: Collection[str]
) -> None:
    if name not in rules:
        what = f"no rule that judges here is called {quoted(name)}"
        raise PolicyError(document.origin(*path), what, nearest_or_all(name, rules))


def case_trials(
    document: Document[CasesFile], rules: Collection[str], around: Surroundings
) -> Iterator[Trial]:
    """The worlds of a file's cases; those that name no rules are judged by all of these.

    A case about rules that are not among these, of a file that packs share, is left out. Raises
    `PolicyError` for an expectation about a column or relation that is not there.
    """
    for number, case in enumerate(document.value.tests):
        if not {*(case.rules or ())} <= {*rules}:
            continue
        at: Path = (_TESTS, number)
        estate = estate_of(case, case.name, around)
        for key in _EXPECTATIONS:
            for index, expected in enumerate(getattr(case, key) or ()):
                check_names(expected, estate, partial(document.origin, *at, key, index))
        judging = frozenset(case.rules or rules)
        yield Trial(case.name, document.origin(*at), judging, estate, _asks(case, estate))


def _asks(case: Case, estate: Estate) -> Asks:
    gaps = check_gaps(estate)

    def asks(outcomes: Outcomes) -> tuple[Message, ...]:
        return tuple(problems_of(case, {**outcomes, NOT_ANALYSED.id: gaps}))

    return asks
