"""What a rule in Rego may not do, and that it is found out before the rule runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.engines.judge import Judge
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.rego import RegoRule
    from enforcer.taxonomy import Taxonomy

    MakeRule = Callable[[str], RegoRule]

FIRST = 'deny contains {"relation": "a"} if {\n\t'  # line 14 and the tab of line 15
REFUSED = {
    'http.send({"url": "http://x", "method": "get"})': "`http.send` is called",
    'http["send"]({"url": "http://x", "method": "get"})': "`http.send` is called",
    "x := opa.runtime(); x.env": "`opa.runtime` is called",
    'net.lookup_ip_addr("localhost")': "`net.lookup_ip_addr` is called",
    'net.cidr_contains("10.0.0.0/8", "10.1.1.1")': "`net.cidr_contains` is called",
    'print("::error::x")': "`print` is called",
    'trace("x")': "`trace` is called",
    'rand.intn("a", 3) == 1': "`rand.intn` is called",
    "time.now_ns() > 1": "`time.now_ns` is called",
    'uuid.rfc4122("a") != ""': "`uuid.rfc4122` is called",
    'io.jwt.decode("a")': "`io.jwt.decode` is called",
    'regex.match("a", "a")': "`regex.match` is called",
    'glob.match("a", [], "a")': "`glob.match` is called",
    'lower("A") == "a"': "`lower` is called",
    'to_number("1") == 1': "`to_number` is called",
    'sprintf("%v", [1]) == "1"': "`sprintf` is called",
    'concat("", ["a"]) == "a"': "`concat` is called",
    'replace("a", "", "b") == "a"': "`replace` is called",
    "walk(input, [_, _])": "`walk` is called",
    'crypto.sha256("a") == ""': "`crypto.sha256` is called",
    "rego.metadata.rule() == {}": "`rego.metadata.rule` is called",
    "no_such_function(1)": "no function is called `no_such_function`",
    "other.thing == 1": "a name is used that has no value here",
    "not other": "a name is used that has no value here",
    "x == 1": "a name is used that has no value here",
    "x == 2; x := 1 + 1": "a name is used that has no value here",
    "some r in input.relations; not r.name == other": "a name is used that has no value here",
}


@pytest.mark.threat(33)
@pytest.mark.parametrize("body", REFUSED)
def test_what_no_rule_may_do_is_refused_where_it_is_written(
    body: str, rule: MakeRule, taxonomy: Taxonomy
) -> None:
    """Effects, chance, names without a value: an error with its line, before anything runs."""
    made = rule(f"{FIRST}{body}\n}}")
    with pytest.raises(PolicyError) as caught, Judge([made], taxonomy):
        pass
    assert REFUSED[body] in str(caught.value)
    assert caught.value.next_step
    assert caught.value.origin.file == "some-rule.rego"


@pytest.mark.parametrize("name", ["http.send", "opa.runtime", "time.now_ns"])
def test_a_position_is_the_calls_own(name: str, rule: MakeRule, taxonomy: Taxonomy) -> None:
    """A function that may not be called is pointed at."""
    made = rule(f"{FIRST}true\n\tx := {name}()\n\tx\n}}")
    with pytest.raises(PolicyError, match=r"^some-rule\.rego:16:7: "), Judge([made], taxonomy):
        pass


@pytest.mark.threat(33)
def test_what_is_never_called_is_refused_too(rule: MakeRule, taxonomy: Taxonomy) -> None:
    """A function that nothing calls today is called tomorrow."""
    made = rule("deny := []\n\nunused(x) := http.send(x)")
    with pytest.raises(PolicyError, match=r"`http\.send` is called"), Judge([made], taxonomy):
        pass


def test_ordinary_rego_is_allowed(rule: MakeRule, taxonomy: Taxonomy) -> None:
    """Comprehensions, functions, else, every, negation, sets and arithmetic are no offence."""
    made = rule(
        """
deny contains {"relation": r.name} if {
	some r in input.relations
	not is_small(r)
	every held in r.holds { held.protection != "constant" }
	count({f.relation | some f in input.flows} & {r.name}) >= 0
	grade(r) in {"low", "high"}
	names := [n | some n; input.relations[n]]
	r.name == names[_]
}

is_small(r) if count(r.holds) < input.parameters.group_size - 10

grade(r) := "low" if {
	r.outside
} else := "high"

default limit := 3

limit := 4 if input.day > 0

judged := limit * 2 % 5
"""
    )
    with Judge([made], taxonomy):
        pass
