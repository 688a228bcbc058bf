"""Rules and names that are made to break the engine end as an error of their own, every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from enforcer.engines.embedded import Embedded
from enforcer.engines.engine import UnjudgedError
from enforcer.engines.judge import Judge
from enforcer.engines.limits import Limits
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.engines.engine import Answer
    from enforcer.rego import RegoRule
    from enforcer.rego.source import Source
    from enforcer.taxonomy import Taxonomy

    MakeRule = Callable[[str], RegoRule]

SMALL: Final = Limits(memory=500 << 20, processor=3, compiling=3.0, loading=3.0, judging=3.0)


def _steps(first: str, step: str, number: int) -> str:
    """`x0 := first`, and so many more, each made of the one before it."""
    lines = [f"x0 := {first}"]
    lines += [f"x{n} := {step.format(f'x{n - 1}')}" for n in range(1, number)]
    return "\n".join([*lines, f"deny := [x{number - 1}]"])


def _calls(depth: int) -> str:
    """Functions that call each other so deep."""
    lines = ["f0(x) := x"]
    lines += [f"f{n}(x) := f{n - 1}(x)" for n in range(1, depth)]
    return "\n".join([*lines, f"deny := [f{depth - 1}(1)]"])


BOMBS: Final = {
    "a range that fills the memory": "deny := numbers.range(1, 100000000)",
    "an array doubled thirty times": _steps("[1]", "array.concat({0}, {0})", 30),
    "sharing nested twenty-six times": _steps("[1]", "[{0}, {0}]", 26),
    "a number squared thirty times": _steps("7", "{0} * {0}", 30),
    "brackets ten thousand deep": f"deny := {'[' * 10_000}{']' * 10_000}",
    "a union of all pairs": (
        "deny := [[i, j, k] | some i in numbers.range(1, 1000);"
        " some j in numbers.range(1, 1000); some k in numbers.range(1, 1000)]"
    ),
    "a rule that is made of itself": "p := q\nq := p\ndeny := [p]",
    "a function that calls itself": "f(x) := f(x + 1)\ndeny := [f(1)]",
    "calls two thousand deep": _calls(2_000),
}


def _run(engine: Embedded, program: Source) -> Answer:
    engine.compile(program)
    engine.load([program])
    return engine.judge(program, {})


@pytest.mark.threat(32)
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_stopped_and_named(name: str, rule: MakeRule) -> None:
    """What eats memory, time or the stack ends as an error about that rule, and nothing else."""
    made = rule(BOMBS[name])
    with Embedded(SMALL) as engine, pytest.raises((UnjudgedError, PolicyError)) as caught:
        _run(engine, made.program)
    assert "some-rule" in str(caught.value)


@pytest.mark.threat(32)
def test_the_next_rule_is_judged_all_the_same(rule: MakeRule) -> None:
    """An engine that was killed by one rule is started anew for the next."""
    with Embedded(SMALL) as engine:
        bomb = rule(BOMBS["a range that fills the memory"]).program
        with pytest.raises(UnjudgedError):
            _run(engine, bomb)
        fine = rule("deny := []").program
        assert _run(engine, fine).deny == []


LONG: Final = 1 << 20


@pytest.mark.threat(30)
@pytest.mark.parametrize(
    "condition",
    [
        'contains(r.facts.note, "password")',
        'startswith(r.facts.note, "aa")',
        'count(split(r.facts.note, "a")) > 1',
        'indexof(r.facts.note, "b") == -1',
        'trim_left(r.facts.note, "a") == ""',
    ],
)
def test_a_long_text_does_not_kill_a_correct_rule(condition: str, rule: MakeRule) -> None:
    """A description of a megabyte is judged like any other by every function on texts."""
    made = rule(
        'deny contains {"relation": r.name} if {\n\tsome r in input.relations\n\t'
        + condition
        + "\n}"
    )
    document = {"relations": {"t": {"name": "t", "facts": {"note": "a" * LONG + "password"}}}}
    if "trim_left" in condition or "indexof" in condition:
        document["relations"]["t"]["facts"]["note"] = "a" * LONG  # type: ignore[index]
    with Embedded() as engine:
        engine.load([made.program])
        assert engine.judge(made.program, document).deny == [{"relation": "t"}]


PATTERNS: Final = [
    "^(a+)+$",
    "(a|a)*b",
    "(.*a){20}",
    "(a|b)*c",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "a{1000}{1000}",
]


@pytest.mark.threat(31)
@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("function", ["regex.match", "regex.find_n", "regex.split", "glob.match"])
def test_no_pattern_of_a_rule_is_ever_matched(
    pattern: str, function: str, rule: MakeRule, taxonomy: Taxonomy
) -> None:
    """The engine's patterns can take for ever, so a rule with one does not begin."""
    arguments = (
        f"`{pattern}`, input.day" if function != "glob.match" else f"`{pattern}`, [], input.day"
    )
    if function == "regex.find_n":
        arguments += ", 1"
    made = rule(f'deny contains {{"relation": "a"}} if {{\n\tx := {function}({arguments})\n\tx\n}}')
    with pytest.raises(PolicyError, match="which a rule may not"), Judge([made], taxonomy):
        pass
