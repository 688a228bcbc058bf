"""Scores: whether an answer is what a suite expects, by that suite's own convention.

Suites differ in what they call lineage. All of them list what is carried over. Of what only
decides a value (conditions of CASE, keys of windows), sqllineage and OpenLineage list all,
sqlglot some; recce also lists what a correlated subquery tests. None lists what decides
about rows beside the target. So an expected set must hold at least what this convention
always lists, and at most what it ever does.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from .cases import Name, parts, plain, same_relation

if TYPE_CHECKING:
    from .answers import Answer, Made
    from .cases import Case, Flow

STAR = "*"
_IS_NAME = re.compile(r"[a-z]\w*", re.IGNORECASE)  # anything else stands for a column without one


class Outcome(StrEnum):
    """What became of a case; `FAILED` where the tool itself says that it cannot tell."""

    EXACT = "exact"
    WRONG = "wrong"
    FAILED = "failed"


class Convention(msgspec.Struct, frozen=True):
    """Which of the three answers a suite always lists, and which it may list."""

    always: str
    ever: str


_CONVENTIONS = {
    "sqllineage": Convention("named", "named"),
    "openlineage": Convention("named", "named"),
    "sqlglot": Convention("values", "named"),
    "recce": Convention("named", "shaping"),
}


def score(case: Case, answer: Answer) -> tuple[Outcome, list[str]]:
    """The outcome and, where it is not exact, what differs."""
    differences = [*_differences(case, answer), *_predicates(case, answer)]
    if not differences:
        return Outcome.EXACT, []
    if answer.failure:
        return Outcome.FAILED, [answer.failure, *differences]
    return Outcome.WRONG, differences


def _differences(case: Case, answer: Answer) -> list[str]:
    convention = _CONVENTIONS[case.suite]
    pairs, missing, extra = _paired(case, answer)
    found = [
        f"{_shown(flow.target)}: expected {_names(flow.sources)}, got {_names(made.named)}"
        for flow, made in pairs
        if not _agrees(flow, made, answer, convention)
    ]
    found += [
        f"{_shown(flow.target)}: expected {_names(flow.sources)}, no such target"
        for flow in missing
        if flow.sources and not _is_met_by_star(flow, answer)
    ]
    if not case.partial:
        found += [
            f"{_shown(made.target)}: not expected, got {_names(made.named)}"
            for made in extra
            if getattr(made, convention.always) and not _is_of_star(case, made)
        ]
    return found


def _paired(case: Case, answer: Answer) -> tuple[list[tuple[Flow, Made]], list[Flow], list[Made]]:
    """Targets by name, those that are left by position; and what has no partner."""
    left = list(answer.made)
    pairs, unnamed = [], []
    for flow in case.expected:
        made = next((m for m in left if _is_target(flow.target, m.target)), None)
        if made is None:
            unnamed.append(flow)
        else:
            left.remove(made)
            pairs.append((flow, made))
    missing = []
    for flow in unnamed:
        near = (m for m in left if same_relation(flow.target[0], m.target[0]))
        at = None if _IS_NAME.fullmatch(flow.target[1]) else next(near, None)
        if at is None or flow.target[1] == STAR:
            missing.append(flow)
        else:
            left.remove(at)
            pairs.append((flow, at))
    return pairs, missing, left


def _is_target(expected: Name, got: Name) -> bool:
    return plain(expected[1]) == plain(got[1]) and same_relation(expected[0], got[0])


def _agrees(flow: Flow, made: Made, answer: Answer, convention: Convention) -> bool:
    always, ever = getattr(made, convention.always), getattr(made, convention.ever)
    stars = [s for s in flow.sources if s[1] == STAR]
    listed = [s for s in flow.sources if s[1] != STAR]
    return (
        all(any(_is_same(s, got) for s in flow.sources) for got in always)
        and all(any(_is_same(s, got) for got in ever) for s in listed)
        and all(_has_star(s, made, answer) for s in stars)
    )


def _is_same(expected: Name, got: Name) -> bool:
    if not same_relation(expected[0], got[0]):
        return False
    return expected[1] == STAR or plain(expected[1]) == plain(got[1])


def _has_star(star: Name, made: Made, answer: Answer) -> bool:
    """Some column of a relation, its rows where the target is made of no column, or all."""
    looked = made.named or made.shaping
    return any(_is_same(star, got) for got in looked) or _is_star(star, answer)


def _is_star(star: Name, answer: Answer) -> bool:
    return any(same_relation(star[0], name) for name in answer.stars)


def _is_met_by_star(flow: Flow, answer: Answer) -> bool:
    """A star over unknown columns is expected, and the answer says that they are unknown."""
    stars = [s for s in flow.sources if s[1] == STAR]
    return flow.target[1] == STAR and bool(stars) and all(_is_star(s, answer) for s in stars)


def _is_of_star(case: Case, made: Made) -> bool:
    """A target that a suite leaves in its star, made of what it lists for that star."""
    stars = [f for f in case.expected if _is_target((f.target[0], STAR), f.target)]
    return any(
        same_relation(f.target[0], made.target[0])
        and all(any(_is_same(s, got) for s in f.sources) for got in made.named)
        for f in stars
    )


def _predicates(case: Case, answer: Answer) -> list[str]:
    if case.predicates is None or answer.predicates is None:
        return []
    expected: set[Name] = {(".".join(parts(p)[:-1]), parts(p)[-1]) for p in case.predicates}
    missing = [e for e in expected if not any(_is_same(e, got) for got in answer.predicates)]
    extra = [got for got in answer.predicates if not any(_is_same(e, got) for e in expected)]
    if not missing and not extra:
        return []
    return [f"predicates: expected {_names(expected)}, got {_names(answer.predicates)}"]


def _names(names: frozenset[Name] | set[Name] | tuple[Name, ...]) -> str:
    return ", ".join(sorted(_shown(name) for name in names)) or "nothing"


def _shown(name: Name) -> str:
    return ".".join(part for part in name if part)
