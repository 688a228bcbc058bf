"""OpenLineage events as written: what the standard and its own client make of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from lineage import Analysis, analyze, analyze_sql
from lineage.notations import render_openlineage
from lineage.readers import find_project
from lineage.subgraph import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
OWN = json.loads((ROOT / "docs/openlineage-flows-1.schema.json").read_text("utf-8"))

Json = dict[str, Any]


def events_of(analysis: Analysis, **options: str) -> list[Json]:
    return [
        json.loads(line) for line in render_openlineage(whole(analysis), **options).splitlines()
    ]


def outputs_of(events: list[Json]) -> Iterator[Json]:
    for event in events:
        yield from event.get("outputs", ())


def lineage_of(sql: str, relation: str, dialect: str = "duckdb") -> Json:
    found = outputs_of(events_of(analyze_sql(sql, dialect=dialect)))
    (facet,) = [o["facets"]["columnLineage"] for o in found if o["name"] == relation]
    return dict(facet)


def ways(facet: Json, field: str) -> list[tuple[str, str, str, bool]]:
    return [
        (given["field"], way["type"], way["subtype"], way["masking"])
        for given in facet["fields"][field]["inputFields"]
        for way in given["transformations"]
    ]


@pytest.fixture(scope="module")
def events(pipeline: Analysis) -> list[Json]:
    shop = events_of(analyze(find_project(ROOT / "examples/shop")))
    warehouse = find_project(ROOT / "examples/warehouse-sql", dialect="snowflake")
    return [*events_of(pipeline), *shop, *events_of(analyze(warehouse))]


def test_events_have_the_keys_of_the_standard(events: list[Json]) -> None:
    """Every key that is written is one of the standard, or in a facet of our own."""
    schema = json.loads((Path(__file__).parent / "openlineage-emitted.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    wrong = [error.message for event in events for error in validator.iter_errors(event)]
    assert wrong == []


def test_our_own_facets_are_what_their_schema_says(events: list[Json]) -> None:
    """Where `_schemaURL` of a facet of ours points to is where its shape is written."""
    for kind in ("flows", "gaps"):
        schema = {**OWN, "$ref": f"#/$defs/{kind}"}
        facets = [
            facet[f"fieldgate_{kind}"]
            for holder in (*outputs_of(events), *(e["job"] for e in events if "job" in e))
            for facet in (holder.get("facets", {}),)
            if f"fieldgate_{kind}" in facet
        ]
        assert facets
        for facet in facets:
            jsonschema.Draft202012Validator(schema).validate(facet)
            assert facet["_schemaURL"] == f"{OWN['$id']}#/$defs/{kind}"


def test_the_official_schema_accepts_the_events(events: list[Json]) -> None:
    """The standard's own schemas find nothing wrong, where a copy of them is at hand."""
    where = os.environ.get("OPENLINEAGE_SPEC", "")
    if not where:
        pytest.skip("OPENLINEAGE_SPEC names no copy of the standard's `spec` folder")
    import referencing  # noqa: PLC0415 - jsonschema's own
    from referencing.jsonschema import DRAFT202012  # noqa: PLC0415

    files = [Path(where) / "OpenLineage.json", *sorted((Path(where) / "facets").glob("*.json"))]
    contents = [json.loads(file.read_text("utf-8")) for file in files]
    registry: referencing.Registry[Any] = referencing.Registry().with_resources(
        (content["$id"], DRAFT202012.create_resource(content)) for content in contents
    )
    facets = "https://openlineage.io/spec/facets/1-2-0"
    lineage = {"$ref": f"{facets}/ColumnLineageDatasetFacet.json"}
    columns = {"$ref": f"{facets}/SchemaDatasetFacet.json"}
    for event in events:
        schema = {"$ref": contents[0]["$id"]}
        jsonschema.Draft202012Validator(schema, registry=registry).validate(event)
        for output in event.get("outputs", ()):
            for facet in (lineage, columns):
                jsonschema.Draft202012Validator(facet, registry=registry).validate(output["facets"])


def test_the_official_client_writes_the_same_facet(events: list[Json]) -> None:
    """Built from OpenLineage's own Python classes, every column-lineage facet is what we wrote."""
    facets = pytest.importorskip("openlineage.client.facet_v2", reason="no openlineage-python")
    client = facets.column_lineage_dataset
    from openlineage.client.serde import Serde  # noqa: PLC0415 - skipped where it is not

    def input_field(said: Json) -> Any:  # noqa: ANN401 - the client's
        said_ways = [client.Transformation(**way) for way in said["transformations"]]
        return client.InputField(**{**said, "transformations": said_ways})

    for output in outputs_of(events):
        wanted = output["facets"]["columnLineage"]
        facet = client.ColumnLineageDatasetFacet(
            producer=wanted["_producer"],
            fields={
                name: client.Fields([input_field(said) for said in field["inputFields"]])
                for name, field in wanted["fields"].items()
            },
            dataset=[input_field(said) for said in wanted.get("dataset", ())],
        )
        found = json.loads(Serde.to_json(facet))
        assert found == {**wanted, "dataset": wanted.get("dataset", found.get("dataset"))}


def test_what_shapes_all_rows_stands_at_the_dataset() -> None:
    """A filter is said once for the output, not once for each of its fields."""
    facet = lineage_of("create table b as select x, y from a where f > 1 order by y limit 3", "b")
    assert ways(facet, "x") == [("x", "DIRECT", "IDENTITY", False)]
    assert [(d["field"], d["transformations"][0]["subtype"]) for d in facet["dataset"]] == [
        ("f", "FILTER"),
        ("y", "SORT"),
    ]


def test_along_a_path_the_strongest_wins() -> None:
    """INDIRECT over AGGREGATION over TRANSFORMATION over IDENTITY, as Spark composes them."""
    sql = """create table b as with c as (select sum(upper(x)) as s, y as k from a group by y)
             select s, lower(s) as l, case when s > 1 then k end as g from c"""
    facet = lineage_of(sql, "b")
    assert ways(facet, "s")[0] == ("x", "DIRECT", "AGGREGATION", False)
    assert ways(facet, "l")[0] == ("x", "DIRECT", "AGGREGATION", False)
    assert ("x", "INDIRECT", "CONDITIONAL", False) in ways(facet, "g")


@pytest.mark.parametrize(
    ("expression", "masking"),
    [
        ("md5(x)", True),
        ("left(sha256(x), 8)", True),
        ("sha256(left(x, 8))", True),
        ("count(x)", True),
        ("upper(x)", False),
        ("left(x, 8)", False),
        ("sum(x)", False),
    ],
)
def test_masking_is_or_along_a_path(expression: str, masking: bool) -> None:  # noqa: FBT001
    """A value is masked when anything on its way hashes, masks or counts."""
    sql = "create table b as with c as (select VALUE as v from a) select upper(v) as w from c"
    sql = sql.replace("VALUE", expression)
    assert [way[3] for way in ways(lineage_of(sql, "b"), "w")] == [masking]


def test_parallel_paths_are_told_apart() -> None:
    """One masked way and one clear way are two transformations, and neither hides the other."""
    facet = lineage_of("create table b as select coalesce(md5(x), x) as v from a", "b")
    assert sorted(way[3] for way in ways(facet, "v") if way[1] == "DIRECT") == [False, True]


def test_a_file_is_named_as_the_standard_names_files() -> None:
    """A copy to a bucket goes to the bucket's namespace, whoever else writes about it."""
    sql = "copy (select x from a) to 's3://lake/out/a.parquet'"
    (output,) = outputs_of(events_of(analyze_sql(sql, dialect="duckdb")))
    assert (output["namespace"], output["name"]) == ("s3://lake", "out/a.parquet")


def test_namespace_and_time_are_the_askers(pipeline: Analysis) -> None:
    """Nothing of the machine is in an event: what the analysis cannot know is given."""
    found = events_of(pipeline, namespace="snowflake://o-a", event_time="2026-01-02T03:04:05Z")
    assert {event["eventTime"] for event in found} == {"2026-01-02T03:04:05Z"}
    assert {output["namespace"] for output in outputs_of(found)} == {"snowflake://o-a"}


def test_a_relation_without_flows_is_an_event_of_its_own() -> None:
    """A table that nothing reads or writes is in the events all the same, with its columns."""
    (event,) = events_of(analyze_sql("create table lonely (x int)", dialect="duckdb"))
    assert event["dataset"]["name"] == "lonely"
    assert [field["name"] for field in event["dataset"]["facets"]["schema"]["fields"]] == ["x"]
