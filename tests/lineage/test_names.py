"""What a name means: case, quotes, collisions and the order in which scopes are searched."""

from __future__ import annotations

import pytest
from sqlglot.dialects import DIALECTS
from sqlglot.dialects.dialect import Dialect

from lineage import InputError, analyze_sql
from lineage.dialects import FOLDING
from lineage.fields import path_to


def _edges(sql: str, dialect: str, schema: dict[str, dict[str, str]] | None = None) -> set[str]:
    analysis = analyze_sql(sql, dialect=dialect, schema=schema)
    direct = [e for e in analysis.edges if e.transform.type == "DIRECT"]
    return {f"{e.source} -> {e.target}" for e in direct}


_FOLDING = [
    ("snowflake", 'select Email, "Email" from Raw.T', {"RAW.T.EMAIL", "RAW.T.Email"}),
    ("duckdb", 'select E from "\u212ayc".T', {"\u212ayc.t.e"}),
    ("oracle", "select Straße, größe from T", {"T.STRAßE", "T.GRÖßE"}),
    ("postgres", 'select EMAIL, "EMAIL" from Raw.T', {"raw.t.email", "raw.t.EMAIL"}),
    ("redshift", 'select EMAIL, "EMAIL" from Raw.T', {"raw.t.email"}),
    ("duckdb", 'select EMAIL, "Email" from Raw.T', {"raw.t.email"}),
    ("databricks", "select EMAIL, `Email` from Raw.T", {"raw.t.email"}),
    ("bigquery", "select EMAIL, `Email` from Raw.T", {"Raw.T.email"}),
    ("mysql", "select EMAIL, `Email` from Raw.T", {"Raw.T.email"}),
    ("clickhouse", "select EMAIL, email from Raw.T", {"Raw.T.EMAIL", "Raw.T.email"}),
]


@pytest.mark.threat(15)
@pytest.mark.parametrize(("dialect", "sql", "sources"), _FOLDING)
def test_case_is_folded_as_the_dialect_does(dialect: str, sql: str, sources: set[str]) -> None:
    """Two spellings are one name exactly where the dialect takes them for one."""
    assert {str(e.source) for e in analyze_sql(sql, dialect=dialect).edges} == sources


_MEANT = [
    ("a CTE hides a table", "with t as (select a as x from s) select x from t",
     {"s.a -> result:1.x"}),
    ("a qualified name is never a CTE", "with v as (select 1 as x) select x from d.v",
     {"d.v.x -> result:1.x"}),
    ("two tables of one name", "select c.v.x from a.v join c.v on a.v.k = c.v.k",
     {"c.v.x -> result:1.x"}),
    ("a table's own name beside its alias", "select d.v.x, y, v1.z from d.v as v1",
     {"d.v.x -> result:1.x", "d.v.y -> result:1.y", "d.v.z -> result:1.z"}),
    ("a field of a struct", "select t.person.email from t", {"t.person.email -> result:1.email"}),
    ("an alias with a dot in it", 'select "a.b".x from t as "a.b"', {"t.x -> result:1.x"}),
    ("a relation with a dot in it", 'select x from "s.t"', {'"s.t".x -> result:1.x'}),
    ("an inner name before an outer one", "select (select max(x) from u) as m from t",
     {"u.x -> result:1.m"}),
    ("a column list renames", "select b from t as q(a, b)", {"t.y -> result:1.b"}),
    ("NATURAL JOIN merges", "select k from t natural join u",
     {"t.k -> result:1.k", "u.k -> result:1.k"}),
]  # fmt: skip
_SCHEMA = {"t": {"x": "int", "y": "int", "k": "int", "person": "struct"},
           "u": {"x": "int", "k": "int"}}  # fmt: skip


@pytest.mark.parametrize(("law", "sql", "edges"), _MEANT, ids=lambda v: v if " " in v else "")
def test_a_name_means_what_the_engine_takes_it_for(law: str, sql: str, edges: set[str]) -> None:
    """Scopes are searched as SQL does: nearest first, CTEs before tables."""
    assert _edges(sql, "duckdb", _SCHEMA) == edges, law


def test_an_unqualified_name_of_unknown_tables_is_followed_to_each() -> None:
    """What may come from either of two tables comes from both, and is marked so."""
    analysis = analyze_sql("select email from a, b", dialect="duckdb")

    assert {(e.source.relation, e.ambiguous) for e in analysis.edges} == {("a", True), ("b", True)}


def test_a_lateral_alias_is_followed_though_a_table_may_have_the_name() -> None:
    """Where nobody knows whether a table has the column, the alias is followed as well."""
    sql = "select mail as x, x as y from t, u"

    assert "T.MAIL -> result:1.Y" in _edges(sql, "snowflake")


def test_a_temporary_table_is_known_to_the_rest_of_the_script() -> None:
    """What flows through a session's table comes out of it."""
    sql = "create temp table s as select email from t; create table m as select * from s"

    assert "s.email -> m.email" in _edges(sql, "duckdb")


def test_star_is_followed_by_name_through_unknown_tables() -> None:
    """A column asked for by name is found behind any number of stars, without a catalog."""
    sql = "with a as (select * from t), b as (select * from a) select upper(email) as e from b"

    assert _edges(sql, "duckdb") == {"t.email -> result:1.e"}


def test_an_unknown_dialect_is_an_error_that_names_the_known_ones() -> None:
    """A dialect that nobody knows is refused with the list of those there are."""
    with pytest.raises(InputError, match=r"choose one of: .*snowflake"):
        analyze_sql("select 1", dialect="klingon")


def test_columns_are_in_the_order_in_which_they_are_declared() -> None:
    """DDL says which column is first, whatever is read first."""
    sql = "create table t (a int, b int); create view v as select b from t"
    columns = {
        r.name: [c.name for c in r.columns] for r in analyze_sql(sql, dialect="duckdb").relations
    }

    assert columns == {"t": ["a", "b"], "v": ["b"]}


_SPELLINGS = [
    ("bigquery", "my-project.d.t", "select * from `my-project.d.t`"),
    ("bigquery", "`my-project.d.t`", "select * from my-project.d.t"),
    ("bigquery", "`my-project`.d.t", "select * from `my-project`.`d`.t"),
    ("snowflake", 'Db."my.schema".T', 'select * from DB."my.schema".t'),
    ("tsql", "[my schema].t", "select * from [my schema].[t]"),
    ("postgres", '"a""b".t', 'select * from "a""b".t'),
    ("hive", "raw.2024_orders", "select * from raw.`2024_orders`"),
]


@pytest.mark.threat(15)
@pytest.mark.parametrize(("dialect", "name", "sql"), _SPELLINGS)
def test_a_schema_names_relations_as_sql_does(dialect: str, name: str, sql: str) -> None:
    """A relation of the schema is the one that SQL means by that name, however it is quoted."""
    analysis = analyze_sql(sql, dialect=dialect, schema={name: {"x": "int"}})

    assert not analysis.gaps
    assert [e.target.column.lower() for e in analysis.edges] == ["x"]


def test_every_dialect_of_the_parser_is_known_with_what_it_does_to_names() -> None:
    """No dialect is missing, and each folds names as the parser says that it does."""
    ways = {"lower": "LOWERCASE", "upper": "UPPERCASE", "ignore": "CASE_INSENSITIVE"}
    ways["keep"] = "CASE_SENSITIVE"
    known = {name: ways[way] for name, way in FOLDING.items()}

    assert known == {
        name.lower(): Dialect.get_or_raise(name.lower()).normalization_strategy.value
        for name in ("", *DIALECTS)
    }


_WORDS = """
    condition exposure function policy procedure program result role session share tag variable
    """


@pytest.mark.parametrize(
    "name", [*(f"{word}:s" for word in _WORDS.split()), "a\n.b", "a/b", "t?x=1"]
)
def test_a_table_is_nothing_else_whatever_it_is_called(name: str) -> None:
    """A name in quotes is that of a table: no share or file, and of no other name."""
    [grant] = analyze_sql(f'grant select on "{name}" to role r', dialect="snowflake").grants
    sql = f'create table "{name}" as select email from u'
    [edge] = analyze_sql(sql, dialect="snowflake").edges

    assert grant.relation.startswith(f'"{name.partition("?")[0]}')
    assert edge.target.relation == grant.relation


def test_signs_mean_nothing_in_a_field() -> None:
    """A field is called as it is written, unless a dot or a quote in it would divide the path."""
    assert [path_to("p", name) for name in ("@id", "tag:x", "a/b", "a.b", 'a"b')] == [
        *("p.@id", "p.tag:x", "p.a/b", 'p."a.b"', 'p."a""b"')
    ]
