"""GRANT in the forms of all engines: it lets somebody read, surely lets nobody, or is a gap."""

from __future__ import annotations

import pytest

from lineage import GapReason, analyze_sql

Given = set[tuple[str, str, str]]


def granted(dialect: str, sql: str) -> Given:
    grants = analyze_sql(sql, dialect=dialect).grants
    return {(g.relation, g.principal, ", ".join(g.privileges)) for g in grants}


_KNOWN = [
    ("snowflake", "grant select on table identifier('d.s.t') to role identifier('r')",
     {("D.S.T", "R", "select")}),
    ("snowflake", "grant select on semantic view v to role r", {("V", "R", "select")}),
    ("snowflake", "grant read on stage d.s.st to role r", {("@D.S.ST", "R", "read")}),
    ("snowflake", "grant read on all stages in schema s to role r", {("@S.*", "R", "read")}),
    ("snowflake", "grant ownership on schema s to role r revoke current grants",
     {("S.*", "R", "ownership")}),
    # what may be done with a schema lets nobody read what is in it
    ("snowflake", "grant all privileges on schema s to role r", {("S.*", "R", "usage")}),
    ("snowflake", "grant all on future schemas in database d to role r", {("D.*.*", "R", "usage")}),
    ("snowflake", "grant all on all views in database d to role r", {("D.*.*", "R", "all")}),
    ("postgres", "grant all on schema s, u to b", {("s.*", "b", "usage"), ("u.*", "b", "usage")}),
    ("postgres", "grant select (email), update (x) on t to b granted by c",
     {("t", "b", "select, update")}),
    ("postgres", "grant all privileges on all tables in schema s to b with grant option",
     {("s.*", "b", "all privileges")}),
    ("redshift", "grant select for tables in database d to role b", {("d.*.*", "b", "select")}),
    ("redshift", "grant select on external table s.t to iam_role 'arn:x'",
     {("s.t", "arn:x", "select")}),
    ("redshift", "grant all for schemas in database d to b", {("d.*.*", "b", "usage")}),
    ("bigquery", 'grant `roles/bigquery.dataOwner` on external table my-p.d.t to "domain:b.c"',
     {("my-p.d.t", "b.c", "roles/bigquery.dataowner")}),
    ("bigquery", 'grant `roles/bigquery.admin` on project p to "user:a@b.c"',
     {("p.*.*", "a@b.c", "roles/bigquery.admin")}),
    ("databricks", "grant select on database s to analysts", {("s.*", "analysts", "select")}),
    ("databricks", "grant use catalog on catalog c to x", {("c.*.*", "x", "use catalog")}),
    ("databricks", "grant select on streaming table v to group", {("v", "group", "select")}),
    ("databricks", "grant read volume on volume c.s.v to x",
     {("/Volumes/c/s/v", "x", "read volume")}),
    ("hive", "grant select on database d to role x", {("d.*", "x", "select")}),
    ("trino", "grant select on branch x in table t to b", {("t", "b", "select")}),
    ("tsql", "grant control on schema :: x to b as dbo", {("x.*", "b", "control")}),
    ("tsql", "grant select to b", {("*", "b", "select")}),
    ("oracle", "grant create session, select any table to b", {("*", "B", "select any table")}),
    ("oracle", "grant on commit refresh on t to b", {("T", "B", "on commit refresh")}),
    ("mysql", "grant select on *.* to 'u'@'%' require none", {("*", "u", "select")}),
    ("mysql", "grant select on * to u@h identified by 'x'", {("*", "u", "select")}),
    ("clickhouse", "grant on cluster c select on d.t to u", {("d.t", "u", "select")}),
    ("clickhouse", "grant select(email), show on d.t, insert on d.u to u with replace option",
     {("d.t", "u", "select, show"), ("d.u", "u", "insert")}),
    ("snowflake", "grant usage on procedure p(varchar) to role r", {("function:P", "R", "usage")}),
    ("postgres", "grant execute on all functions in schema s to b",
     {("function:s.*", "b", "execute")}),
    ("tsql", "grant execute on object::dbo.p to b", {("function:dbo.p", "b", "execute")}),
    ("tsql", "grant execute on schema::x to b", {("x.*", "b", "execute")}),
    ("oracle", "grant execute on p to b", {("function:P", "B", "execute")}),
    # all whose names begin so
    ("clickhouse", "grant select on d.t* to u", {("d.t*", "u", "select")}),
    ("clickhouse", "grant select on d*.* to u", {("d*.*", "u", "select")}),
    ("mysql", "grant select on `my\\_d%`.* to u", {("my_d*.*", "u", "select")}),
    ("mysql", "grant select on `%`.* to u", {("*", "u", "select")}),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql", "grants"), _KNOWN)
def test_each_engines_own_words_are_read(dialect: str, sql: str, grants: Given) -> None:
    """What is granted is a relation, all that is inside of something, or all that there is."""
    assert granted(dialect, sql) == grants
    assert not analyze_sql(sql, dialect=dialect).gaps


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("clickhouse", "grant select on d.t to all"),
        ("clickhouse", "grant select on d.t to all except x"),
        ("databricks", "grant select on table t to `users`"),
        ("mysql", "grant select on d.t to ''@'localhost'"),
        ("tsql", "grant select on t to [guest]"),
        ("trino", "grant select on t to role public"),
        ("snowflake", "grant select on t to role identifier('PUBLIC')"),
    ],
)
def test_everybody_has_many_names(dialect: str, sql: str) -> None:
    """Who has no name, or all of them."""
    assert [g.kind for g in analyze_sql(sql, dialect=dialect).grants] == ["public"]


@pytest.mark.parametrize(
    ("dialect", "sql", "role"),
    [
        ("snowflake", "grant role a to role b", "A"),
        ("snowflake", "grant database role d.a to role b", "D.A"),
        ("snowflake", "grant ownership on role a to role b", "A"),
        ("snowflake", "grant impersonate on user a to role b", "A"),
        ("postgres", "grant a to b with inherit true, set true granted by c", "a"),
        ("oracle", "grant create session, dba to b", "DBA"),
        ("mysql", "grant 'a'@'%' to 'b'@'%'", "a"),
        ("mysql", "grant proxy on a to b", "a"),
        ("trino", "grant roles a to b in c", "a"),
        ("tsql", "grant impersonate on user::a to b", "a"),
        ("tsql", "grant alter on role::db_owner to b", "db_owner"),
        ("clickhouse", "grant impersonate on a to b", "a"),
    ],
)
def test_who_becomes_another_reads_what_that_one_may(dialect: str, sql: str, role: str) -> None:
    """A role that is given to somebody is a grant, and a gap: others may have given it more."""
    analysis = analyze_sql(sql, dialect=dialect)

    assert [g.relation for g in analysis.grants] == [f"role:{role}"]
    assert [gap.reason for gap in analysis.gaps] == [GapReason.UNSUPPORTED]
    assert f"`{role}`" in analysis.gaps[0].message


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("snowflake", "grant manage grants on account to role r"),
        ("snowflake", "grant all on account to role r"),
        ("snowflake", "grant apply masking policy on account to role r"),
        ("snowflake", "grant usage on streamlit s to role r"),
        ("snowflake", "grant select on t to role identifier($r)"),
        ("snowflake", "grant select on table identifier($t) to role r"),
        ("databricks", "grant select on catalog to x"),
        ("databricks", "grant all privileges on metastore to x"),
        ("databricks", "grant select on any file to x"),
        ("databricks", "grant read files on external location l to x"),
        ("databricks", "grant select on table identifier(:t) to x"),
        ("bigquery", "grant `roles/bigquery.dataViewer` on table d.t to @p"),
        ("bigquery", 'grant fine_grained_read on data_policy p to "user:a"'),
        ("bigquery", "grant `roles/viewer` on table d.t to concat('all', 'Users')"),
        ("tsql", "grant select on t to $(r)"),
        ("tsql", "grant select on $(t) to r"),
        ("tsql", "grant control on certificate::c to b"),
        ("tsql", "grant unmask to b"),
        ("oracle", "grant exempt access policy to b"),
        ("oracle", "grant read on directory d to public"),
        ("mysql", "grant proxy on ''@'' to u"),
        ("clickhouse", "grant current grants(select on d.t) to u"),
    ],
)
def test_what_nobody_knows_is_a_gap(dialect: str, sql: str) -> None:
    """A name that is computed, and what is no relation but may lead to one."""
    analysis = analyze_sql(sql, dialect=dialect)

    assert not analysis.grants
    assert [gap.reason for gap in analysis.gaps] == [GapReason.UNSUPPORTED]


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("snowflake", "grant usage, monitor on warehouse w to role r"),
        ("snowflake", "grant execute task, create database on account to role r"),
        ("snowflake", "grant usage on integration i to role r"),
        ("snowflake", "grant ownership on all sequences in schema s to role r"),
        ("databricks", "grant create catalog on metastore to x"),
        ("postgres", "grant usage on foreign server s to b"),
        ("postgres", "grant select on sequence s to b"),
        ("oracle", "grant connect, resource to b"),
        ("tsql", "grant connect to b"),
    ],
)
def test_what_lets_nobody_read_is_neither(dialect: str, sql: str) -> None:
    """Warehouses, sequences and the right to make things."""
    analysis = analyze_sql(sql, dialect=dialect)

    assert not analysis.grants
    assert not analysis.gaps


_OTHERWISE = [
    ("postgres", "alter table only s.t disable trigger x, owner to b", {("s.t", "b", "ownership")}),
    ("postgres", "alter materialized view v owner to b", {("v", "b", "ownership")}),
    ("databricks", "alter schema c.s set owner to `b c`", {("c.s.*", "b c", "ownership")}),
    ("databricks", "alter table t owner to x", {("t", "x", "ownership")}),
    ("hive", "alter database d set owner role r", {("d.*", "r", "ownership")}),
    ("trino", "alter view v set authorization role public", {("v", "public", "ownership")}),
    ("tsql", "alter authorization on schema::x to b", {("x.*", "b", "ownership")}),
    ("tsql", "create schema x authorization b", {("x.*", "b", "ownership")}),
    ("postgres", "alter default privileges for role x grant all on tables to public",
     {("*", "public", "all")}),
    ("redshift", "alter datashare d set includenew true for schema s", {("s.*", "d", "select")}),
    ("postgres", "alter publication p set table t", {("t", "p", "select")}),
    ("bigquery",
     "create row access policy p on d.t grant to ('user:a@b.c', 'allUsers') filter using (true)",
     {("d.t", "a@b.c", "roles/bigquery.filtereddataviewer"),
      ("d.t", "allusers", "roles/bigquery.filtereddataviewer")}),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql", "grants"), _OTHERWISE)
def test_who_owns_a_relation_reads_it(dialect: str, sql: str, grants: Given) -> None:
    """GRANT has many names: an owner, what will be made later, and who sees rows by a policy."""
    assert granted(dialect, sql) == grants


@pytest.mark.parametrize(
    ("dialect", "sql", "members"),
    [
        ("postgres", "create role b with login password 'x' in role a, c admin d",
         {("a", "b"), ("c", "b"), ("b", "d")}),
        ("postgres", "create user b bypassrls in group a", {("bypassrls", "b"), ("a", "b")}),
        ("postgres", "alter role b with superuser", {("superuser", "b")}),
        ("postgres", "alter role a rename to b", {("a", "b")}),
        ("postgres", "reassign owned by a, c to b", {("a", "b"), ("c", "b")}),
        ("redshift", "alter group g add user u, v", {("g", "u"), ("g", "v")}),
        ("redshift", "create group g with user u", {("g", "u")}),
        ("redshift", "create user u password 'x' createuser", {("createuser", "u")}),
        ("snowflake", "alter role r rename to q", {("R", "Q")}),
        ("databricks", "alter group g add group h", {("g", "h")}),
        ("trino", "create role r with admin user u", {("r", "u")}),
        ("tsql", "alter role db_owner add member [b c]", {("db_owner", "b c")}),
        ("tsql", "alter server role sysadmin add member b", {("sysadmin", "b")}),
        ("tsql", "alter role r with name = q", {("r", "q")}),
        ("tsql", "alter user u with login = l", {("u", "l")}),
        ("tsql", "alter authorization on role::r to b", {("r", "b")}),
        ("oracle", "alter user u grant connect through b", {("U", "B")}),
        ("mysql", "create user 'u'@'%' identified by 'x' default role a", {("a", "u")}),
        ("mysql", "rename user a@h to b@h, c to d", {("a", "b"), ("c", "d")}),
        ("mysql", "set persist mandatory_roles = 'a,b'", {("mandatory_roles", "public")}),
        ("clickhouse", "create user u default role a, b", {("a", "u"), ("b", "u")}),
    ],
)  # fmt: skip
def test_who_becomes_a_member_in_other_words(
    dialect: str, sql: str, members: set[tuple[str, str]]
) -> None:
    """A role that is given by CREATE and ALTER is a grant and a gap, like one by GRANT."""
    analysis = analyze_sql(sql, dialect=dialect)

    assert {(g.relation.removeprefix("role:"), g.principal) for g in analysis.grants} == members
    assert len(analysis.gaps) == len(members)


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "create table role (user text, admin text)"),
        ("postgres", "alter table role rename owner to admin"),
        ("postgres", "alter table t alter owner set not null"),
        ("postgres", "alter schema s owner to b"),
        ("postgres", "create role r nosuperuser connection limit 5"),
        ("postgres", "create user mapping for public server s options (user 'a')"),
        ("snowflake", "create user u default_role = r"),
        ("tsql", "alter authorization on dbo.t to schema owner"),
        ("tsql", "create user u for login l with default_schema = dbo"),
        ("mysql", "alter user u default role a"),
        ("oracle", "create user u identified by x default tablespace y"),
    ],
)
def test_these_are_no_grants_though_they_are_written_alike(dialect: str, sql: str) -> None:
    """A column, a user without more, and the owner of a schema where that opens no table."""
    analysis = analyze_sql(sql, dialect=dialect)

    assert not analysis.grants
    assert not [gap for gap in analysis.gaps if "may read" in gap.message]


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "update pg_catalog.pg_class set relacl = null where relname = 't'"),
        ("postgres", "insert into pg_auth_members values (1, 2)"),
        ("mysql", "insert ignore into mysql.user (user) values ('x')"),
        ("mysql", "update mysql.db set select_priv = 'Y'"),
        ("mysql", "replace into mysql.tables_priv values ('x')"),
    ],
)
def test_who_may_read_is_kept_in_tables_too(dialect: str, sql: str) -> None:
    """Who writes to the engine's own tables grants what nobody sees."""
    assert "who may read" in "".join(g.message for g in analyze_sql(sql, dialect=dialect).gaps)


_DEFINER = "create function s.f() returns text {} as $$ select email from t $$ language sql;"
_DEFAULT = {("function:s.f", "public", "execute by default")}


@pytest.mark.parametrize(
    ("sql", "grants"),
    [
        (_DEFINER.format("security definer"), _DEFAULT),
        (_DEFINER.format("security invoker"), set()),
        (_DEFINER.format("") + "alter function s.f() external security definer", _DEFAULT),
        (_DEFINER.format("security definer") + "revoke all on function s.f() from public", set()),
        (_DEFINER.format("security definer")
         + "revoke execute on all functions in schema s from b, public", set()),
        (_DEFINER.format("security definer") + "revoke all on function s.f() from b", _DEFAULT),
        (_DEFINER.format("security definer") + "revoke all on function s.g() from public",
         _DEFAULT),
    ],
)  # fmt: skip
def test_everybody_may_call_what_postgres_makes(sql: str, grants: Given) -> None:
    """What runs with the rights of its owner shows all that it returns, unless it is revoked."""
    assert granted("postgres", sql) == grants


@pytest.mark.parametrize("call", ["sp_addrolemember 'db_owner', 'b'", "sp_adduser 'l', 'u', 'r'"])
def test_procedures_that_give_roles_are_not_idle(call: str) -> None:
    """SQL Server's old ways to make somebody a member."""
    assert analyze_sql(f"exec {call}", dialect="tsql").gaps
