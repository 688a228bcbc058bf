"""Labels that stand in SQL: warehouse tags, policy tags and comments."""

from __future__ import annotations

import pytest

from enforcer.labels import described, label
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError
from lineage import analyze_sql

TAXONOMY = load_taxonomy()
EMAIL = "user.contact.email"
PHONE = "user.contact.phone_number"


def labels(sql: str, dialect: str, **aliases: str) -> dict[str, list[tuple[str, str]]]:
    analysis = analyze_sql(sql, dialect=dialect)
    taxonomy = TAXONOMY.with_aliases(aliases)
    found = label(described(analysis, analysis.relations), taxonomy, propose=False).labels
    return {str(at): [(one.category, one.by) for one in said] for at, said in found.items()}


_SAID = [
    ("snowflake", "alter table t modify column c set tag g.pii = 'email'", EMAIL, "warehouse tag"),
    ("snowflake", "alter table t modify column c set tag pii = 'true'", "user", "warehouse tag"),
    ("snowflake", "alter table t modify column c set tag pii = 'level 3'", "user", "warehouse tag"),
    ("snowflake", "alter table t modify column c set tag email = ''", EMAIL, "warehouse tag"),
    ("snowflake", "alter table t modify column phone set tag pii = 'yes'", PHONE, "warehouse tag"),
    ("snowflake", "alter table t modify column c set tag semantic_category = 'EMAIL'",
     EMAIL, "warehouse tag"),
    ("snowflake", "alter table t modify column c set tag fieldgate = 'user.contact.email'",
     EMAIL, "warehouse tag"),
    ("snowflake", "create table t (c varchar with tag (gov.data_class = 'phi'))",
     "user.health_and_medical", "warehouse tag"),
    ("snowflake", "create view v (c with tag (pii = 'email')) as select a as c from t",
     EMAIL, "warehouse tag"),
    ("snowflake", ("create tag gov.k3 comment = 'fieldgate: user.contact.email';"
     "alter table t modify column c set tag gov.k3 = 'high'"), EMAIL, "warehouse tag"),
    ("snowflake", ('create tag gov."k.3/4" comment = \'fieldgate: user.contact.email\';'
     'alter table t modify column c set tag gov."k.3/4" = \'high\''), EMAIL, "warehouse tag"),
    ("databricks", "set tag on column t.c `class.email_address`", EMAIL, "warehouse tag"),
    ("databricks", "alter table t alter column c set tags ('pii')", "user", "warehouse tag"),
    ("bigquery", "create table d.t (c string options(policy_tags=['p/taxonomies/1/email']))",
     EMAIL, "policy tag"),
    ("bigquery", "alter table d.t alter column c set options(description='pii=email')",
     EMAIL, "comment"),
    ("postgres", "comment on column t.c is 'Reach them. fieldgate: user.contact.email'",
     EMAIL, "comment"),
    ("mysql", "create table t (c text comment 'owner=crm classification=pii')", "user", "comment"),
    ("tsql", "add sensitivity classification to t.c with (information_type = 'Contact Info')",
     "user.contact", "warehouse tag"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql", "category", "by"), _SAID)
def test_what_sql_says_of_a_column_is_a_label(
    dialect: str, sql: str, category: str, by: str
) -> None:
    """Tags, policy tags and marked comments label the column that they are set on."""
    assert list(labels(sql, dialect).values()) == [[(category, by)]]


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("snowflake", "alter table t modify column c set tag pii = 'false'"),
        ("snowflake", "alter table t modify column c set tag cost_center = 'email'"),
        ("snowflake", "alter table t set tag pii = 'email'"),
        ("bigquery", "create table d.t (email string) options(labels=[('pii', 'true')])"),
        ("postgres", "comment on column t.c is 'email of the user, see name=x'"),
        ("postgres", "comment on table t is 'fieldgate: user.contact.email'"),
        ("snowflake", ("create tag k3 comment = 'fieldgate: user.contact.email';"
         "alter table t modify column c set tag k3 = 'no'")),
    ],
)  # fmt: skip
def test_what_sql_says_that_is_no_label(dialect: str, sql: str) -> None:
    """What is denied, unknown, or said of a whole relation labels no column."""
    assert labels(sql, dialect) == {}


@pytest.mark.parametrize(
    ("alias", "sql"),
    [
        ("k3", "alter table t modify column c set tag gov.k3 = 'x'"),
        ("gov.k3", "alter table t modify column c set tag gov.k3 = 'x'"),
        ("level=c3", "alter table t modify column c set tag level = 'c3'"),
        ("p_email", "alter table t modify column c set tag pii = 'p_email'"),
    ],
)
def test_a_project_says_what_its_own_tags_mean(alias: str, sql: str) -> None:
    """An alias stands for a tag by its name, whole or last part, by its value, or by both."""
    assert list(labels(sql, "snowflake", **{alias: EMAIL}).values()) == [[(EMAIL, "warehouse tag")]]


def test_a_policy_tag_is_known_by_its_own_path() -> None:
    """BigQuery's policy tags are numbers, which only the project can explain."""
    path = "projects/p/locations/eu/taxonomies/1/policyTags/27"
    sql = f"create table d.t (c string options(policy_tags=['{path}']))"
    assert labels(sql, "bigquery", **{path: EMAIL}) == {"d.t.c": [(EMAIL, "policy tag")]}


@pytest.mark.parametrize(
    "sql",
    [
        "comment on column t.c is 'fieldgate: user.contact.emial'",
        "alter table t modify column c set tag fieldgate = 'user.contact.emial'",
        "create tag k comment = 'fieldgate: user.contact.emial'",
    ],
)
def test_a_marker_with_a_slip_is_an_error_at_its_place(sql: str) -> None:
    """Who writes `fieldgate` means a category, so an unknown one is a mistake."""
    with pytest.raises(PolicyError, match=r"<sql>:1:\d+: unknown category `user.contact.emial` on"):
        labels(sql, "snowflake")


def test_a_tag_of_a_column_that_is_not_there_is_noted() -> None:
    """A label that protects nothing is not passed over in silence."""
    sql = "create table t (a int); comment on column t.b is 'fieldgate: user.contact.email'"
    analysis = analyze_sql(sql, dialect="postgres")
    found = label(described(analysis, analysis.relations), TAXONOMY, propose=False)
    assert found.labels == {}
    assert [one.name for one in found.unmatched] == ["t.b"]


def test_a_tag_with_two_meanings_has_both() -> None:
    """Two scripts may say what a tag means, and neither takes away what the other says."""
    sql = (
        "create tag k3 comment = 'fieldgate: user.name';\n"
        "create tag gov.k3 comment = 'fieldgate: user.contact.email';\n"
        "create table crm.users (m varchar with tag (gov.k3 = 'high'));\n"
    )
    assert labels(sql, "snowflake") == {
        "CRM.USERS.M": [("user.contact.email", "warehouse tag"), ("user.name", "warehouse tag")]
    }
