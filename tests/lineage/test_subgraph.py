"""Parts of a graph: what is near a column, and that composing inner steps loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineage import Column, Edge, analyze, analyze_sql
from lineage.flatten import compose
from lineage.graph import ROWS
from lineage.readers import find_project
from lineage.subgraph import Subgraph, around, whole

EXAMPLES = Path(__file__).parents[2] / "examples"
CHAIN = """
create table b as select x, y from a where f;
create table c as select x from b;
create table d as select count(*) as n from c;
"""


def edges_through_rows(subgraph: Subgraph) -> set[Edge]:
    """The subgraph's flows with each relation's own rows composed away."""
    edges = [flow.edge for flow in subgraph.flows]
    into_rows: dict[str, list[Edge]] = {}
    for edge in edges:
        if edge.target.column == ROWS:
            into_rows.setdefault(edge.target.relation, []).append(edge)
    found = set()
    for edge in edges:
        if edge.target.column == ROWS:
            continue
        inside = edge.source == Column(edge.target.relation, ROWS)
        for before in into_rows.get(edge.target.relation, []) if inside else [edge]:
            transform = compose(before.transform, edge.transform) if inside else edge.transform
            doubt = before.ambiguous or edge.ambiguous
            found.add(Edge(before.source, edge.target, transform, before.origin, doubt))
    return {edge for edge in found if edge.source.column != ROWS}


def near(sql: str, column: Column, **asked: object) -> set[str]:
    subgraph = around(analyze_sql(sql, dialect="duckdb"), [column], **asked)  # type: ignore[arg-type]
    return {f"{flow.edge.source} > {flow.edge.target}" for flow in subgraph.flows}


@pytest.mark.parametrize(("example", "dialect"), [("shop", None), ("warehouse-sql", "snowflake")])
def test_the_whole_is_what_the_edges_are(example: str, dialect: str | None) -> None:
    """Rows composed away, the flows of a project are the edges of its analysis."""
    analysis = analyze(find_project(EXAMPLES / example, dialect=dialect))
    assert edges_through_rows(whole(analysis)) == set(analysis.edges)


def test_counting_rows_is_a_flow() -> None:
    """`count(*)` reads no column, and what decides about the counted rows is upstream of it."""
    found = near(CHAIN, Column("d", "n"), downstream=False)
    assert found >= {"d.* > d.n", "c.* > d.*", "b.* > c.*", "a.f > b.*"}


def test_depth_counts_relations() -> None:
    """A step from a relation's rows to its column is no step further."""
    assert near(CHAIN, Column("c", "x"), downstream=False, depth=1) == {
        "b.x > c.x",
        "b.* > c.*",
        "b.* > b.x",
        "c.* > c.x",
    }
    assert "a.f > b.*" in near(CHAIN, Column("c", "x"), downstream=False, depth=2)


def test_directions_are_kept_apart() -> None:
    """Upstream holds nothing that is made of a column, and downstream nothing it is made of."""
    assert near(CHAIN, Column("b", "x"), upstream=False) == {"b.x > c.x"}
    assert near(CHAIN, Column("b", "y"), upstream=False) == set()
    assert "b.x > c.x" not in near(CHAIN, Column("b", "x"), downstream=False)


def test_direct_flows_carry_the_value() -> None:
    """No filter, and no relation's rows, is a direct flow."""
    assert near(CHAIN, Column("c", "x"), direct=True) == {"b.x > c.x", "a.x > b.x"}


def test_a_cycle_ends() -> None:
    """Relations that feed each other are followed once."""
    sql = "insert into p select x from q; insert into q select x from p;"
    assert {"q.x > p.x", "p.x > q.x"} <= near(sql, Column("p", "x"))


def test_gaps_are_those_of_the_project() -> None:
    """What was not analysed may hold further flows of any column, so no part leaves it out."""
    analysis = analyze_sql(f"{CHAIN}; call elsewhere();", dialect="duckdb")
    assert analysis.gaps
    assert around(analysis, [Column("c", "x")]).gaps == analysis.gaps


def test_a_column_that_nothing_mentions_has_no_flows() -> None:
    """Asking for what is not there is no error of the graph."""
    assert near(CHAIN, Column("nobody", "nothing")) == set()
