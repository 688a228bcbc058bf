"""What a rule in Rego reads of its input, and that it can be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.engines.embedded import Embedded
from enforcer.engines.input import Input
from enforcer.engines.reading import check_reading
from enforcer.rego import parse_rego_rule
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enforcer.engines.reading import Reading
    from enforcer.rego import RegoRule
    from enforcer.taxonomy import Taxonomy

    MakeRule = Callable[[str], RegoRule]
    Reads = Callable[[RegoRule], Reading]


@pytest.fixture(scope="module")
def engine() -> Iterator[Embedded]:
    with Embedded() as opened:
        yield opened


@pytest.fixture
def reads(engine: Embedded, taxonomy: Taxonomy) -> Reads:
    def read(made: RegoRule) -> Reading:
        return check_reading(engine.compile(made.program), made, taxonomy)

    return read


NEVER = {
    "some r in input.relation": "`relation` is no key of `input`; did you mean `relations`?",
    "some r in input.relations; r.outsid": "`outsid` is no key of a relation",
    'input.relations["a"].kin': "`kin` is no key of a relation; did you mean `kind`?",
    'some r in input.relations; r.kind == "tabel"': "`tabel` is never there; did you mean `table`?",
    'some r in input.relations; r.kind in {"view", "tabel"}': "`tabel` is never there",
    'some f in input.flows; f.protection in ["clear", "hash"]': "`hash` is never there",
    'some f in input.flows; "hash" != f.protection': "`hash` is never there",
    'some f in input.flows; f.category == "user.contct"': "unknown category `user.contct`",
    'some f in input.flows; startswith(f.category, "user.contct")': "no category begins with",
    'some c in input.columns; "user.contct" in c.labels': "unknown category `user.contct`",
    "some f in input.flows; input.sources[f.sources[0]].colum": "`colum` is no key of a source",
    "some p in input.places; p.partner.nam": "`nam` is no key of a partner; did you mean `name`?",
    'some r in input.relations; r.numbers.n > "1"': "a number is compared with a text",
    "some r in input.relations; r.facts.n[0] > 1": "a text is compared with a number",
    "some r in input.relations; r.name == 1": "a text is compared with a number",
    "some r in input.relations; r.places == 1": "a list is compared with a number",
    "input.parameters.groupsize == 1": "the rule has no parameter `groupsize`",
    "some c in input.sets.pipl": "no set of categories is called `pipl`",
    "some f in outs; f.flo": "`flo` is no key of a flow; did you mean `flow`?",
    "some r in input.relations; is_odd(r)": "`kin` is no key of a relation",
}
HELPERS = """

outs := [f | some f in input.flows; f.flow == "direct"]

is_odd(r) if r.kin == "table"
"""


@pytest.mark.threat(35)
@pytest.mark.parametrize("body", NEVER)
def test_what_can_never_be_there_is_an_error(body: str, rule: MakeRule, reads: Reads) -> None:
    """A misspelt key or word makes a rule silent for ever, so it is refused with its line."""
    made = rule(f'deny contains {{"relation": "a"}} if {{\n\t{body}\n}}{HELPERS}')
    with pytest.raises(PolicyError, match=r"^some-rule\.rego:\d+:\d+: ") as caught:
        reads(made)
    assert NEVER[body] in str(caught.value)


READ = {
    'deny contains {"relation": r.name} if { some r in input.relations }': {"relations"},
    "deny := []\njudged := count(input.flows) + count(input.columns)": {"flows", "columns"},
    "deny := f(input)\nf(x) := [y | some y in x.flows; false]": {"flows"},
    "deny := []\njudged := input.coverage.statements": {"coverage"},
    "deny := []\njudged := count(input)": set(Input.__struct_fields__),
    "deny := [k | some k; input[k] == 7]": set(Input.__struct_fields__),
    "deny := []\njudged := f(input)\nf(x) := 1 if x.gaps\nf(x) := 2 if g([x])\n"
    "g(y) if count(y[0].flows) == 1": set(Input.__struct_fields__),
}


@pytest.mark.parametrize("body", READ)
def test_only_what_a_rule_reads_is_put_together(body: str, rule: MakeRule, reads: Reads) -> None:
    """The sections are those that the program names; where that cannot be told, all."""
    assert reads(rule(body)).sections == READ[body]


def test_guards_are_worked_out_for_whoever_asks(rule: MakeRule, reads: Reads) -> None:
    """Guards cost time, so they are there where a rule reads them."""
    asks = 'deny contains {"relation": f.relation} if { some f in input.flows; f.guards == [] }'
    does_not = 'deny contains {"relation": f.relation} if { some f in input.flows }'
    assert reads(rule(asks)).guards
    assert not reads(rule(does_not)).guards


def test_a_parameter_that_nothing_reads_is_an_error(rule: MakeRule, reads: Reads) -> None:
    """Who sets a parameter expects that it changes something."""
    text = rule("deny := []").program.text.replace(
        "phase: use", "phase: use\n#   parameters: {k: 1}"
    )
    made, _ = parse_rego_rule(text, "some-rule.rego", "some-rule")
    with pytest.raises(PolicyError, match="nothing reads the parameter `k`"):
        reads(made)
