"""What cannot be analysed is a gap that says why and which relations it touches."""

from __future__ import annotations

import networkx as nx
import pytest

from lineage import Column, GapReason, analyze_sql
from lineage.compile import sources

_GAPS = [
    ("snowflake", "execute immediate 'insert into m select * from t where k = ' || x",
     GapReason.DYNAMIC_SQL, {"M", "T"}),
    ("oracle", "declare q text := 'insert into m select ' || t; begin execute immediate q; end;",
     GapReason.DYNAMIC_SQL, {"M"}),
    ("postgres", "do $$ begin execute format('insert into m select a from t%s', 1); end $$",
     GapReason.DYNAMIC_SQL, {"m", "t"}),
    ("snowflake", "call load('t')", GapReason.OPAQUE_CODE, set()),
    ("postgres", "do language plpython3u $$ plpy.execute('insert into m select a from t') $$",
     GapReason.OPAQUE_CODE, {"m", "t"}),
    ("snowflake", "create procedure p() language javascript as $$ q = 'insert into m' $$",
     GapReason.OPAQUE_CODE, {"M"}),
    ("snowflake", "create table m as select * from table(mystery(1))",
     GapReason.OPAQUE_CODE, {"M"}),
    ("snowflake", "create table m as select a from t where b = {{ var('x') }}",
     GapReason.TEMPLATE, {"M", "T"}),
    ("snowflake", "grant role a to role b", GapReason.UNSUPPORTED, set()),
    ("duckdb", "create table m as select * from t", GapReason.UNRESOLVED_STAR, {"t", "m"}),
    ("duckdb", "select x.b from t as x(a, b)", GapReason.UNRESOLVED_STAR, {"t"}),
    ("duckdb", "create table m as select a from t natural join u",
     GapReason.UNRESOLVED_STAR, {"t", "u", "m"}),
    ("duckdb", "create table m as select a from (select * from t union all select 1 as a)",
     GapReason.UNRESOLVED_STAR, {"t", "m"}),
    ("postgres", "create table m as select to_json(t) from t",
     GapReason.UNRESOLVED_STAR, {"t", "m"}),
    ("postgres", "create table m as execute q", GapReason.UNSUPPORTED, {"m"}),
    ("clickhouse", "create table m (id int) engine = Merge(db, '^t')",
     GapReason.UNSUPPORTED, {"m"}),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql", "reason", "touched"), _GAPS)
def test_a_gap_says_why_and_what_it_touches(
    dialect: str, sql: str, reason: GapReason, touched: set[str]
) -> None:
    """Each thing that cannot be analysed is a gap of its kind, naming the relations in it."""
    found = [g for g in analyze_sql(sql, dialect=dialect).gaps if g.reason is reason]

    assert found
    assert touched <= {name for gap in found for name in gap.relations}


_INERT = """
use database d
drop table t
comment on table t is 'select a from b'
begin
commit
show tables
describe table t
create schema s
create sequence q
set timezone = 'UTC'
alter table t add column a int
revoke select on t from r
""".strip().split("\n")


@pytest.mark.parametrize("sql", _INERT)
def test_a_statement_that_moves_nothing_is_no_gap(sql: str) -> None:
    """Statements that move no data and open nothing to anybody are not worth a word."""
    analysis = analyze_sql(sql, dialect="snowflake")

    assert not analysis.gaps
    assert not analysis.edges


def test_one_statement_that_cannot_be_read_costs_only_itself() -> None:
    """The statements around a broken one are analysed."""
    sql = "create table a as select x from t; select from where; create table b as select x from a"
    analysis = analyze_sql(sql, dialect="duckdb")

    assert {str(e.target) for e in analysis.edges} == {"a.x", "b.x"}
    assert len(analysis.gaps) == 1
    assert (analysis.statements, analysis.opaque) == (3, 1)


_NOT_CUT = [
    "select ';' as a, email from t",
    "select $$;$$ as a, email from t",
    "select $x$ ; $x$ as a, email from t",
    "select email /* ; */ from t -- ; drop",
    'select ";" as a, email from t',
]


@pytest.mark.parametrize("sql", _NOT_CUT)
def test_a_semicolon_in_a_string_or_comment_ends_nothing(sql: str) -> None:
    """Only a semicolon that is code ends a statement."""
    analysis = analyze_sql(sql, dialect="postgres")

    assert analysis.statements == 1
    assert "t.email" in {str(e.source) for e in analysis.edges}


def test_what_the_compiler_did_not_expect_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form of SQL that breaks the compiler is a gap in its statement and no crash."""

    def broken(*_: object) -> None:
        raise AttributeError

    monkeypatch.setattr("lineage.compile.compile_statement", broken)
    (gap,) = analyze_sql("insert into m select a from t", dialect="duckdb").gaps

    assert gap.reason is GapReason.UNSUPPORTED
    assert gap.relations == ("m", "t")


_EVERY_BRANCH = {"create table m as select a from t": {"t.a"},
                 "create table m as select columns('a.*') from t": {"t.a"}}  # fmt: skip


@pytest.mark.parametrize("sql", _EVERY_BRANCH)
def test_where_all_is_known_there_is_no_gap(sql: str) -> None:
    """With every column declared, these leave nothing open."""
    analysis = analyze_sql(sql, dialect="duckdb", schema={"t": {"a": "int", "b": "int"}})

    assert not analysis.gaps
    assert {str(e.source) for e in analysis.edges} == _EVERY_BRANCH[sql]


def test_what_is_not_known_of_a_function_decides_about_who_reads_its_rows() -> None:
    """A gap in the body of a function leads on to what is made of no more than its rows."""
    script = (
        "create macro f(x) as table select * from query_table(x);"
        " create table m as select count(*) as n from f('users')"
    )
    analysis = analyze_sql(script, dialect="duckdb")
    graph = analysis.graph
    unknown = {node for gap in analysis.gaps for r in gap.relations for node in graph.nodes_of(r)}
    reached = set().union(*(nx.descendants(graph.to_networkx(), node) for node in unknown))

    assert graph.find(Column("m", "n")) in reached


def test_a_clause_that_nobody_reads_is_a_gap_where_it_names_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a new version of the parser knows and we do not is no silence."""
    joined = "select a.x from a join b nearest 2 by distance f(a.v, b.v)"
    assert not analyze_sql(joined, dialect="duckdb").gaps

    read = sources._JOIN  # noqa: SLF001 - what the next version may know is not here yet
    monkeypatch.setattr(sources, "_JOIN", read - {"nearest"})

    messages = [str(gap.message) for gap in analyze_sql(joined, dialect="duckdb").gaps]
    assert messages == ["this form of JOIN is not analysed"]


@pytest.mark.parametrize("dialect", ["oracle", "snowflake", "tsql"])
def test_a_text_that_ends_with_execute_has_an_end(dialect: str) -> None:
    """No AS follows, before which to look for EXECUTE again and again."""
    sql = "create public database link l using execute 'x'"
    assert analyze_sql(sql, dialect=dialect).statements
