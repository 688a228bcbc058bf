"""Golden statements: each kind of statement with the flows it makes, in a form one can read."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

import lineage.build
from lineage import Analysis, analyze, analyze_sql
from lineage.projects import Project, Unit

_HERE = Path(__file__).parent
_BLOCKS = [
    block
    for file in (_HERE / "golden_statements.txt", *sorted((_HERE / "golden").glob("*.txt")))
    for block in file.read_text().strip().split("\n\n")
]


def _shown(analysis: Analysis) -> list[str]:
    edges = {
        " ".join((f"{e.source} -> {e.target}", e.transform.subtype, *e.transform.functions))
        + (" ?" if e.ambiguous else "")
        for e in analysis.edges
    }
    return sorted(edges) + [f"gap {g.reason}: {g.message}" for g in analysis.gaps]


def _analysed(sql: str, dialect: str) -> Analysis:
    """What is found in a text, or in the texts of several files with `---` between them."""
    texts = sql.split("\n---\n")
    if len(texts) == 1:
        return analyze_sql(sql, dialect=dialect)
    units = (Unit(file=f"{n}.sql", text=t, dialect=dialect) for n, t in enumerate(texts, 1))
    return analyze(Project(dialect=dialect, units=tuple(units)), jobs=0)


@pytest.mark.parametrize("block", _BLOCKS, ids=lambda b: b.partition("\n")[0][2:])
def test_a_statement_makes_the_flows_that_stand_below_it(block: str) -> None:
    """A statement makes exactly the flows written below it; `?` marks one of several readings."""
    head, *lines = block.split("\n")
    dialect = head[2:].partition(":")[0]
    sql = "\n".join(line for line in lines if not line.startswith("= "))

    assert _shown(_analysed(sql, dialect)) == [line[2:] for line in lines if line.startswith("= ")]


def test_the_examples_in_the_documentation_hold() -> None:
    """What the docstring of `analyze_sql` shows is what it does."""
    assert doctest.testmod(lineage.build).failed == 0


def test_bare_selects_are_numbered_in_order() -> None:
    """The n-th bare SELECT of a script writes to `result:n`."""
    analysis = analyze_sql("select a from t; insert into u select 1; select b from t", dialect="")

    assert [(e.source.column, e.target.relation) for e in analysis.edges] == [
        ("a", "result:1"),
        ("b", "result:2"),
    ]


_GRANTS = [
    ("snowflake", "grant select on t to role r", {("T", "R", "role")}),
    ("snowflake", "grant select on all tables in schema d.s to role r", {("D.S.*", "R", "role")}),
    ("snowflake", "grant select on future tables in schema s to share x", {("S.*", "X", "share")}),
    ("snowflake", "grant usage on database d to share x", {("D.*.*", "X", "share")}),
    ("snowflake", 'grant select on all tables in schema s to role "a.b/c"',
     {("S.*", "a.b/c", "role")}),
    ("snowflake", 'grant select on all tables in schema s to share "a.b"',
     {("S.*", '"a.b"', "share")}),
    ("postgres", 'grant select on t, u to "bob@b.org"',
     {("t", "bob@b.org", ""), ("u", "bob@b.org", "")}),
    ("postgres", 'grant select on t to "bob@b.org"', {("t", "bob@b.org", "")}),
    ("snowflake", "grant select on t to database role d.r", {("T", "D.R", "role")}),
    ("postgres", "grant select on t, u to a, b with grant option",
     {("t", "a", ""), ("t", "b", ""), ("u", "a", ""), ("u", "b", "")}),
    ("postgres", "grant all on all tables in schema s to public", {("s.*", "public", "public")}),
    ("postgres", "alter default privileges for role x in schema s, u grant select on tables to r",
     {("s.*", "r", ""), ("u.*", "r", "")}),
    ("postgres", "alter default privileges in schema s revoke select on tables from r", set()),
    ("redshift", "grant select on all tables in schema s to group g, public",
     {("s.*", "g", "group"), ("s.*", "public", "public")}),
    ("databricks", "grant select on table t to `account users`", {("t", "account users", "")}),
    ("databricks", "grant all privileges on catalog c to x", {("c.*.*", "x", "")}),
    ("bigquery", 'grant `roles/viewer` on schema d to "group:g@x.org", "allUsers"',
     {("d.*", "g@x.org", "group"), ("d.*", "allusers", "public")}),
    ("tsql", "grant select on object::dbo.t to r", {("dbo.t", "r", "")}),
    ("snowflake", "alter share s add table t", {("T", "S", "share")}),
    ("redshift", "alter datashare d add schema s", {("s.*", "d", "share")}),
    ("snowflake", "alter share s add table t; alter share s add accounts = a, o.b x = false",
     {("T", "S", "share"), ("share:S", "A", "account"), ("share:S", "O.B", "account")}),
    ("snowflake", "grant select on t to share s; alter share if exists s set accounts = a",
     {("T", "S", "share"), ("share:S", "A", "account")}),
    ("redshift", "alter datashare d add table t; grant usage on datashare d to account '1', n",
     {("t", "d", "share"), ("share:d", "1", "account"), ("share:d", "n", "")}),
    ("databricks", "alter share s add table t; grant select on share s to recipient r",
     {("t", "s", "share"), ("share:s", "r", "recipient")}),
    ("postgres", "create publication p for table t, u", {("t", "p", "share"), ("u", "p", "share")}),
    ("mysql", "grant select on d.* to 'bob'@'%'", {("d.*", "bob", "")}),
    ("tsql", "grant select on dbo.t (email) to r", {("dbo.t", "r", "")}),
    ("postgres", "create publication p for tables in schema s", {("s.*", "p", "share")}),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql", "grants"), _GRANTS)
def test_a_grant_names_everyone_and_everything(
    dialect: str, sql: str, grants: set[tuple[str, str, str]]
) -> None:
    """Each principal of a GRANT gets each relation of it."""
    analysis = analyze_sql(sql, dialect=dialect)

    assert {(g.relation, g.principal, g.kind) for g in analysis.grants} == grants
    assert not analysis.gaps


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("snowflake", "alter share s add accounts = a"),
        ("redshift", "grant usage on datashare s to account 'a'"),
        ("databricks", "grant select on share s to recipient a"),
    ],
)
def test_what_is_in_a_share_is_known_or_a_gap(dialect: str, sql: str) -> None:
    """Who is let into a share of which no text says what is in it may see anything."""
    (gap,) = analyze_sql(sql, dialect=dialect).gaps

    assert gap.reason == "unresolved-name"
    assert "share" in gap.message


_DELETES = [
    ("delete from t where id = 1", [("t", ("id",), ())]),
    ("delete from t using u where t.id = u.k", [("t", ("id",), ("u",))]),
    ("delete from t where id in (select k from u)", [("t", ("id",), ("u",))]),
    ("truncate table t", [("t", (), ())]),
    ("with x as (delete from t where id = 1 returning *) select 1", [("t", ("id",), ())]),
    ("do $$ begin delete from t where id in (select k from u); end $$", [("t", ("id",), ("u",))]),
]


@pytest.mark.parametrize(("sql", "deletes"), _DELETES)
def test_a_delete_tells_what_it_tests(sql: str, deletes: list[tuple[str, ...]]) -> None:
    """A DELETE tells which of its own columns it tests and what else it consults."""
    analysis = analyze_sql(sql, dialect="postgres")

    assert [(d.relation, d.columns, d.reads) for d in analysis.deletes] == deletes


_REPLACES = [
    ("insert into t replace where d = 1 and k in (select k from u) select d, k from s",
     [("t", ("d", "k"), ("s", "u"))]),
    ("insert into t replace using (id) select id from s", []),
    ("insert into t replace on t.id = s.id (select id from u) as s", []),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "deletes"), _REPLACES)
def test_rows_that_others_replace_are_deleted_unless_these_have_the_same_keys(
    sql: str, deletes: list[tuple[str, ...]]
) -> None:
    """INSERT REPLACE WHERE deletes; where new rows have keys of old ones, nobody is gone."""
    analysis = analyze_sql(sql, dialect="databricks")

    assert [(d.relation, d.columns, d.reads) for d in analysis.deletes] == deletes
    assert not analysis.gaps
