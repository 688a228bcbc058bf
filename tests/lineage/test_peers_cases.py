"""Column lineage against what the public suites of other tools expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .peers.answers import Answer, Made, answer
from .peers.cases import SUITES, Case, Flow, parts, plain, read_cases, same_relation
from .peers.disputes import Dispute, Proof, read_disputes, refusal, shows_flow
from .peers.score import Outcome, score

if TYPE_CHECKING:
    from pathlib import Path

    from .peers.cases import Name

_DISPUTES = {dispute.case: dispute for dispute in read_disputes()}


@pytest.fixture(scope="module")
def cases(corpora: Path) -> dict[str, Case]:
    return {c.id: c for suite in SUITES for c in read_cases(corpora / "cases", suite)}


def test_what_other_suites_expect_is_what_is_found(cases: dict[str, Case]) -> None:
    """At least 99 of 100 undisputed cases of other tools' suites come out as they expect."""
    undisputed = [case for case in cases.values() if case.id not in _DISPUTES]
    scored = {case.id: score(case, answer(case)) for case in undisputed}
    others = {name: found for name, found in scored.items() if found[0] is not Outcome.EXACT}

    assert len(others) <= len(undisputed) / 100, others


def test_no_case_is_answered_differently_without_a_gap(cases: dict[str, Case]) -> None:
    """An undisputed case comes out as expected, or Fieldgate says that it is not sure."""
    wrong = {
        case.id: differences
        for case in cases.values()
        if case.id not in _DISPUTES
        for outcome, differences in [score(case, answer(case))]
        if outcome is Outcome.WRONG
    }

    assert wrong == {}


@pytest.mark.parametrize("name", _DISPUTES)
def test_a_disputed_case_exists_and_comes_out_differently(
    cases: dict[str, Case], name: str
) -> None:
    """A dispute is about a case that there is, and Fieldgate does not say what it expects."""
    outcome, _differences = score(cases[name], answer(cases[name]))

    assert outcome is not Outcome.EXACT


@pytest.mark.parametrize("dispute", _DISPUTES.values(), ids=lambda d: d.case)
def test_a_dispute_is_proved_by_execution(cases: dict[str, Case], dispute: Dispute) -> None:
    """A database shows the flow that the suite denies, none that it claims, or refuses."""
    case = cases[dispute.case]

    assert dispute.proofs or dispute.refused
    for proof in dispute.proofs:
        assert shows_flow(case.written, proof) is proof.flows, proof
        assert _says(case, proof) is proof.flows, proof
        assert _expects(case, proof) is not proof.flows, proof
    if dispute.refused is not None:
        assert dispute.refused.message in refusal(case.written, dispute.refused.world)


def _says(case: Case, proof: Proof) -> bool:
    """Whether Fieldgate reports the flow of a proof."""
    given = answer(case)
    if proof.target == "*":
        return _names(proof.source, tuple(given.predicates or ()))
    return any(
        _names(proof.source, tuple(made.named))
        for made in given.made
        if plain(made.target[1]) == plain(proof.target)
    )


def _expects(case: Case, proof: Proof) -> bool:
    """Whether the suite expects the flow of a proof."""
    if proof.target == "*":
        predicates = tuple((".".join(parts(p)[:-1]), parts(p)[-1]) for p in case.predicates or ())
        return _names(proof.source, predicates)
    return any(
        _names(proof.source, flow.sources)
        for flow in case.expected
        if plain(flow.target[1]) == plain(proof.target)
    )


def _names(column: str, among: tuple[Name, ...]) -> bool:
    *relation, name = parts(column)
    return any(
        same_relation(".".join(relation), other) and plain(found) == name for other, found in among
    )


# -- the comparison itself ----------------------------------------------------------------------


def _case(*flows: Flow, partial: bool = False, suite: str = "sqllineage") -> Case:
    return Case(f"{suite}/x", "", "", {}, flows, partial=partial)


def _made(target: str, *, values: str = "", named: str = "", shaping: str = "") -> Made:
    answers = [_set(values), _set(f"{values} {named}"), _set(f"{values} {named} {shaping}")]
    return Made(("result:1", target), *answers)


def _set(names: str) -> frozenset[Name]:
    return frozenset(("db.t", name) for name in names.split())


_EXPECTED = Flow((None, "a"), (("t", "x"), ("t", "y")))
_SCORES = [
    ("as expected", _case(_EXPECTED), [_made("a", values="x y")], Outcome.EXACT),
    ("one too few", _case(_EXPECTED), [_made("a", values="x")], Outcome.WRONG),
    ("one too many", _case(_EXPECTED), [_made("a", values="x y z")], Outcome.WRONG),
    ("another relation", _case(Flow((None, "a"), (("u", "x"),))), [_made("a", values="x")],
     Outcome.WRONG),
    ("no such target", _case(_EXPECTED), [_made("b", values="x y")], Outcome.WRONG),
    ("an unnamed target", _case(Flow((None, "max(x)"), (("t", "x"),))),
     [_made("_col_0", values="x")], Outcome.EXACT),
    ("a condition is missed", _case(_EXPECTED), [_made("a", values="x", shaping="y")],
     Outcome.WRONG),
    ("a condition is found", _case(_EXPECTED), [_made("a", values="x", named="y")],
     Outcome.EXACT),
    ("a condition beyond what is expected", _case(_EXPECTED),
     [_made("a", values="x y", named="z")], Outcome.WRONG),
    ("a condition that sqlglot leaves out", _case(_EXPECTED, suite="sqlglot"),
     [_made("a", values="x y", named="z")], Outcome.EXACT),
    ("a correlated filter that recce lists", _case(_EXPECTED, suite="recce"),
     [_made("a", values="x", shaping="y z")], Outcome.EXACT),
    ("another target", _case(_EXPECTED), [_made("a", values="x y"), _made("b", values="x")],
     Outcome.WRONG),
    ("another target of a partial case", _case(_EXPECTED, partial=True),
     [_made("a", values="x y"), _made("b", values="x")], Outcome.EXACT),
    ("another target that is made of nothing", _case(_EXPECTED),
     [_made("a", values="x y"), _made("b")], Outcome.EXACT),
    ("nothing where nothing is expected", _case(Flow((None, "a"), ())), [_made("a")],
     Outcome.EXACT),
    ("something where nothing is expected", _case(Flow((None, "a"), ())),
     [_made("a", values="x")], Outcome.WRONG),
    ("some column of a star", _case(Flow((None, "a"), (("t", "*"),))), [_made("a", values="x")],
     Outcome.EXACT),
    ("the star of another relation", _case(Flow((None, "a"), (("u", "*"),))),
     [_made("a", values="x")], Outcome.WRONG),
    ("a star that is not told of", _case(Flow((None, "*"), (("t", "*"),))), [], Outcome.WRONG),
]  # fmt: skip


@pytest.mark.parametrize(("what", "case", "made", "outcome"), _SCORES, ids=[s[0] for s in _SCORES])
def test_an_answer_is_exact_only_if_it_is_what_is_expected(
    what: str, case: Case, made: list[Made], outcome: Outcome
) -> None:
    """What is missing or added is wrong, unless the suite's own convention leaves it open."""
    assert score(case, Answer(tuple(made)))[0] is outcome, what


def test_a_failure_is_no_wrong_answer() -> None:
    """A tool that says it cannot tell has failed, which is not the same as being wrong."""
    case = _case(_EXPECTED)

    assert score(case, Answer(failure="no"))[0] is Outcome.FAILED
    assert score(case, Answer((_made("a", values="x y"),), failure="no"))[0] is Outcome.EXACT
