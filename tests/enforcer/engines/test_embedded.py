"""The embedded engine is in a process that sees nothing, says nothing and comes to an end."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcer.engines import embedded
from enforcer.engines.embedded import Embedded
from enforcer.engines.engine import UnjudgedError
from enforcer.engines.limits import Limits
from enforcer.rego import parse_rego_rule
from enforcer.words import PolicyError
from lineage.supervised import Supervised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from enforcer.rego import RegoRule

    MakeRule = Callable[[str], RegoRule]

ECHO = 'deny := [{"relation": r.name} | some r in input.relations]'


@pytest.fixture(scope="module")
def engine() -> Iterator[Embedded]:
    with Embedded() as opened:
        yield opened


def ask(engine: Embedded, made: RegoRule, document: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """What a rule says, without any check of what it calls."""
    engine.load([made.program])
    return engine.judge(made.program, document).deny


@pytest.mark.threat(33)
def test_the_environment_is_not_there(rule: MakeRule, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a rule that got past the checks finds no secret in the engine's process."""
    monkeypatch.setenv("DEPLOY_SECRET", "canary")
    made = rule("deny := [k | some k; opa.runtime().env[k]]")
    with Embedded() as fresh:
        assert "DEPLOY_SECRET" not in ask(fresh, made, {})


@pytest.mark.threat(34)
def test_what_the_engine_prints_goes_nowhere(
    rule: MakeRule, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither a policy nor the engine itself can write into the log of a build."""
    made = rule('deny := [1 | print("::error::x"); 1 == 1]')
    with Embedded() as fresh:
        assert ask(fresh, made, {}) == [1]
        with pytest.raises(PolicyError):
            fresh.compile(rule("deny := [").program)
    assert capfd.readouterr() == ("", "")


ENDLESS = "deny := [1 | some i in numbers.range(1, 1000000000); i < 0]"


@pytest.mark.threat(32)
def test_a_rule_that_does_not_end_is_stopped_and_named(rule: MakeRule) -> None:
    """The wall clock ends it; the error says which rule it was."""
    made = rule(ENDLESS)
    with Embedded(Limits(judging=0.3)) as fresh:
        fresh.load([made.program])
        with pytest.raises(UnjudgedError, match=r"rule some-rule: stopped after 0\.3 s"):
            fresh.judge(made.program, {})


@pytest.mark.threat(32)
def test_a_rule_that_takes_all_memory_is_stopped_and_named(rule: MakeRule) -> None:
    """The process ends itself before the machine has no memory left."""
    made = rule(ENDLESS)
    with Embedded(Limits(memory=600 << 20)) as fresh:
        fresh.load([made.program])
        with pytest.raises(UnjudgedError, match="rule some-rule: the engine's process died"):
            fresh.judge(made.program, {})


@pytest.mark.threat(32)
def test_a_rule_that_takes_all_time_of_the_processor_is_stopped(rule: MakeRule) -> None:
    """The system ends a process that computes for too long."""
    made = rule(ENDLESS)
    with Embedded(Limits(processor=1, memory=8 << 30)) as fresh:
        fresh.load([made.program])
        with pytest.raises(UnjudgedError, match="rule some-rule"):
            fresh.judge(made.program, {})


@pytest.mark.threat(35)
def test_a_process_that_is_killed_is_no_pass(rule: MakeRule) -> None:
    """Whatever ends the engine, the rule was not judged."""
    made = rule("deny := []")
    with Embedded() as fresh:
        fresh.load([made.program])
        assert fresh._process is not None  # noqa: SLF001 - to kill it
        os.kill(fresh._process._process.pid, signal.SIGKILL)  # noqa: SLF001
        with pytest.raises(UnjudgedError, match="rule some-rule"):
            fresh.judge(made.program, {})


WRONG = {
    "deny := 1 / 0": "divide by zero",
    "deny := count(1)": "the engine reports",
    "deny if false": "`deny` or `judged` is undefined",
    "deny := [1]\njudged := 2 if false": "`deny` or `judged` is undefined",
    'deny contains {"relation": deny}': "does something refer to itself?",
    "deny := x if some x in [[1], [2]]": "must not produce multiple outputs",
}


@pytest.mark.threat(35)
@pytest.mark.parametrize("body", WRONG)
def test_a_rule_that_goes_wrong_is_no_pass(body: str, rule: MakeRule, engine: Embedded) -> None:
    """An error in a rule is an error of the run, not a rule that found nothing."""
    with pytest.raises(UnjudgedError, match="rule some-rule") as caught:
        ask(engine, rule(body), {})
    assert WRONG[body] in str(caught.value)


def test_what_is_no_rego_is_the_authors_mistake(rule: MakeRule, engine: Embedded) -> None:
    """A text that does not compile is named with its line."""
    made = rule("deny := []\n\nother := {1, 2\n")
    with pytest.raises(PolicyError, match=r"^some-rule\.rego:16:1: not Rego"):
        engine.compile(made.program)


@pytest.mark.threat(35)
@pytest.mark.parametrize(
    "answer",
    [
        ["value", '{"expressions":[[]]}', 0],
        ["value", '{"expressions":[{"deny":[],"nonce":"another"}]}', 0],
        ["value", '{"expressions":[{"deny":[],"nonce":"n","judged":1,"more":1}]}', 0],
        ["value", '{"expressions":[{"nonce":"n"}]}', 0],
        ["value", '{"expressions":[]}', 0],
        ["value", '{"expressions":[1, 2]}', 0],
        ["value", "<error>", 0],
        ["value", "undefined", 0],
        ["value", '{"bindings":{}}', 0],
        ["ok", "", 0],
        ["value", "", "0"],
        [],
        "ok",
    ],
)
def test_an_engine_that_answers_nonsense_is_not_believed(
    answer: object, rule: MakeRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the rule's own answer in its exact form is one."""
    program = (
        "import sys\n"
        f"body = {msgspec.msgpack.encode(answer)!r}\n"
        "while sys.stdin.buffer.read(4):\n"
        "    sys.stdout.buffer.write(len(body).to_bytes(4, 'big') + body)\n"
        "    sys.stdout.buffer.flush()\n"
    )
    monkeypatch.setattr(
        embedded, "Supervised", lambda _worker, **bounds: Supervised(["-c", program], **bounds)
    )
    made = rule("deny := []")
    with pytest.raises(UnjudgedError), Embedded() as fresh:
        fresh.judge(made.program, {})


HEAD = """\
# METADATA
# title: Says every name
# custom: {id: some-rule, phase: use, why: because, fix: so, avoid: select 1, prefer: select 1}
package fieldgate.rules.some_rule

"""


@settings(max_examples=60)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique=True, max_size=5)
)
def test_a_name_comes_back_as_it_went_in(engine: Embedded, names: list[str]) -> None:
    """Quotes, backslashes and control characters in a name change nothing but the name."""
    made = parse_rego_rule(HEAD + ECHO, "some-rule.rego", "some-rule")[0]
    private = [n for n in names if any(0xF0000 <= ord(c) < 0xF0080 for c in n)]
    document = {"relations": {name: {"name": name} for name in names}}
    found = [one["relation"] for one in ask(engine, made, document)]
    assert sorted(found) == sorted(names) or private


@pytest.mark.threat(35)
def test_a_name_cannot_write_the_answer(rule: MakeRule, engine: Embedded) -> None:
    """A name that looks like the rest of an answer is a name."""
    name = 'x"}],"deny":[{"relation":"y'
    assert ask(engine, rule(ECHO), {"relations": {"r": {"name": name}}}) == [{"relation": name}]


def test_texts_are_what_they_say(rule: MakeRule, engine: Embedded) -> None:
    """Texts of the policy and of the input meet as the same characters, and are cut as such."""
    made = rule(
        r"""
deny := [
	count(input.name),
	input.name == "a\"b\\c\n",
	input.name == concat_of,
	split(input.name, "\"")[1],
	substring(input.name, 1, 1),
	trim_prefix(input.name, `a"`),
]

concat_of := "a\u0022b\\c\n"
"""
    )
    assert ask(engine, made, {"name": 'a"b\\c\n'}) == [6, True, True, "b\\c\n", '"', "b\\c\n"]


@pytest.mark.threat(40)
def test_the_worker_imports_nothing_of_the_checkout() -> None:
    """The worker is a file of its own, run with nothing but installed packages on its path."""
    script = (
        "import runpy, sys\n"
        f"runpy.run_path({embedded._WORKER!r}, run_name='looked-at')\n"  # noqa: SLF001
        "assert not [m for m in sys.modules if m.split('.')[0] in ('enforcer', 'lineage')]\n"
    )
    process = Supervised(["-c", script])
    try:
        with pytest.raises(EOFError):
            process.exchange(b"", 60)
        assert process._process.wait() == 0  # noqa: SLF001
    finally:
        process.close()
