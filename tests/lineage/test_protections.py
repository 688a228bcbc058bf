"""What statements take away of that which protects data in a warehouse."""

from __future__ import annotations

import pytest

from lineage import analyze_sql

_REMOVED = [
    ("snowflake", "alter table t modify column c unset masking policy", {"T.C mask"}),
    (
        "snowflake",
        "alter table t alter c unset masking policy, column d unset masking policy",
        {"T.C mask", "T.D mask"},
    ),
    (
        "snowflake",
        "alter view t modify (column c unset projection policy)",
        {"T.C projection_policy"},
    ),
    ("snowflake", "alter table t unset tag gov.a, gov.b", {"T. tag=gov.a", "T. tag=gov.b"}),
    ("snowflake", "alter table t modify column c unset tag a", {"T.C tag=a"}),
    ("snowflake", "alter table t drop row access policy p", {"T. row_policy=p"}),
    ("snowflake", "alter table t drop all row access policies", {"T. row_policy"}),
    ("snowflake", "alter table t unset aggregation policy", {"T. aggregation_policy"}),
    ("snowflake", "alter tag gov.a unset masking policy p", {"tag:gov.a. mask=p"}),
    ("snowflake", "drop masking policy if exists gov.p", {"policy:gov.p. mask"}),
    ("snowflake", "drop row access policy p", {"policy:p. row_policy"}),
    ("snowflake", "drop tag if exists gov.a", {"tag:gov.a. tag"}),
    ("snowflake", "drop password policy p", set()),
    ("snowflake", "alter table t drop column masked", set()),
    ("tsql", "alter table t alter column c drop masked", {"t.c mask"}),
    ("tsql", "alter table t alter column c varchar(9) masked with (function = 'default()')", set()),
    ("tsql", "drop security policy rls.p", {"policy:rls.p. row_policy"}),
    ("tsql", "alter security policy rls.p with (state = off)", {"policy:rls.p. row_policy"}),
    ("tsql", "alter security policy rls.p with (state = on)", set()),
    ("tsql", "alter security policy p drop filter predicate on s.t", {"s.t. row_policy=p"}),
    (
        "tsql",
        "drop sensitivity classification from s.t.c, s.t.d",
        {"s.t.c classification", "s.t.d classification"},
    ),
    ("postgres", "alter table t disable row level security", {"t. row_security"}),
    ("postgres", "alter table t no force row level security", {"t. row_security_of_owner"}),
    ("postgres", "drop policy if exists p on s.t", {"s.t. row_policy=p"}),
    ("postgres", "security label for anon on column t.c is null", {"t.c security_label"}),
    ("postgres", "security label on table t is null", {"t. security_label"}),
    ("bigquery", "drop row access policy p on d.t", {"d.t. row_policy=p"}),
    ("bigquery", "drop all row access policies on d.t", {"d.t. row_policy"}),
    (
        "bigquery",
        "alter table d.t alter column c set options (policy_tags = [])",
        {"d.t.c policy_tag"},
    ),
    (
        "bigquery",
        "alter table d.t alter column c set options (policy_tags = null)",
        {"d.t.c policy_tag"},
    ),
    ("bigquery", "alter table d.t alter column c set options (policy_tags = ['p/1'])", set()),
    ("databricks", "alter table t alter column c drop mask", {"t.c mask"}),
    ("databricks", "alter table t drop row filter", {"t. row_policy"}),
    (
        "databricks",
        "alter table t alter column c unset tags ('a', 'b')",
        {"t.c tag=a", "t.c tag=b"},
    ),
    ("databricks", "unset tag on column s.t.c a", {"s.t.c tag=a"}),
    ("databricks", "drop policy p on table s.t", {"s.t. row_policy=p"}),
    ("databricks", "drop policy p on schema s", {"policy:p. row_policy"}),
    (
        "redshift",
        "detach masking policy p on s.t (c, d) from public",
        {"s.t.c mask=p", "s.t.d mask=p"},
    ),
    (
        "redshift",
        "detach rls policy p on s.t, u from role r",
        {"s.t. row_policy=p", "u. row_policy=p"},
    ),
    ("redshift", "drop masking policy p cascade", {"policy:p. mask"}),
    ("redshift", "alter table t row level security off", {"t. row_security"}),
    # other bodies take the place of those that were there
    ("snowflake", "alter masking policy p set body -> val", {"policy:p. mask_body"}),
    ("snowflake", "alter row access policy g.p set body -> a = 1", {"policy:g.p. row_policy_body"}),
    ("snowflake", "alter masking policy p rename to q", set()),
    (
        "snowflake",
        "create or replace masking policy p as (v string) returns string -> (v)",
        {"policy:p. mask_body"},
    ),
    (
        "snowflake",
        "create or replace row access policy p as (v string) returns boolean -> true",
        {"policy:p. row_policy_body"},
    ),
    ("snowflake", "create masking policy p as (v string) returns string -> sha2(v)", set()),
    ("postgres", "alter policy p on s.t using (true)", {"s.t. row_policy_body=p"}),
    ("postgres", "alter policy p on s.t to public", {"s.t. row_policy_body=p"}),
    ("postgres", "alter policy p on s.t rename to q", set()),
    ("postgres", "create policy p on s.t using (true)", {"s.t. row_policy_body=p"}),
    (
        "postgres",
        "create policy p on s.t to public using (true) with check (false)",
        {"s.t. row_policy_body=p"},
    ),
    ("postgres", "create policy p on s.t to auditor using (true)", set()),
    ("postgres", "create policy p on s.t for insert with check (true)", set()),
    (
        "postgres",
        "drop policy p on t; create policy p on t using (true)",
        {"t. row_policy=p", "t. row_policy_body=p"},
    ),
    ("redshift", "alter masking policy p using (c)", {"policy:p. mask_body"}),
    ("redshift", "alter rls policy p using (true)", {"policy:p. row_policy_body"}),
    ("redshift", "create masking policy p with (c text) using (c)", set()),
    ("clickhouse", "alter row policy p on s.t using 1", {"s.t. row_policy_body=p"}),
    ("clickhouse", "create row policy p on s.t using 1 to all", {"s.t. row_policy_body=p"}),
    ("clickhouse", "create row policy p on s.t using 1 to u", set()),
    ("clickhouse", "drop row policy p on s.t", {"s.t. row_policy=p"}),
]

_PUT_BACK = [
    ("snowflake", "alter table t modify column c set masking policy p force"),
    ("snowflake", "alter table t drop row access policy p, add row access policy q on (a)"),
    (
        "snowflake",
        (
            "alter table t modify column c unset masking policy;"
            " alter table t modify column c set masking policy q"
        ),
    ),
    ("snowflake", "alter table t unset tag a; alter table t set tag a = 'x'"),
    ("snowflake", "drop masking policy p; create masking policy p as (v text) returns text -> 'x'"),
    (
        "tsql",
        (
            "alter table t alter column c drop masked;"
            " alter table t alter column c add masked with (function = 'email()')"
        ),
    ),
    (
        "tsql",
        "alter security policy p with (state = off); alter security policy p with (state = on)",
    ),
    (
        "tsql",
        (
            "drop sensitivity classification from t.c;"
            " add sensitivity classification to t.c with (label = 'x')"
        ),
    ),
    (
        "postgres",
        "alter table t disable row level security; alter table t enable row level security",
    ),
    ("postgres", "drop policy p on t; create policy q on t using (a = current_user)"),
    ("postgres", "security label on column t.c is null; security label on column t.c is 'x'"),
    (
        "databricks",
        ("alter table t alter column c drop mask; alter table t alter column c set mask f"),
    ),
    ("databricks", "alter table t drop row filter; alter table t set row filter f on (a)"),
    (
        "redshift",
        (
            "detach masking policy p on t (c) from public;"
            " attach masking policy q on t (c) to public"
        ),
    ),
]

_STILL_GONE = [
    (
        "snowflake",
        (
            "alter table t modify column c set masking policy p;"
            " alter table t modify column c unset masking policy"
        ),
        "T.C mask",
    ),
    (
        "snowflake",
        (
            "alter table t modify column c unset masking policy;"
            " alter table t modify column d set masking policy p"
        ),
        "T.C mask",
    ),
    ("snowflake", "alter table t unset tag a; alter table t set tag b = 'x'", "T. tag=a"),
    (
        "postgres",
        ("alter table t disable row level security; create policy p on t using (a = current_user)"),
        "t. row_security",
    ),
    (
        "postgres",
        "alter table t disable row level security; alter table t force row level security",
        "t. row_security",
    ),
    (
        "tsql",
        (
            "drop security policy p; create security policy p"
            " add filter predicate s.f(a) on s.t with (state = off)"
        ),
        "policy:p. row_policy",
    ),
]


def removed(sql: str, dialect: str) -> set[str]:
    """What a text takes away, and from where."""
    found = analyze_sql(sql, dialect=dialect).remarks
    said = [(r, r.key.removeprefix("removed.")) for r in found if r.key.startswith("removed.")]
    return {f"{r.relation}.{r.column} {what}={r.value}".removesuffix("=") for r, what in said}


@pytest.mark.parametrize(("dialect", "sql", "expected"), _REMOVED)
def test_what_is_taken_away_is_told(dialect: str, sql: str, expected: set[str]) -> None:
    """Each warehouse has words of its own by which protection goes."""
    assert removed(sql, dialect) == expected


@pytest.mark.parametrize(("dialect", "sql"), _PUT_BACK)
def test_what_the_same_text_puts_back_is_not_taken_away(dialect: str, sql: str) -> None:
    """A mask that is changed for another one leaves nothing open."""
    found = analyze_sql(sql, dialect=dialect).remarks
    assert not [r for r in found if r.key.startswith(("removed.", "added."))]


@pytest.mark.parametrize(("dialect", "sql", "expected"), _STILL_GONE)
def test_only_the_same_behind_it_puts_something_back(dialect: str, sql: str, expected: str) -> None:
    """What was there before, is elsewhere or is another thing does not protect any more."""
    assert removed(sql, dialect) == {expected}


def test_a_policy_is_no_relation() -> None:
    """A policy that is dropped makes no table of its name."""
    assert analyze_sql("drop masking policy p", dialect="snowflake").relations == ()


def test_what_a_procedure_takes_away_is_told() -> None:
    """A statement in the body of a routine may run as well."""
    sql = "create procedure p() as $$ begin drop policy q on s.t; end $$ language plpgsql"
    assert removed(sql, "postgres") == {"s.t. row_policy=q"}
