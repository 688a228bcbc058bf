"""The document that rules see: of the published form, the same each time, and not too large."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.check.labelled_column import Source
from enforcer.check.spread import masks_by_relation, way_of
from enforcer.engines.document import Document
from enforcer.engines.engine import UnjudgedError
from enforcer.engines.flows import Flows
from enforcer.engines.input import Input
from enforcer.engines.judge import Judge
from enforcer.engines.reading import Reading
from enforcer.engines.schema import FILE, schema_text
from enforcer.places import find_places
from enforcer.policytest import sample_estate
from enforcer.protection.states import DIRECT, mask_of_flow, protections_in
from enforcer.rules import GuardTest, Match, Partner, Place, Sample
from enforcer.shipped import policies_folder
from enforcer.taxonomy import load_taxonomy
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from enforcer.estate import Estate
    from enforcer.rego import RegoRule
    from enforcer.taxonomy import Taxonomy

EVERYTHING = [Reading(frozenset(Input.__struct_fields__), guards=True)]
TAXONOMY = load_taxonomy()


def document_of(estate: Estate) -> Mapping[str, Any]:
    return Document(estate, EVERYTHING, TAXONOMY, {"limit": 3}).values


@pytest.fixture(scope="module")
def document(estate: Estate) -> Mapping[str, Any]:
    return document_of(estate)


def test_the_published_schema_is_up_to_date() -> None:
    """The file in `policies/schema` is the generated one."""
    published = (policies_folder() / "schema" / FILE).read_text("utf-8")
    assert published == schema_text(), "run `python -m enforcer.engines.schema`"


def test_a_document_fits_the_schema(document: Mapping[str, Any]) -> None:
    """What rules see is what is published, key by key, by the types and by JSON Schema."""
    msgspec.convert(document, Input)
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(json.dumps(document)), schema)


def test_a_place_and_a_partner_are_shown(taxonomy: Taxonomy) -> None:
    """What people say of places and recipients is in the document."""
    places = {
        "ads": Place(
            match=Match(relations=("mart.*",)),
            region="us-east-1",
            retention="P30D",
            facts={"reviewed": "2025-06-01", "limit": "12"},
            partner=Partner(name="AdCo", country="US", permits=("user.contact",)),
        )
    }
    world = Sample(
        sql="create table mart.a as select email from crm.people",
        labels={"crm.people": {"email": "user.contact.email"}},
        places=places,
    )
    seen = document_of(sample_estate(world, "w.sql", taxonomy, find_places))
    assert seen["places"]["ads"]["partner"]["country"] == "US"
    mart = seen["relations"]["mart.a"]
    assert (mart["places"], mart["countries"], mart["outside"]) == (["ads"], ["US"], True)
    assert mart["days"] == {"retention": 30, "reviewed": 20240}
    assert mart["numbers"] == {"limit": 12}


def test_the_small_world_is_shown(document: Mapping[str, Any]) -> None:
    """Sources, flows, what columns hold, facts, readers, deletes: a rule's raw material."""
    assert [s["column"] for s in document["sources"]] == ["email", "id", "phone"]
    hashed = [f for f in document["flows"] if f["protection"] == "hashed"]
    assert [(f["relation"], f["sources"]) for f in hashed] == [
        ("mart.people", [0]),
        ("s3://out/people.csv", [0]),
    ]
    assert [g["column"] for g in hashed[0]["guards"]] == ["crm.people.consent"]
    windows = [f for f in document["influences"] if f["flow"] == "window"]
    assert [(f["relation"], f["category"]) for f in windows] == [
        ("mart.people", "user.contact.phone_number"),
    ]
    people = document["relations"]["crm.people"]
    assert people["numbers"] == {"subject_count": 1200}
    assert people["days"] == {"retention": 730, "reviewed": 20240}
    assert people["purposes"] == ["essential.service", "marketing"]
    assert document["relations"]["mart.people"]["reads"] == ["stg.people"]
    assert [r["principal"] for r in document["readers"]] == ["analyst"]
    assert document["deletes"][0]["reads"] == ["crm.erasures"]
    assert [u["relation"] for u in document["unlabelled"]] == [
        "crm.erasures",
        "crm.people",
        "mart.people",
        "stg.people",
    ]
    assert "user.contact.email" in document["sets"]["direct_identifier"]
    assert document["parameters"] == {"group_size": 10, "limit": 3}


@pytest.mark.parametrize("name", ['quo"ted', "back\\slash", "个人 信息", "half\ud800", "nul\0"])
def test_odd_names_are_judged_like_others(name: str, rule: Callable[[str], RegoRule]) -> None:
    """A finding about an odd name is a finding; of half a character it is said to be none."""
    world = Sample(labels={"crm.people": {name: "user.contact.email"}})
    estate = sample_estate(world, "w.sql", TAXONOMY, find_places)
    made = rule(
        'deny contains {"relation": s.relation, "column": s.column} if some s in input.sources'
    )
    with Judge([made], TAXONOMY) as judge:
        if name.isprintable() or "\0" in name:
            (found,) = judge.judge(made, estate).findings
            assert found.field.column == name
        else:
            with pytest.raises(UnjudgedError, match="names the column"):
                judge.judge(made, estate)


def test_only_what_is_asked_for_is_there(estate: Estate) -> None:
    """A section that no rule reads costs nothing."""
    one = Document(estate, [Reading(frozenset({"grants"}), guards=False)], TAXONOMY, {})
    assert list(one.values) == ["grants"]


def test_it_is_the_same_each_time(taxonomy: Taxonomy) -> None:
    """The order in which statements and labels are written does not matter."""
    statements = [
        "create table b as select email, phone from a where ok = true;",
        "create table c as select email from b;",
        "grant select on c to ann; grant select on b to bob;",
    ]
    labels = {"a": {"email": "user.contact.email", "phone": "user.contact.phone_number"}}
    seen = set()
    for order in ((0, 1, 2), (0, 1, 2), (2, 0, 1)):
        sql = "\n".join(statements[n] for n in order)
        turned = {"a": dict(sorted(labels["a"].items(), reverse=order[0] == 2))}
        estate = sample_estate(Sample(sql=sql, labels=turned), "w.sql", taxonomy, find_places)
        text = json.dumps(document_of(estate), sort_keys=False)
        seen.add(json.dumps(_without_lines(json.loads(text)), sort_keys=False))
    assert len(seen) == 1


def _without_lines(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {k: _without_lines(v) for k, v in value.items() if k not in ("line", "file")}
    return [_without_lines(v) for v in value] if isinstance(value, list) else value


def chain(length: int, width: int) -> Estate:
    """A chain of relations, each with every column of the one before."""
    columns = ", ".join(f"c{n}" for n in range(width))
    sql = "".join(f"create table t{n} as select {columns} from t{n - 1};" for n in range(1, length))
    labels = {"t0": {f"c{n}": "user.contact.email" for n in range(width)}}
    return sample_estate(Sample(sql=sql, labels=labels), "w.sql", TAXONOMY, find_places)


def test_it_does_not_grow_with_pairs_of_columns() -> None:
    """Twice the relations, or twice the columns, make about twice the document."""
    sizes = {
        (length, width): len(json.dumps(document_of(chain(length, width))))
        for length, width in ((8, 6), (16, 6), (8, 12))
    }
    assert sizes[16, 6] < 2.2 * sizes[8, 6]
    assert sizes[8, 12] < 2.2 * sizes[8, 6]


# Guards.


@st.composite
def worlds(draw: st.DrawFn, branches: int) -> Sample:
    """A few tables made of each other, by ways of which some are guarded."""
    sql = []
    for number in range(1, draw(st.integers(2, 5))):
        parts = []
        for _ in range(draw(st.integers(1, branches))):
            above = draw(st.integers(0, number - 1))
            what = draw(st.sampled_from(["email", "sha256(email) as email", "max(email) as email"]))
            tests = ["", "ok = true", "ok = false", "id > 3"]
            test = draw(st.sampled_from(tests).map(lambda t: f" where {t}" if t else ""))
            group = " group by ok, id" if "max" in what else ""
            parts.append(f"select {what}, ok, id from t{above}{test}{group}")
        sql.append(f"create table t{number} as {' union all '.join(parts)};")
    return Sample(
        sql="\n".join(sql),
        labels={"t0": {"email": "user.contact.email"}},
        relations={"t0": {"columns": ("email", "ok", "id")}},
    )


def excused_and_guarded(world: Sample) -> Iterator[tuple[bool, bool]]:
    """Of each flow, whether a rule in YAML is excused from it, and whether it has the guard."""
    estate = sample_estate(world, "w.sql", TAXONOMY, find_places)
    flows = Flows(estate, guards=True)
    source = Source(next(iter(estate.labels)), "user.contact.email", Origin("w.sql", 1, 1))
    for value in ("true", "false"):
        test = GuardTest(column="ok", equals=value)
        way = msgspec.structs.replace(way_of(estate, source), excused=(test,))
        left = masks_by_relation(estate, source, way)
        for flow in flows.flows:
            reported = protections_in(left.get(flow.relation, 0) & mask_of_flow(DIRECT))
            guards = [g for g in flow.guards if (g.operator, g.value) == ("=", value)]
            guarded = any(guard.column.endswith(".ok") for guard in guards)
            yield flow.protection not in reported, guarded


@given(worlds(1))
def test_guards_are_those_that_excuse_a_rule(world: Sample) -> None:
    """A flow has a guard exactly where a rule in YAML with that excuse would not report it."""
    for excused, guarded in excused_and_guarded(world):
        assert excused is guarded


@given(worlds(2))
def test_no_flow_has_a_guard_that_it_can_pass_by(world: Sample) -> None:
    """Where ways meet only what is tested on both, of one column, is left."""
    for excused, guarded in excused_and_guarded(world):
        assert excused or not guarded
