"""Where columns are taken without being named."""

from __future__ import annotations

import pytest

from lineage import analyze_sql

SCHEMAS: tuple[dict[str, dict[str, str]], ...] = (
    {"raw.people": {"id": "int", "email": "text"}},
    {},
)


def taken(sql: str, schema: dict[str, dict[str, str]]) -> set[str]:
    """The columns that leave their relation by a star."""
    analysis = analyze_sql(sql, dialect="duckdb", schema=schema)
    graph = analysis.graph
    return {
        str(graph.columns[source])
        for edge, source in enumerate(graph.sources)
        if analysis.by_star(edge) and source not in graph.inner
        if graph.columns[source].column != "*"
    }


@pytest.mark.parametrize("schema", SCHEMAS, ids=["known", "unknown"])
@pytest.mark.parametrize(
    "sql",
    [
        "create table a as select * from raw.people; select id, email from a",
        "create table a as select p.* from raw.people p; select id, email from a",
        "create table a as with s as (from raw.people) from s; select id, email from a",
        "copy raw.people to 's3://out/people.csv'; select id, email from raw.people",
    ],
)
def test_a_star_takes_every_column_it_stands_for(
    sql: str, schema: dict[str, dict[str, str]]
) -> None:
    """Whether columns are known beforehand or found by name, the star is what took them."""
    assert taken(sql, schema) == {"raw.people.id", "raw.people.email"}


def test_what_is_named_is_not_taken_by_a_star() -> None:
    """A star that only another name for its table hides nothing: the columns are named after it."""
    sql = "create table a as with s as (select * from raw.people) select id, email from s"
    assert taken(sql, SCHEMAS[0]) == set()


def test_what_a_star_leaves_out_it_does_not_take() -> None:
    """`exclude` is as good as naming the others."""
    sql = "create table a as select * exclude (email) from raw.people"
    assert taken(sql, SCHEMAS[0]) == {"raw.people.id"}


def test_counting_rows_takes_no_column() -> None:
    """`count(*)` is no star."""
    assert taken("create table a as select count(*) as n from raw.people", SCHEMAS[0]) == set()
