"""What DDL says about relations and columns: tags, comments, options and policies."""

from __future__ import annotations

import pytest

from lineage import Column, Origin, analyze, analyze_sql
from lineage.projects import Fact, Project, Unit

_REMARKS = [
    ("snowflake", "alter table t modify column c set tag gov.pii = 'email', cost = 'x'",
     {"T.C tag.gov.pii=email", "T.C tag.cost=x"}),
    ("snowflake", "alter table t modify c set tag a = 'x', column d set tag b = 'y'",
     {"T.C tag.a=x", "T.D tag.b=y"}),
    ("snowflake", "alter table t modify (column c set tag a = 'x', column \"d\" set tag b = 'y')",
     {"T.C tag.a=x", "T.d tag.b=y"}),
    ("snowflake", "alter view db.s.v alter column c set tag a = 'x'", {"DB.S.V.C tag.a=x"}),
    ("snowflake", "alter table t set tag a = 'x'", {"T. tag.a=x"}),
    ("snowflake", "alter table t modify column c unset tag a", {"T.C removed.tag=a"}),
    ("snowflake", ("create table t (c varchar(9) with tag (g.a = 'x') comment 'hi',"
     " d int tag (b='y')) with tag (k = 'v') comment = 'all'"),
     {"T.C tag.g.a=x", "T.C comment=hi", "T.D tag.b=y", "T. tag.k=v", "T. comment=all"}),
    ("snowflake", ("create view v (a with masking policy p using (a, b) comment 'x', b)"
     " as select c as a, 'tag (q = 1)' as b from t comment"),
     {"V.A masking_policy=p", "V.A comment=x"}),
    ("snowflake", "create tag gov.pii allowed_values 'a', 'b' comment = 'hi'",
     {"tag:gov.pii. comment=hi"}),
    ("bigquery", ("create table d.t (c string options(description='hi', policy_tags=['p/1']),"
     " s struct<a string options(description='in'), b int64 options(description='side')>)"
     " options(labels=[('k', 'v'), ('l', 'w')], description='all')"),
     {"d.t.c comment=hi", "d.t.c policy_tag=p/1", "d.t.s comment=in", "d.t.s comment=side",
      "d.t. label.k=v", "d.t. label.l=w", "d.t. comment=all"}),
    ("bigquery", "create table `p.d.t` (c string options(policyTags={'names': ['p/1']}))",
     {"p.d.t.c policy_tag=p/1"}),
    ("bigquery", "alter table d.t alter column c set options (description='hi')",
     {"d.t.c comment=hi"}),
    ("databricks", "alter table t alter column c set tags ('a' = 'x', 'b')",
     {"t.c tag.a=x", "t.c tag.b="}),
    ("databricks", "set tag on column k.s.t.c `class.email` = yes",
     {"k.s.t.c tag.class.email=yes"}),
    ("databricks", "create table t (c string comment 'hi') tblproperties ('a.b' = 'c')",
     {"t.c comment=hi", "t. property.a.b=c"}),
    ("postgres", "comment on column s.t.\"C\" is E'hi'", {"s.t.C comment=hi"}),
    ("postgres", "comment on column t.c is null", set()),
    ("postgres", "comment on function f is 'hi'", set()),
    ("postgres", "security label for anon on column t.c is 'MASKED'",
     {"t.c security_label=MASKED"}),
    ("mysql", "alter table t change column c d varchar(9) comment 'hi'", {"t.d comment=hi"}),
    ("mysql", "create table t (`comment` text comment 'hi', primary key (`comment`))",
     {"t.comment comment=hi"}),
    ("clickhouse", "alter table t comment column c 'hi'", {"t.c comment=hi"}),
    ("athena", "create external table t (c string comment 'hi') location 's3://b/'",
     {"t.c comment=hi"}),
    ("spark", "alter table t add columns (c string comment 'hi', d int)", {"t.c comment=hi"}),
    ("tsql", "add sensitivity classification to dbo.t.c, dbo.t.d with (label = 'hi')",
     {"dbo.t.c sensitivity.label=hi", "dbo.t.d sensitivity.label=hi"}),
    ("snowflake", "create transient table t (c int) data_retention_time_in_days = 1",
     {"T. setting.data_retention_time_in_days=1", "T. setting.transient=true"}),
    ("snowflake", "alter table t set data_retention_time_in_days = 90",
     {"T. setting.data_retention_time_in_days=90"}),
    ("bigquery", "create table d.t (c int64) options (partition_expiration_days = 30)",
     {"d.t. setting.partition_expiration_days=30"}),
    ("bigquery", "alter table d.t set options (partition_expiration_days=7)",
     {"d.t. setting.partition_expiration_days=7"}),
    ("databricks", ("create table t (c int) tblproperties"
     " ('delta.deletedFileRetentionDuration' = 'interval 30 days')"),
     {"t. property.delta.deletedfileretentionduration=interval 30 days"}),
    ("snowflake", "create or replace table t as select c from u", {"T. rebuilt=true"}),
    ("snowflake", "create or replace table t clone u", {"T. rebuilt=true"}),
    ("snowflake", "create or replace view v (c) as select c from u", {"V. rebuilt=true"}),
    ("snowflake", "create table t as select c from u", set()),
    ("snowflake", "create or replace table t (c varchar)", set()),
    ("snowflake", "create or replace table t (c varchar with masking policy p) as select c from u",
     {"T.C masking_policy=p"}),
    ("snowflake", "alter table t add column tag varchar", set()),
    ("snowflake", "alter table t add comment varchar", set()),
    ("duckdb", "create table t as select 'comment' as tag, comment from u", set()),
]  # fmt: skip


def said(sql: str, dialect: str) -> set[str]:
    remarks = analyze_sql(sql, dialect=dialect).remarks
    return {f"{r.relation}.{r.column} {r.key}={r.value}" for r in remarks}


@pytest.mark.parametrize(("dialect", "sql", "remarks"), _REMARKS)
def test_what_ddl_says_is_a_remark(dialect: str, sql: str, remarks: set[str]) -> None:
    """Each tag, comment, option and policy is known with the column or relation it is about."""
    assert said(sql, dialect) == remarks


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("snowflake", "alter table t modify (column c set tag a = 'x')"),
        ("snowflake", "alter table t modify column c unset tag a"),
        ("bigquery", "alter table d.t alter column c set options (description='hi')"),
        ("databricks", "alter table t alter column c set tags ('a')"),
        ("databricks", "unset tag on column t.c a"),
        ("postgres", "comment on column t.c is null"),
        ("tsql", "drop sensitivity classification from dbo.t.c"),
    ],
)
def test_a_statement_that_only_remarks_leaves_no_gap(dialect: str, sql: str) -> None:
    """Nothing moves where something is only said, whether the parser knows the form or not."""
    assert analyze_sql(sql, dialect=dialect).gaps == ()


def test_a_statement_that_does_more_is_read_as_ever() -> None:
    """A remark beside a flow does not hide the flow."""
    sql = "create table b (x varchar with tag (a = 'y')) as select x from a"
    found = analyze_sql(sql, dialect="snowflake")
    assert [str(edge.source) for edge in found.edges] == ["A.X"]
    assert [remark.key for remark in found.remarks] == ["tag.a"]


def test_remarks_are_facts_of_what_they_are_about() -> None:
    """Relations carry what is said of them beside what their project declares."""
    sql = "create table t (c int comment 'hi', d int); comment on table t is 'all'"
    (known,) = analyze_sql(sql, dialect="postgres").relations
    assert known.facts == (Fact("comment", "all"),)
    assert [column.facts for column in known.columns] == [(Fact("comment", "hi"),), ()]


def test_a_remark_says_where_it_is_written() -> None:
    """The origin is that of the column's name in the statement."""
    (remark,) = analyze_sql("\ncomment on column t.c is 'hi'", dialect="duckdb").remarks
    assert remark.origin == Origin("<sql>", 2, 19)


def test_a_column_of_which_something_is_said_exists() -> None:
    """`select *` over a relation that nobody declares carries on a column that has a comment."""
    sql = "comment on column t.c is 'hi'; create view v as select * from t"
    edges = analyze_sql(sql, dialect="postgres").edges
    assert Column("t", "c") in {edge.source for edge in edges}


def test_a_full_name_in_a_remark_is_the_relation_that_others_shorten() -> None:
    """Tags often stand in a file of their own, with names in full."""
    units = (
        Unit(file="a.sql", text="create view v as select c from raw.t", dialect="snowflake"),
        Unit(file="b.sql", text="alter table db.raw.t modify column c set tag a='x'",
             dialect="snowflake"),
    )  # fmt: skip
    found = analyze(Project(dialect="snowflake", units=units), jobs=0)
    assert {str(edge.source) for edge in found.edges} == {"DB.RAW.T.C"}


def test_a_column_that_a_complete_relation_has_not_is_not_made_up() -> None:
    """A comment left behind on a column that is gone adds no column."""
    sql = "create table t (a int); comment on column t.b is 'hi'"
    found = analyze_sql(sql, dialect="postgres")
    assert [c.name for r in found.relations for c in r.columns] == ["a"]
    assert found.remarks
