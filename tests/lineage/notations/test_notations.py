"""Each notation: the same answer for the same input, safe wherever it is shown."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage import Analysis, Column, Edge, Gap, GapReason, Origin, Transform, TransformSubtype
from lineage.flows import Flow
from lineage.graph import ROWS
from lineage.notations import NOTATIONS, render
from lineage.projects import DeclaredColumn, Relation, RelationKind
from lineage.subgraph import Subgraph, around, whole

DOCS = Path(__file__).parents[3] / "docs"
SUFFIX = {"json": "json", "mermaid": "mmd", "graphviz": "dot", "openlineage": "ndjson"}
HOSTILE = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from('"\\`#;%{}[]()<>&|:\n\r\t\x1b\x07\u202e\u200b-='),
    ),
    min_size=1,
    max_size=12,
)
VISIBLE = re.compile(r"[^\n\x1b\x00-\x1f\x7f\u202e\u200b]*")


@st.composite
def subgraphs(draw: st.DrawFn) -> Subgraph:
    """Anything at all as names, in every place where a name is shown."""
    relations = draw(st.lists(HOSTILE, min_size=1, max_size=3, unique=True))
    column = st.builds(Column, st.sampled_from(relations), HOSTILE | st.just(ROWS))
    subtype = st.sampled_from(TransformSubtype)
    functions = st.lists(HOSTILE, max_size=2).map(tuple)
    edge = st.builds(
        Edge,
        column,
        column,
        st.builds(Transform, subtype, functions),
        st.builds(Origin, HOSTILE, st.integers(1, 9), st.integers(1, 9)),
        st.booleans(),
    )
    flows = draw(st.lists(st.builds(Flow, edge, HOSTILE), max_size=5))
    gap = Gap(GapReason.PARSE_ERROR, draw(HOSTILE), (relations[0],), Origin(draw(HOSTILE), 1, 1))
    return Subgraph(
        flows=tuple(sorted(set(flows))),
        relations=tuple(
            Relation(
                name=name,
                kind=RelationKind.TABLE,
                origin=Origin(draw(HOSTILE), 1, 1),
                columns=(DeclaredColumn(draw(HOSTILE), draw(HOSTILE)),),
            )
            for name in sorted(relations)
        ),
        focus=tuple(sorted({flow.edge.target for flow in flows[:1]})),
        gaps=(gap,),
    )


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_whole_graph_looks_as_it_did(notation: str, pipeline: Analysis, golden: Path) -> None:
    """What a stranger sees of a small pipeline in each notation."""
    wanted = golden / f"whole.{SUFFIX.get(notation, 'txt')}"
    assert render(whole(pipeline), notation) == wanted.read_text("utf-8")


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_column_looks_as_it_did(notation: str, pipeline: Analysis, golden: Path) -> None:
    """What a stranger sees of one column and of everything that it touches."""
    wanted = golden / f"column.{SUFFIX.get(notation, 'txt')}"
    subgraph = around(pipeline, [Column("mart.keys", "country")])
    assert render(subgraph, notation) == wanted.read_text("utf-8")


def test_the_hash_seed_changes_nothing() -> None:
    """Same input, same bytes, in any process and in every notation."""
    program = (
        "from lineage import analyze_sql; from lineage.subgraph import whole\n"
        "from lineage.notations import NOTATIONS, render\n"
        "sql = 'create table b as select x, y, count(*) as n from a join c using (k) group by x'\n"
        "found = whole(analyze_sql(sql, dialect='duckdb'))\n"
        "print(*(render(found, notation) for notation in NOTATIONS))\n"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(shown) == 1
    assert len(shown.pop()) > 1000


def test_an_unknown_notation_is_a_mistake(pipeline: Analysis) -> None:
    """Nothing is shown in a notation that there is not."""
    with pytest.raises(ValueError, match="no notation 'svg'"):
        render(whole(pipeline), "svg")


@pytest.mark.parametrize("notation", NOTATIONS)
@given(subgraph=subgraphs())
def test_no_name_reaches_the_terminal_as_it_is(notation: str, subgraph: Subgraph) -> None:
    """Whatever a relation is called, no line holds a control or an invisible character."""
    for line in render(subgraph, notation).split("\n"):
        assert VISIBLE.fullmatch(line), line


@given(subgraph=subgraphs())
def test_mermaid_has_names_in_labels_only(subgraph: Subgraph) -> None:
    """Every line of the chart has one of a few shapes, with all that is special encoded."""
    label = r'"(?:[^\x21-\x27\x2a\x2b\x3b-\x40\x5b-\x5e\x60\x7b-\x7e]|#\d+;)+"'
    shapes = re.compile(
        r"flowchart LR|  %% not analysed: \d+; flows may be missing|  end"
        rf"|  subgraph r\d+\[{label}\]|    c\d+\[{label}\]"
        rf"|  c\d+ (-->|-\.->)(\|{label}\|)? c\d+|  style c\d+ stroke-width:3px"
    )
    for line in render(subgraph, "mermaid").splitlines():
        assert shapes.fullmatch(line), line


@given(subgraph=subgraphs())
def test_graphviz_has_names_in_strings_only(subgraph: Subgraph) -> None:
    """Every line has one of a few shapes, and no string ends early or holds an escape of DOT."""
    text = r'"(?:[^"\\&]|\\\\|\\"|&amp;)*"'
    shapes = re.compile(
        rf"digraph lineage {{|  rankdir=LR;|  node \[shape=box\];|  label={text};|  labelloc=t;"
        rf"|  subgraph cluster_\d+ {{|    label={text};|    c\d+ \[label={text}\];|  ?}}|}}"
        rf"|  c\d+ -> c\d+( \[(label={text})?(, )?(style=dashed)?\])?;|  c\d+ \[penwidth=3\];"
    )
    for line in render(subgraph, "graphviz").splitlines():
        assert shapes.fullmatch(line), line


def test_graphviz_reads_it(golden: Path) -> None:
    """Where Graphviz is installed, it reads what we write."""
    if shutil.which("dot") is None:
        pytest.skip("there is no `dot`")
    done = subprocess.run(["dot", "-Tplain", golden / "whole.dot"], capture_output=True, check=True)
    assert b"edge" in done.stdout


@given(subgraph=subgraphs())
def test_json_is_what_its_schema_says(subgraph: Subgraph) -> None:
    """Every answer fits docs/lineage.schema.json, and holds every flow with its names."""
    schema = json.loads((DOCS / "lineage.schema.json").read_text("utf-8"))
    found = json.loads(render(subgraph, "json"))
    jsonschema.Draft202012Validator(schema).validate(found)
    names = [
        (flow["source"]["relation"], flow["source"]["column"], flow["target"]["column"])
        for flow in found["flows"]
    ]
    assert names == [
        (flow.edge.source.relation, flow.edge.source.column, flow.edge.target.column)
        for flow in subgraph.flows
    ]


def test_a_drawing_says_that_it_is_not_complete(pipeline: Analysis) -> None:
    """A gap is said in every notation: none looks complete when something was not analysed."""
    assert pipeline.gaps
    silent = [
        notation
        for notation in NOTATIONS
        if not re.search("not analysed|opaque-code", render(whole(pipeline), notation))
    ]
    assert silent == []
