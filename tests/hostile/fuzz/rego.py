"""A policy in Rego: compiled and judged by, or refused in one line; the engine never ends us."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from enforcer.engines.embedded import Embedded
from enforcer.engines.engine import UnjudgedError
from enforcer.engines.limits import Limits
from enforcer.engines.negation import check_negation
from enforcer.engines.reading import check_reading
from enforcer.engines.safety import check_safe
from enforcer.rego import parse_rego_rule
from enforcer.taxonomy import Taxonomy, load_taxonomy
from enforcer.words import PolicyError

from .mutation import mutate_text
from .target import ROOT, Target, check_error

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMITS: Final = Limits(memory=1 << 30, processor=60, compiling=3.0, loading=3.0, judging=3.0)
_HEAD: Final = b"""\
# METADATA
# title: Something is wrong
# custom:
#   id: some-rule
#   phase: use
#   why: because
#   fix: so
#   avoid: create table mart.people as select email from crm.people
#   prefer: create table mart.people as select id from crm.people
package fieldgate.rules.some_rule

import rego.v1

"""
_BODIES: Final = (
    b'deny := [{"relation": r.name} | some r in input.relations]',
    b'deny contains f if { some f in input.flows; f.via == "direct" }',
    b'deny contains x if { x := input.relations[_].name; startswith(x, "crm.") }',
    b'judged := count(input.relations)\ndeny contains {"relation": "a"} if not input.flows[0]',
    b'f(x) := y if { y := x + 1 }\ndeny := [f(1), sprintf("%v", [numbers.range(1, 10)])]',
    b"deny := [x | some x in [1, 2, 3]; every y in [1] { x > y }]\ndefault judged := 0",
)
_WORDS: Final = (
    *("deny", "contains", "if", "some", "every", "in", "not", "default", "else", "with", "as"),
    *("input", "data", "import", "package", "opa.runtime()", "http.send({})", "print(1)", "[_]"),
    *("numbers.range(1, 100000000)", 'regex.match("(a+)+$", x)', 'glob.match("*a*a*a", [], x)'),
    *(
        'strings.replace_n({"a": "aa"}, x)',
        "sprintf",
        "object.union",
        "json.unmarshal(x)",
        ":=",
        "|",
    ),
    *(
        "graph.reachable(x, y)",
        "walk(input)",
        "time.now_ns()",
        "rand.intn(x, 9)",
        "{",
        "}",
        "==",
        "=",
    ),
)
_DOCUMENT: Final = {
    "relations": {"crm.people": {"name": "crm.people", "outside": False}},
    "flows": [],
}


def seeds() -> Iterator[bytes]:
    """Rules that are shipped or stand in examples, and some that say much in little."""
    for path in sorted([*ROOT.glob("policies/**/*.rego"), *ROOT.glob("examples/**/*.rego")]):
        yield f"{path.stem}\n".encode() + path.read_bytes()
    for body in _BODIES:
        yield b"some-rule\n" + _HEAD + body


@cache
def _taxonomy() -> Taxonomy:
    return load_taxonomy()


@cache
def _engine() -> Embedded:
    return Embedded(_LIMITS)


def hold(data: bytes) -> None:
    """The rule of which the first line is the name, compiled, checked and judged by."""
    try:
        name, _, text = data.decode("utf-8").partition("\n")
    except UnicodeDecodeError:
        return
    engine = _engine()
    try:
        rule, _document = parse_rego_rule(text, "fuzzed.rego", name)
        plan = engine.compile(rule.program)
        check_safe(plan, rule.program)
        check_negation(plan, rule.program)
        check_reading(plan, rule, _taxonomy())
        engine.load([rule.program])
        engine.judge(rule.program, dict(_DOCUMENT))
    except (PolicyError, UnjudgedError) as error:
        check_error(error)


TARGET = Target(seeds, hold, mutate_text, _WORDS)
