"""Both engines judge alike: rules put together by chance, on documents put together by chance."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from enforcer.engines.embedded import Embedded
from enforcer.engines.engine import UnjudgedError
from enforcer.engines.negation import check_negation
from enforcer.engines.reading import check_reading
from enforcer.engines.safety import check_safe
from enforcer.engines.server import Remote
from enforcer.rego import parse_rego_rule
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from enforcer.engines.engine import Engine
    from enforcer.opa import Server
    from enforcer.rego import RegoRule
    from enforcer.taxonomy import Taxonomy

HEAD = """\
# METADATA
# title: By chance
# custom: {id: by-chance, phase: use, why: because, fix: so, avoid: select 1, prefer: select 1}
package fieldgate.rules.by_chance

import rego.v1

"""
HELPERS = """

owner(relation) := relation.facts.owner[0] if {
	count(relation.facts.owner) > 0
} else := "nobody"

default weight(_) := 0

weight(relation) := 2 if relation.outside

weight(relation) := 1 if {
	not relation.outside
	relation.history
}

feeds := {name: relation.reads | some name; relation := input.relations[name]}

outside contains relation.name if {
	some relation in input.relations
	relation.outside
}

covers(parent, category) if category == parent

covers(parent, category) if startswith(category, concat_dot(parent))

concat_dot(parent) := "user." if parent == "user"

concat_dot(parent) := "user.contact." if parent == "user.contact"
"""
# Names as warehouses have them, and as nobody should.
NAMES = ["a", "raw.a", "mart.Ünï", 'odd"name', "back\\slash", "个人.信息", "tab\there", "", "a.b.c"]
CATEGORIES = ["user.name", "user.contact.email", "user.contact.phone_number", "user"]
PROTECTIONS = ["clear", "hashed", "keyed", "aggregated"]
PLACES = ["crm", "ads", "lake"]

names = st.sampled_from(NAMES)
small = st.integers(-3, 12)
places = st.lists(st.sampled_from(PLACES), unique=True).map(sorted)


def relation(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "name": st.just(name),
            "kind": st.sampled_from(["table", "view", "external"]),
            "outside": st.booleans(),
            "history": st.booleans(),
            "places": places,
            "facts": st.dictionaries(
                st.sampled_from(["owner", "grade"]), st.lists(names, max_size=2), max_size=2
            ),
            "numbers": st.dictionaries(st.sampled_from(["subject_count", "n"]), small),
            "days": st.dictionaries(st.just("retention"), st.integers(0, 800)),
            "reads": st.lists(names, unique=True, max_size=3).map(sorted),
            "holds": st.lists(
                st.fixed_dictionaries(
                    {
                        "category": st.sampled_from(CATEGORIES),
                        "protection": st.sampled_from(PROTECTIONS),
                    }
                ),
                max_size=3,
            ),
        }
    )


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    there = draw(st.lists(names, unique=True, min_size=1, max_size=4))
    sources = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "relation": st.sampled_from(there),
                    "column": names,
                    "category": st.sampled_from(CATEGORIES),
                    "enumerable": st.booleans(),
                }
            ),
            min_size=1,
            max_size=3,
        )
    )
    flow = st.fixed_dictionaries(
        {
            "relation": st.sampled_from(there),
            "category": st.sampled_from(CATEGORIES),
            "flow": st.just("direct"),
            "protection": st.sampled_from(PROTECTIONS),
            "guards": st.just([]),
            "sources": st.lists(st.integers(0, len(sources) - 1), unique=True, min_size=1).map(
                sorted
            ),
        }
    )
    return {
        "day": draw(st.integers(20_000, 20_010)),
        "parameters": {"group_size": draw(small)},
        "relations": {name: draw(relation(name)) for name in sorted(there)},
        "sources": sources,
        "flows": draw(st.lists(flow, min_size=1, max_size=4)),
    }


text = names.map(lambda name: json.dumps(name, ensure_ascii=False))
short = st.sampled_from(['"a"', '"."', '"raw"', '"\\""', '"Ü"', '"个"', "`\\`"])
compare = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
either = st.sampled_from(["==", "!="])


# A text with a quote, a backslash or a control character sorts last in the embedded engine.
ordered_text = st.sampled_from(['"a"', '"raw.a"', '"mart.Ünï"', '"个人.信息"', '""', '"tb"', '"z"'])


def filled(template: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(parts).map(lambda values: template.format(**values))


texts = st.one_of(
    text,
    st.sampled_from(["r.name", "r.kind", "owner(r)", "f.category", "input.sources[n].column"]),
    filled("trim_prefix(r.name, {s})", s=short),
    filled("trim_suffix(r.name, {s})", s=short),
    filled("trim(r.name, {s})", s=short),
    filled("trim_left(r.name, {s})", s=short),
    filled("trim_right(r.name, {s})", s=short),
    st.just("trim_space(r.name)"),
    filled("substring(r.name, {a}, {b})", a=st.integers(0, 3), b=st.integers(-1, 3)),
    filled("split(r.name, {s})[{n}]", s=short, n=st.integers(0, 2)),
    filled('object.get(r.facts, "grade", [{t}])[0]', t=text),
    filled("max([r.kind, {t}])", t=ordered_text),
    filled("min([f.protection, {t}])", t=ordered_text),
    filled("sort([r.kind, {t}, f.protection])[{n}]", t=ordered_text, n=st.integers(0, 3)),
    filled("array.concat([{t}], r.places)[{n}]", t=text, n=st.integers(0, 2)),
    filled("array.reverse(r.places)[{n}]", n=st.integers(0, 2)),
    st.just("type_name(r.places)"),
)
ordered_texts = st.sampled_from(["type_name(r.places)", "concat_dot(f.category)"])
whole = st.one_of(
    small.map(str),
    st.sampled_from(
        [
            "input.day",
            "input.parameters.group_size",
            "count(r.name)",
            "count(r.places)",
            "count(r.holds)",
            "count(outside)",
            "count(feeds[r.name])",
            "r.numbers.subject_count",
            "r.numbers.n",
            "r.days.retention",
            "weight(r)",
            "sum([weight(other) | some other in input.relations])",
            "max([count(other.reads) | some other in input.relations])",
            "product([2, weight(r)])",
            "count(graph.reachable(feeds, {r.name}))",
            "count(numbers.range(1, weight(r)))",
            "count(array.slice(r.places, 0, 1))",
            "count(object.keys(r.facts))",
            'count(object.union(r.facts, {"x": []}))',
            'count(object.remove(r.facts, ["owner"]))',
            'count(object.filter(r.facts, ["owner"]))',
            "abs(0 - weight(r))",
        ]
    ),
    filled("indexof(r.name, {s})", s=short),
    filled("strings.count(r.name, {s})", s=short),
)
numbers = st.one_of(
    whole,
    filled("({a} + {b})", a=whole, b=whole),
    filled("({a} - {b})", a=whole, b=whole),
    filled("({a} * {b})", a=whole, b=whole),
    filled("({a} % {b})", a=whole, b=whole),
    filled("floor({a} / {b})", a=whole, b=whole),
    filled("round({a} / {b})", a=whole, b=whole),
    filled("ceil({a} / {b})", a=whole, b=whole),
)
sets = st.one_of(
    st.sampled_from(
        [
            "outside",
            "{p | some p in r.places}",
            "{h.category | some h in r.holds}",
            '{"crm", "ads"}',
            "union({outside, {r.name}})",
            'intersection({{p | some p in r.places}, {"crm"}})',
            "set()",
        ]
    )
)
conditions = st.one_of(
    st.sampled_from(
        [
            "r.outside",
            "not r.outside",
            "r.history",
            "not r.facts.owner",
            "r.facts.grade",
            "some p in r.places",
            'every h in r.holds { h.protection != "clear" }',
            "every p in r.places { p in outside }",
            "some other in input.relations; other.name in r.reads",
            'some h in r.holds; covers("user.contact", h.category)',
            "input.relations[input.sources[n].relation].outside",
            "is_string(r.name)",
            "is_array(r.places)",
            'strings.any_prefix_match(r.name, ["raw", "mart"])',
            'strings.any_suffix_match(r.name, ["a", "信息"])',
        ]
    ),
    filled("{a} {op} {b}", a=texts, op=either, b=texts),
    filled("{a} {op} {b}", a=ordered_texts, op=compare, b=ordered_text),
    filled("{a} {op} {b}", a=numbers, op=compare, b=numbers),
    filled("{a} {op} {b}", a=sets, op=either, b=sets),
    filled("count({a} & {b}) {op} {n}", a=sets, b=sets, op=compare, n=small),
    filled("count({a} | {b}) {op} {n}", a=sets, b=sets, op=compare, n=small),
    filled("count({a} - {b}) {op} {n}", a=sets, b=sets, op=compare, n=small),
    filled("startswith(r.name, {s})", s=short),
    filled("endswith(r.name, {s})", s=short),
    filled("contains(r.name, {s})", s=short),
    filled("{t} in {{r.name, owner(r)}}", t=texts),
    filled("not {t} in r.places", t=texts),
    filled("not {a} {op} {b}", a=texts, op=either, b=texts),
    filled("not {a} {op} {b}", a=ordered_texts, op=compare, b=ordered_text),
    filled("not {a} {op} {b}", a=whole, op=compare, b=whole),
    filled("not startswith({t}, {s})", t=texts, s=short),
    filled("not covers({t}, f.category)", t=texts),
    filled("y := {t}; not startswith(y, {s})", t=texts, s=short),
    filled("y := {n}; not y {op} {m}", n=numbers, op=compare, m=small),
    filled('f.protection in {{"clear", "{p}"}}', p=st.sampled_from(PROTECTIONS)),
    filled("x := {t}; x != {u}", t=texts, u=text),
)
# The embedded engine works out what depends on no loop even where the loop is empty, so what is
# given may not go wrong.
given_values = st.one_of(
    whole,
    texts,
    st.just("sort(r.places)"),
    st.just("sort({h.category | some h in r.holds})"),
)


@st.composite
def rules(draw: st.DrawFn) -> RegoRule:
    chosen = draw(st.lists(conditions, max_size=2))
    loops = "some r in input.relations\n\tsome f in input.flows\n\tsome n in f.sources"
    shape = draw(st.sampled_from(["set", "list"]))
    value = draw(given_values)
    finding = f'{{"relation": r.name, "values": {{"v": {value}}}}}'
    # A line may not begin with a bracket or an operator, and each has a variable of its own.
    ordered = [c if c[0].isalpha() else f"true; {c}" for c in chosen]
    renamed = [
        c.replace("x :=", f"x{k} :=")
        .replace("; x ", f"; x{k} ")
        .replace("y :=", f"y{k} :=")
        .replace("(y,", f"(y{k},")
        .replace("not y ", f"not y{k} ")
        for k, c in enumerate(ordered)
    ]
    body = "\n\t".join([loops, *renamed])
    deny = (
        f"deny contains {finding} if {{\n\t{body}\n}}"
        if shape == "set"
        else f"deny := [{finding} |\n\t{body}\n]"
    )
    return parse_rego_rule(HEAD + deny + HELPERS, "by-chance.rego", "by-chance")[0]


def judged(engine: Engine, rule: RegoRule, document: Mapping[str, Any]) -> object:
    """The findings without their order, or that there was no verdict."""
    engine.load([rule.program])
    try:
        deny = engine.judge(rule.program, document).deny
    except UnjudgedError:
        return "no verdict"
    return sorted({json.dumps(finding, sort_keys=True) for finding in deny})


@pytest.fixture(scope="module")
def embedded() -> Iterator[Embedded]:
    with Embedded() as opened:
        yield opened


@pytest.mark.threat(36)
@settings(
    max_examples=int(os.environ.get("FIELDGATE_RULES", "60")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rule=rules(), document=documents())
def test_engines_agree(
    embedded: Embedded,
    opa: int,
    server_at: Callable[..., Server],
    taxonomy: Taxonomy,
    rule: RegoRule,
    document: Mapping[str, Any],
) -> None:
    """What one engine finds the other one finds, and where one has no verdict neither has."""
    plan = embedded.compile(rule.program)
    check_safe(plan, rule.program)
    try:
        check_negation(plan, rule.program)
        check_reading(plan, rule, taxonomy)
    except PolicyError:  # under `not` is what may be undefined, or a word that is no category
        assume(False)  # noqa: FBT003 - as hypothesis has it
    with Remote(server_at(opa)) as remote:
        assert judged(embedded, rule, document) == judged(remote, rule, document)
