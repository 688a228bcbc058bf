"""OpenLineage events read back in: nothing is lost, and nothing that is broken does harm."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lineage import Analysis, Column, GapReason, InputError, Transform, TransformSubtype, analyze
from lineage.graph import ROWS, EdgeKind, EdgeSite, GraphBuilder
from lineage.masking import MASKED, MASKING
from lineage.notations import render_openlineage
from lineage.projects import DeclaredColumn, RelationKind, Unit
from lineage.projects import Relation as DeclaredRelation
from lineage.readers import find_project, holds_events, read_events
from lineage.readers import openlineage_events as limits
from lineage.subgraph import whole
from lineage.words import Origin

EXAMPLES = Path(__file__).parents[3] / "examples"
EVENT = {"eventTime": "2026-01-01T00:00:00Z", "producer": "p:", "schemaURL": "s:"}
JOB = {"namespace": "n", "name": "j"}
Json = dict[str, Any]
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

NAMES = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=6
)
RELATIONS = st.one_of(
    st.sampled_from(["a", "b", "db.a", "n.a", "s3://lake/out/x.parquet", "@stage/y", '"q.r".t']),
    NAMES,
)
COLUMNS = st.sampled_from(["x", "y", "X", 'z"', "ä.b"])
TRANSFORMS = st.builds(
    Transform,
    st.sampled_from(TransformSubtype),
    st.lists(st.sampled_from(["sha2", "left", "lower", "count", MASKED]), max_size=3).map(tuple),
)


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    """Any flows between any relations, by way of inner columns too."""
    relations = draw(st.lists(RELATIONS, min_size=1, max_size=4, unique=True))
    files = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    builder = GraphBuilder()
    places = [(r, c) for r in relations for c in (*draw(st.sets(COLUMNS, min_size=1)), ROWS)]
    nodes = [builder.node(*place) for place in places]
    nodes += [builder.inner_node("cte", "i") for _ in range(draw(st.integers(0, 2)))]
    node = st.sampled_from(nodes)
    for _ in range(draw(st.integers(0, 10))):
        site = EdgeSite(draw(st.integers(0, len(files) - 1)), 0, draw(st.booleans()))
        kind = builder.kind(EdgeKind(draw(TRANSFORMS)))
        builder.edge(draw(node), draw(node), kind, site)
    columns = {r: tuple(c for other, c in places if other == r and c != ROWS) for r in relations}
    return Analysis(
        graph=builder.freeze(),
        units=tuple(Unit(file=file, text="select", dialect="") for file in files),
        relations=tuple(
            DeclaredRelation(
                name=name,
                kind=RelationKind.TABLE,
                origin=Origin("f", 1, 1),
                columns=tuple(DeclaredColumn(c, draw(st.sampled_from(["", "INT"]))) for c in found),
            )
            for name, found in sorted(columns.items())
        ),
        grants=(),
        deletes=(),
        guarded=(),
        gaps=(),
        statements=1,
        opaque=0,
    )


def flows_of(analysis: Analysis) -> set[tuple[object, ...]]:
    return {
        (flow.job, flow.edge.source, flow.edge.target, flow.edge.transform, flow.edge.ambiguous)
        for flow in whole(analysis).flows
    }


def said_of(analysis: Analysis) -> set[tuple[object, ...]]:
    """What the standard can say of the flows: no functions, no doubt, no rows as a source."""
    return {
        (job, source, target, transform.subtype, not MASKING.isdisjoint(transform.functions))
        for job, source, target, transform, _doubt in flows_of(analysis)
        if source.column != ROWS
    }


def written(tmp_path: Path, content: object, name: str = "events.ndjson") -> Path:
    path = tmp_path / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path


def event(fields: Json, **more: Any) -> Json:  # noqa: ANN401 - any JSON
    """An event of one job with one output, `n.out`, from one input, `n.in`."""
    facet = {"_producer": "p:", "_schemaURL": "s:", "fields": fields, **more}
    output = {"namespace": "n", "name": "out", "facets": {"columnLineage": facet}}
    return {**EVENT, "job": JOB, "inputs": [{"namespace": "n", "name": "in"}], "outputs": [output]}


def used(field: str, *ways: Json, name: str = "in") -> Json:
    return {"namespace": "n", "name": name, "field": field, "transformations": list(ways)}


def edges_of(path: Path) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [
        (str(e.source), str(e.target), e.transform.subtype.value, e.transform.functions)
        for e in read_events(path, namespace="n").edges
    ]


@given(analysis=analyses())
@same_folder
def test_a_round_trip_loses_nothing(tmp_path: Path, analysis: Analysis) -> None:
    """Events of any graph, read back, are the same flows, relations and columns."""
    back = read_events(written(tmp_path, render_openlineage(whole(analysis)) or "[]"))
    assert flows_of(back) == flows_of(analysis)
    assert [(r.name, set(r.columns)) for r in back.relations] == [
        (r.name, set(r.columns)) for r in analysis.relations
    ]


@given(analysis=analyses())
@same_folder
def test_the_standards_own_words_are_enough(tmp_path: Path, analysis: Analysis) -> None:
    """Without our own facets, what the standard can say of each flow is still there."""
    events = [json.loads(line) for line in render_openlineage(whole(analysis)).splitlines()]
    for said in events:
        for output in said.get("outputs", ()):
            output["facets"].pop("fieldgate_flows", None)
    back = read_events(written(tmp_path, "\n".join(map(json.dumps, events))))
    assert said_of(back) == said_of(analysis)


@given(analysis=analyses())
@same_folder
def test_writing_again_changes_nothing(tmp_path: Path, analysis: Analysis) -> None:
    """What was read is written as it was: the same bytes."""
    first = render_openlineage(whole(analysis))
    assert render_openlineage(whole(read_events(written(tmp_path, first)))) == first


WAYS = st.one_of(
    *(
        st.fixed_dictionaries(
            {
                "type": st.just(subtype.type.value),
                "subtype": st.just(subtype.value),
                "description": st.text(st.characters(codec="ascii"), max_size=8),
                "masking": st.booleans(),
            }
        )
        for subtype in TransformSubtype
    )
)
INPUTS = st.fixed_dictionaries(
    {
        "namespace": st.sampled_from(["n", "pg://h:5432", "n.m", "fieldgate"]),
        "name": st.sampled_from(["in", "m.in", "a/b", "out"]),
        "field": COLUMNS,
        "transformations": st.lists(WAYS, min_size=1, max_size=3),
    }
)


def _kept(way: dict[str, object]) -> list[tuple[str, object]]:
    """What is kept of a transformation: all but the values in its description."""
    description = re.sub(r"'(?:[^']|'')*(?:'|\Z)", "'…'", str(way.get("description", "")))
    return list(({**way, "description": description} if "description" in way else way).items())


def told(events: list[Json]) -> set[tuple[object, ...]]:
    """Everything that column lineage says in events, whoever wrote them."""
    found: set[tuple[object, ...]] = set()
    for each in events:
        job = (each["job"]["namespace"], each["job"]["name"]) if "job" in each else None
        for output in each.get("outputs", ()):
            facet = output["facets"]["columnLineage"]
            fields = [(name, field["inputFields"]) for name, field in facet["fields"].items()]
            for field, inputs in (*fields, (None, facet.get("dataset", []))):
                found.add((job, output["namespace"], output["name"], field))
                found |= {
                    (job, output["namespace"], output["name"], field, *ids, *sorted(_kept(way)))
                    for given in inputs
                    for ids in ((given["namespace"], given["name"], given["field"]),)
                    for way in given["transformations"]
                }
    return found


@given(
    fields=st.dictionaries(COLUMNS, st.lists(INPUTS, max_size=3), max_size=3),
    dataset=st.lists(INPUTS, max_size=3),
    job=st.fixed_dictionaries({"namespace": NAMES, "name": NAMES}),
)
@same_folder
def test_events_of_others_are_kept_too(
    tmp_path: Path, fields: Json, dataset: list[Json], job: Json
) -> None:
    """Names, subtypes, descriptions but for values, and masking of anybody's event survive."""
    facet = {name: {"inputFields": inputs} for name, inputs in fields.items()}
    first = {**event(facet, dataset=dataset), "job": job}
    again = render_openlineage(whole(read_events(written(tmp_path, first))))
    assert told([json.loads(line) for line in again.splitlines()]) >= told([first]) - {
        (tuple(job.values()), "n", "out", None)
    }


@pytest.mark.parametrize(("example", "dialect"), [("shop", None), ("warehouse-sql", "snowflake")])
def test_a_project_comes_back(tmp_path: Path, example: str, dialect: str | None) -> None:
    """Edges and gaps of a real project are the same after a round trip."""
    analysis = analyze(find_project(EXAMPLES / example, dialect=dialect))
    back = read_events(written(tmp_path, render_openlineage(whole(analysis))))
    bare = [
        {(e.source, e.target, e.transform, e.ambiguous) for e in found.edges}
        for found in (analysis, back)
    ]
    assert bare[0] == bare[1]
    assert [(g.reason, g.message, g.relations) for g in back.gaps] == [
        (g.reason, g.message, g.relations) for g in analysis.gaps
    ]


def test_the_facets_own_example_is_read(tmp_path: Path) -> None:
    """Direct and indirect inputs of a field, as the standard shows them."""
    ways = (
        {"type": "DIRECT", "subtype": "IDENTITY", "masking": False},
        {"type": "INDIRECT", "subtype": "JOIN", "description": "ON (d.id = c.id)"},
    )
    path = written(
        tmp_path, event({"NAME": {"inputFields": [used("NAME", ways[0]), used("ID", ways[1])]}})
    )
    assert edges_of(path) == [
        ("in.ID", "out.NAME", "JOIN", ()),
        ("in.NAME", "out.NAME", "IDENTITY", ()),
    ]


@pytest.mark.parametrize(
    ("way", "subtype", "functions"),
    [
        ({"type": "DIRECT"}, "TRANSFORMATION", ()),
        ({"type": "DIRECT", "subtype": "JOIN"}, "TRANSFORMATION", ()),
        ({"type": "direct", "subtype": "identity"}, "IDENTITY", ()),
        ({"type": "INDIRECT"}, "CONDITIONAL", ()),
        ({"type": "INDIRECT", "subtype": "SOMETHING"}, "CONDITIONAL", ()),
        ({"type": "", "subtype": None, "masking": None}, "TRANSFORMATION", ()),
        ({"type": "DIRECT", "subtype": "AGGREGATION", "masking": True}, "AGGREGATION", (MASKED,)),
    ],
)
def test_what_is_not_said_may_carry_the_value(
    tmp_path: Path, way: Json, subtype: str, functions: tuple[str, ...]
) -> None:
    """Only INDIRECT says that no value flows; an unknown subtype is no promise."""
    path = written(tmp_path, event({"o": {"inputFields": [used("i", way)]}}))
    assert edges_of(path) == [("in.i", "out.o", subtype, functions)]


def test_a_field_without_transformations_is_a_flow(tmp_path: Path) -> None:
    """Dbt's integration names input fields and nothing more; older facets say it per field."""
    bare = {"namespace": "n", "name": "in", "field": "i"}
    fields = {
        "o": {"inputFields": [bare]},
        "p": {"inputFields": [bare], "transformationType": "MASKED"},
        "q": {"inputFields": [bare], "transformationType": "IDENTITY"},
    }
    assert edges_of(written(tmp_path, event(fields))) == [
        ("in.i", "out.o", "TRANSFORMATION", ()),
        ("in.i", "out.p", "TRANSFORMATION", (MASKED,)),
        ("in.i", "out.q", "IDENTITY", ()),
    ]


def test_an_input_that_no_field_names_decides_about_rows(tmp_path: Path) -> None:
    """`count(*)` names no field of its input, yet what filters the input is upstream."""
    first = event({"x": {"inputFields": []}}, dataset=[used("f", {"type": "INDIRECT"}, name="raw")])
    first["outputs"][0]["name"] = "in"
    second = event({"n": {"inputFields": []}})
    back = read_events(written(tmp_path, [first, second]), namespace="n")
    found = {(f.edge.source, f.edge.target) for f in whole(back).flows}
    assert (Column("in", ROWS), Column("out", ROWS)) in found
    assert (Column("raw", "f"), Column("in", ROWS)) in found


def test_an_output_without_column_lineage_is_a_gap(tmp_path: Path) -> None:
    """That a job reads one dataset and writes another is no answer to which column goes where."""
    silent = event({})
    del silent["outputs"][0]["facets"]
    back = read_events(written(tmp_path, silent), namespace="n")
    assert [(gap.reason, gap.relations) for gap in back.gaps] == [
        (GapReason.OPAQUE_CODE, ("in", "out"))
    ]
    told_later = [silent, event({"o": {"inputFields": [used("i", {"type": "DIRECT"})]}})]
    assert read_events(written(tmp_path, told_later), namespace="n").gaps == ()


def test_all_columns_is_a_gap(tmp_path: Path) -> None:
    """A field called `*` names no column, so both relations have a gap."""
    path = written(tmp_path, event({"o": {"inputFields": [used("*", {"type": "DIRECT"})]}}))
    (gap,) = read_events(path, namespace="n").gaps
    assert (gap.reason, gap.relations) == (GapReason.UNRESOLVED_STAR, ("in", "out"))


def test_one_name_in_two_namespaces_is_two_relations(tmp_path: Path) -> None:
    """Datasets are never united because their names look alike."""
    ways = [{"type": "DIRECT", "subtype": "IDENTITY"}]
    inputs = [
        {"namespace": namespace, "name": name, "field": "i", "transformations": ways}
        for namespace, name in (("n", "in"), ("m", "in"), ("m.in", "x"), ("n", "m.in"), ("m", "a"))
    ]
    path = written(tmp_path, event({"o": {"inputFields": inputs}}))
    assert len({source for source, *_rest in edges_of(path)}) == len(inputs)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("shape", ["one", "array", "lines"])
def test_one_event_an_array_or_lines(tmp_path: Path, shape: str, indent: int | None) -> None:
    """A file holds events in any of the three ways in which they are kept."""
    said = event({"o": {"inputFields": [used("i", {"type": "DIRECT"})]}})
    text = json.dumps([said] if shape == "array" else said, indent=indent)
    if shape == "lines":
        text = f"\ufeff{json.dumps(said)}\r\n\n{json.dumps(said)}\n"
    path = written(tmp_path, text, "events.json")
    assert holds_events(path)
    assert [edge[:2] for edge in edges_of(path)] == [("in.i", "out.o")]


GOOD = json.dumps(event({"o": {"inputFields": [used("i", {"type": "DIRECT"})]}}))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", GapReason.PARSE_ERROR),
        ("null", GapReason.PARSE_ERROR),
        ("{}", GapReason.PARSE_ERROR),
        ('{"job": 3}', GapReason.PARSE_ERROR),
        ('{"job": {"namespace": "n"}}', GapReason.PARSE_ERROR),
        ('{"x": ' + "[" * 100_000, GapReason.TOO_DEEP),
        ('{"job": {"namespace": "n", "name": "a\\u0000"}}', GapReason.NOT_TEXT),
        ('{"dataset": {"namespace": "n", "name": ""}}', GapReason.NOT_TEXT),
        ('{"dataset": {"namespace": "n", "name": "a\\u001b[2J"}}', GapReason.NOT_TEXT),
        ('{"dataset": {"namespace": "n", "name": "a\\ud800"}}', GapReason.PARSE_ERROR),
    ],
)
def test_a_broken_event_is_a_gap(tmp_path: Path, line: str, reason: GapReason) -> None:
    """One event that cannot be read costs itself, with its line, and no other."""
    back = read_events(written(tmp_path, f"{GOOD}\n{line}\n{GOOD}\n"), namespace="n")
    (gap,) = back.gaps
    assert (gap.reason, gap.origin) == (reason, Origin("events.ndjson", 2, 1))
    assert (len(back.edges), back.statements, back.opaque) == (1, 3, 1)


def test_a_broken_event_names_what_it_writes(tmp_path: Path) -> None:
    """The gap of an event with a broken facet covers its outputs."""
    broken = event({"o": {"inputFields": "none"}})
    path = written(tmp_path, f"{GOOD}\n{json.dumps(broken)}")
    assert [gap.relations for gap in read_events(path, namespace="n").gaps] == [("out",)]


@pytest.mark.parametrize("content", ["", " \n", "select 1", "[]", "[1, 2]", "{}", "[" * 200_000])
def test_a_file_without_an_event_is_an_error(tmp_path: Path, content: str) -> None:
    """A file in which there is no event at all is not an empty graph."""
    with pytest.raises(InputError, match="no OpenLineage event"):
        read_events(written(tmp_path, content))


def test_a_file_that_is_no_file_is_an_error(tmp_path: Path) -> None:
    """Neither a folder nor nothing holds events."""
    for path in (tmp_path, tmp_path / "none.ndjson"):
        with pytest.raises(InputError, match=r"give one OpenLineage event|name a file"):
            read_events(path)


def test_a_file_that_is_too_large_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Size is looked at before a byte is read."""
    monkeypatch.setattr(limits, "MAX_EVENT_BYTES", 100)
    with pytest.raises(InputError, match="larger than 100 bytes"):
        read_events(written(tmp_path, GOOD))


def test_many_broken_events_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of garbage makes no more gaps than a person would read."""
    monkeypatch.setattr(limits, "MAX_REFUSED", 3)
    back = read_events(written(tmp_path, GOOD + "\n{" * 10))
    assert len(back.gaps) == 4
    assert any("7 further events" in gap.message for gap in back.gaps)


def test_lists_that_connect_everything_are_a_gap(tmp_path: Path) -> None:
    """A thousand inputs of a thousand outputs, not told apart, are not a million flows."""
    many = [{"namespace": "n", "name": f"d{number}"} for number in range(1000)]
    said = {**EVENT, "job": JOB, "inputs": many, "outputs": many}
    back = read_events(written(tmp_path, said))
    assert GapReason.TOO_LARGE in {gap.reason for gap in back.gaps}
    assert len(back.graph.sources) == 0


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.data())
@same_folder
def test_no_event_does_harm(tmp_path: Path, data: st.DataObject) -> None:
    """Any value in the place of any part of an event is read, is a gap, or is an error."""
    said = json.loads(GOOD)
    here: Any = said
    while True:
        key = data.draw(
            st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here)))
        )
        if not isinstance(here[key], dict | list) or not here[key] or data.draw(st.booleans()):
            here[key] = data.draw(JSON_VALUES)
            break
        here = here[key]
    try:
        back = read_events(written(tmp_path, said))
    except InputError:
        return
    assert render_openlineage(whole(back))


@example(b"\xff\xfe")
@example(b'{"job": {"namespace": "\xff", "name": "j"}}')
@given(st.binary(max_size=40))
@same_folder
def test_no_bytes_do_harm(tmp_path: Path, data: bytes) -> None:
    """Whatever a file holds, reading it ends in an analysis or in one error."""
    path = tmp_path / "events.ndjson"
    path.write_bytes(data)
    with pytest.raises(InputError):
        read_events(path)


def test_an_artifact_of_dbt_is_no_file_of_events() -> None:
    """A manifest stays what it is."""
    assert not holds_events(EXAMPLES / "shop/target/manifest.json")
    assert not holds_events(EXAMPLES / "shop")
