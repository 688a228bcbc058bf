"""Under `not`, engines differ about what is undefined; such rules are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.engines.embedded import Embedded
from enforcer.engines.negation import check_negation
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enforcer.rego import RegoRule

    MakeRule = Callable[[str], RegoRule]

LOOP = 'deny contains {{"relation": r.name}} if {{\n\tsome r in input.relations\n\t{}\n}}'
HELPERS = """

owner(relation) := relation.facts.owner[0]

is_old(relation) if relation.days.retention > 700
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[Embedded]:
    with Embedded() as opened:
        yield opened


@pytest.mark.threat(35)
@pytest.mark.parametrize(
    "body",
    [
        'not startswith(r.facts.owner[0], "a")',
        'not "ann" in r.facts.owner',
        "not r.numbers.n > 3",
        "not r.numbers.n + 1 == 3",
        'not owner(r) == "ann"',
        "not is_old(input.relations[r.name])",
        'not input.sources[7].column in {"a"}',
        "not max(r.places) == 1",
        'not split(r.name, ".")[2] in r.places',
        "not count(r.facts.owner) == 1",
    ],
)
def test_what_may_be_undefined_is_refused(body: str, rule: MakeRule, engine: Embedded) -> None:
    """OPA is silent where the embedded engine finds something, so neither is asked."""
    made = rule(LOOP.format(body) + HELPERS)
    with pytest.raises(PolicyError, match=r"^some-rule\.rego:\d+:\d+: under `not`") as caught:
        check_negation(engine.compile(made.program), made.program)
    assert "function of its own" in caught.value.next_step


@pytest.mark.parametrize(
    "body",
    [
        "not is_old(r)",
        "not r.facts.owner",
        'not r.facts.owner[0] == "ann"',
        "not r.outside",
        'not startswith(r.name, "a")',
        'not "crm" in r.places',
        "n := r.numbers.n; not n > 3",
        "not count(r.places) == 0",
        'not r.kind in {"table", "view"}',
        "other := input.relations[r.name]; not is_old(other)",
    ],
)
def test_what_is_certain_is_allowed(body: str, rule: MakeRule, engine: Embedded) -> None:
    """Functions of known things, and plain look-ups, mean the same everywhere."""
    made = rule(LOOP.format(body) + HELPERS)
    check_negation(engine.compile(made.program), made.program)
