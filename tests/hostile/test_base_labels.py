"""A pull request cannot say of data that it is less than the base commit says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.hostile.repositories import POLICY, SAFE, check, git, report, repository, write

if TYPE_CHECKING:
    from pathlib import Path

# Labels stand in the SQL itself, and the configuration names no file of them.
PLAIN = {
    k: v.replace("labels: [labels.yml]\n", "").replace("duckdb", "snowflake")
    for k, v in POLICY.items()
    if k != "labels.yml"
}
TABLE = "create table crm.customers (id int, mail text comment 'fieldgate: user.contact.email');\n"
LEAK = "copy into 's3://partner/out' from (select mail from crm.customers);\n"
STAR = "create table mart.t as select * from crm.customers;\n"
SQL_ATTACKS = {
    "the comment is gone": {"t.sql": TABLE.replace(" comment 'fieldgate: user.contact.email'", "")},
    "the comment says less": {"t.sql": TABLE.replace("user.contact.email", "user")},
    "the comment says none": {"t.sql": TABLE.replace("user.contact.email", "none")},
    "the script is gone": {"t.sql": None},
    "the script has another name": {"t.sql": None, "u.sql": TABLE.replace("email", "phone")},
    "the column has another name": {
        "t.sql": "create table crm.customers (id int, m text);\n",
        "leak.sql": LEAK.replace("mail", "m"),
    },
    "the table has another name": {
        "t.sql": TABLE.replace("crm.customers", "stage.clients").replace("user.contact.email", ""),
        "leak.sql": LEAK.replace("crm.customers", "stage.clients"),
    },
}


@pytest.mark.threat(42)
@pytest.mark.parametrize("files", SQL_ATTACKS.values(), ids=list(SQL_ATTACKS))
def test_a_label_in_sql_holds(tmp_path: Path, files: dict[str, str | None]) -> None:
    """What DDL of the base commit says of a column counts, whatever the DDL says now."""
    name = repository(tmp_path, {**PLAIN, "t.sql": TABLE})
    write(tmp_path, {"leak.sql": LEAK, **files})
    said: Any = report(tmp_path, "--base", name)
    assert said["exit_code"] == 1
    assert {one["rule"] for one in said["findings"]} == {"no-mail"}
    assert [one["change"] for one in said["proposed"]["sayings"] if one["change"] != "denied"]


@pytest.mark.threat(42)
def test_a_column_that_nobody_names_any_more_is_carried_on(tmp_path: Path) -> None:
    """A star over a table whose DDL was removed still carries the column that had the label."""
    name = repository(tmp_path, {**PLAIN, "t.sql": TABLE})
    write(tmp_path, {"t.sql": None, "star.sql": STAR})
    said: Any = report(tmp_path, "--base", name)
    assert ("crm.customers", "mart.t") in {
        (one["field"]["relation"].lower(), one["sink"].lower()) for one in said["findings"]
    }


@pytest.mark.threat(42)
def test_a_first_harmless_label_does_not_switch_proposals_off(tmp_path: Path) -> None:
    """Where nobody labelled anything names suggest labels, and a pull request cannot end that."""
    name = repository(tmp_path, {"models/keys.sql": "create table a.b as select id from raw.u;\n"})
    files = {
        "ddl.sql": "create table x (device text comment 'fieldgate: user.device');\n"
        "create table raw.u (id int, email text comment 'fieldgate: none');\n",
        "leak.sql": "copy into 's3://partner/out' from (select email as e from raw.u);\n",
    }
    write(tmp_path, files)
    assert check(tmp_path, "--dialect", "snowflake").exit_code == 0
    assert check(tmp_path, "--dialect", "snowflake", "--base", name).exit_code == 1


def test_labels_that_a_pull_request_adds_count(tmp_path: Path) -> None:
    """A label may be added, and may say more."""
    name = repository(tmp_path, {**PLAIN, "t.sql": TABLE.replace("user.contact.email", "user")})
    write(tmp_path, {"leak.sql": LEAK})
    assert check(tmp_path, "--base", name).exit_code == 0
    write(tmp_path, {"t.sql": TABLE})
    assert check(tmp_path, "--base", name).exit_code == 1


def test_sql_that_is_as_it_was_is_left_alone(tmp_path: Path) -> None:
    """`none` holds where the base commit says it as well."""
    files = {**PLAIN, "t.sql": TABLE.replace("user.contact.email", "none"), "leak.sql": LEAK}
    name = repository(tmp_path, files)
    said: Any = report(tmp_path, "--base", name)
    assert (said["exit_code"], said["proposed"]["sayings"]) == (0, [])


WORDS = (
    "{email: system.operations}",
    "{'pii=email': system.operations}",
    "{'gov.pii=email': system.operations}",
    "{email: user}",
    "{email: none}",
)


@pytest.mark.threat(42)
@pytest.mark.parametrize("said", ["with tag (gov.pii = 'email')", "comment 'pii=email'"])
@pytest.mark.parametrize("words", WORDS)
def test_a_word_that_is_given_another_meaning_keeps_its_own(
    tmp_path: Path, words: str, said: str
) -> None:
    """What a tag or comment means by the base commit it means, whatever aliases say of it now."""
    table = f"create table crm.customers (id int, mail varchar {said});\n"
    name = repository(tmp_path, {**PLAIN, "t.sql": table})
    settings = f"{PLAIN['fieldgate.yml']}aliases: {words}\n"
    write(tmp_path, {"leak.sql": LEAK, "fieldgate.yml": settings})
    assert check(tmp_path, "--base", name).exit_code == 1


def test_new_words_may_be_used_at_once(tmp_path: Path) -> None:
    """A pull request that adds a category or a word and uses it is understood, and labels by it."""
    name = repository(tmp_path, {**PLAIN, "t.sql": TABLE.replace("user.contact.email", "user")})
    settings = (
        f"{PLAIN['fieldgate.yml']}categories: {{user.contact.pager: A number.}}\n"
        "aliases: {beeper: user.contact.pager}\n"
    )
    for category in ("user.contact.pager", "beeper"):
        files = {"t.sql": TABLE.replace("user.contact.email", category), "leak.sql": LEAK}
        write(tmp_path, {**files, "fieldgate.yml": settings})
        said: Any = report(tmp_path, "--base", name)
        assert {one["category"] for one in said["findings"]} == {"user.contact.pager"}


@pytest.mark.threat(42)
def test_a_new_word_for_nothing_keeps_no_name_from_telling(tmp_path: Path) -> None:
    """Where names suggest labels, a tag that is newly said to mean none ends that for no column."""
    table = "create table crm.customers (id int, email text comment 'classification=c3');\n"
    name = repository(tmp_path, {"t.sql": table})
    leak = "copy into 's3://partner/out' from (select email as e from crm.customers);\n"
    settings = "version: 1\ndialect: snowflake\naliases: {c3: none}\n"
    write(tmp_path, {"leak.sql": leak, "fieldgate.yml": settings})
    assert check(tmp_path, "--dialect", "snowflake", "--base", name).exit_code == 1


# Files that name what they label. The pull request calls that otherwise, and mends the files.
FILES_TABLE = "create table crm.customers (id int, mail text);\n"
CONTRACT = (
    "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nschema:\n"
    "- name: customers\n  properties: [{name: mail, classification: user.contact.email}]\n"
    "- name: rooms\n  properties: [{name: id, classification: none}]\n"
)
DATASET = (
    "dataset:\n- fides_key: crm\n  collections:\n  - name: customers\n    fields:\n"
    "    - {name: mail, data_categories: [user.contact.email]}\n"
)
LABELLED = "labels:\n- relation: %s\n  columns: {%s: user.contact.email}\n"
NAMING = {
    "by name": ("labels: [x.yml]\n", LABELLED % ("crm.customers", "mail")),
    "by a pattern for columns": ("labels: [x.yml]\n", LABELLED % ("crm.customers", "'m*l'")),
    "by a pattern for relations": ("labels: [x.yml]\n", LABELLED % ("'crm.cust*'", "mail")),
    "by a contract": ("contracts: x.yml\n", CONTRACT),
    "by a dataset": ("datasets: [x.yml]\n", DATASET),
}
RENAMED = {
    "the table": {
        "t.sql": FILES_TABLE.replace("crm.customers", "stage.clients"),
        "leak.sql": LEAK.replace("crm.customers", "stage.clients"),
        "models/keys.sql": None,
    },
    "the column": {
        "t.sql": FILES_TABLE.replace("mail", "m"),
        "leak.sql": LEAK.replace("mail", "m"),
    },
}


@pytest.mark.threat(42)
@pytest.mark.parametrize("files", RENAMED.values(), ids=list(RENAMED))
@pytest.mark.parametrize(("key", "text"), NAMING.values(), ids=list(NAMING))
def test_a_label_that_a_file_gives_by_name_holds_for_another_name(
    tmp_path: Path, key: str, text: str, files: dict[str, str | None]
) -> None:
    """Who calls a labelled table or column otherwise takes its label along, whoever labels it."""
    settings = PLAIN["fieldgate.yml"] + key
    rooms = "create table crm.rooms (id int);\n"
    before = {**PLAIN, "fieldgate.yml": settings, "x.yml": text, "t.sql": FILES_TABLE}
    name = repository(tmp_path, {**before, "rooms.sql": rooms})
    write(tmp_path, {**files, "fieldgate.yml": PLAIN["fieldgate.yml"], "x.yml": None})
    assert check(tmp_path).exit_code == 0
    said: Any = report(tmp_path, "--base", name)
    assert {one["rule"] for one in said["findings"]} == {"no-mail"}
    assert "lost" in {one["change"] for one in said["proposed"]["sayings"]}


@pytest.mark.threat(42)
def test_a_label_of_a_name_that_may_mean_several_holds_for_each(tmp_path: Path) -> None:
    """A base commit that labels `customers` labels what any schema calls so."""
    read = "create table crm.%s as select mail from %s.customers;\n"
    both = {f"{schema}.sql": read % (schema, schema) for schema in ("aa", "zz")}
    table = TABLE.replace("crm.customers", "customers")
    files = {**PLAIN, **both, "t.sql": table, "models/keys.sql": SAFE.replace("crm", "aa")}
    name = repository(tmp_path, files)
    write(tmp_path, {"t.sql": None, "zz_leak.sql": LEAK.replace("crm", "zz")})
    said: Any = report(tmp_path, "--base", name)
    assert "ZZ.CUSTOMERS" in {one["field"]["relation"] for one in said["findings"]}


# A dbt project: the manifest says what the pull request made of it.
DBT = {
    **{k: v for k, v in PLAIN.items() if not k.endswith(".sql")},
    "fieldgate.yml": PLAIN["fieldgate.yml"].replace("dialect: snowflake\n", ""),
    "dbt_project.yml": "name: shop\nprofile: shop\nmodel-paths: [models]\n",
    "models/customers.sql": "select id, mail from raw.people",
    "models/schema.yml": "models:\n- name: customers\n  columns:\n  - name: mail\n    config:\n"
    "      meta: {fieldgate: {category: user.contact.email}}\n",
}


def node(name: str, sql: str, **said: object) -> dict[str, Any]:
    columns: Any = said.pop("columns", {})
    return {
        "unique_id": f"model.shop.{name}",
        "resource_type": "model",
        "name": name,
        "alias": name,
        "package_name": "shop",
        "original_file_path": f"models/{name}.sql",
        "database": "db",
        "schema": "crm" if name == "customers" else "mart",
        "language": "sql",
        "raw_code": sql,
        "compiled_code": sql,
        "columns": {
            column: {"name": column, "meta": {"fieldgate": {"category": category}}}
            for column, category in columns.items()
        },
        "checksum": {"name": "none", "checksum": ""},
        "depends_on": {"nodes": [], "macros": []},
        **said,
    }


def compiled(folder: Path, *nodes: dict[str, Any], to: str = "target/manifest.json") -> Path:
    """A project as dbt would have compiled it; the models lie where the manifest says."""
    for one in nodes:
        write(folder, {one["original_file_path"]: one["raw_code"]})
    manifest = {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "adapter_type": "snowflake",
            "project_name": "shop",
        },
        "nodes": {one["unique_id"]: one for one in nodes},
        "sources": {},
        "exposures": {},
        "macros": {},
    }
    write(folder, {to: json.dumps(manifest)})
    return folder / to


CUSTOMERS = "select id, mail from raw.people"
CLEAN = node("customers", CUSTOMERS)
MAILING = node("mailing", "select mail from db.crm.customers")
DBT_ATTACKS: dict[str, tuple[dict[str, str | None], list[dict[str, Any]]]] = {
    "the label is gone": ({"models/schema.yml": None}, [CLEAN, MAILING]),
    "the label says none": (
        {"models/schema.yml": DBT["models/schema.yml"].replace("user.contact.email", "none")},
        [node("customers", CUSTOMERS, columns={"mail": "none"}), MAILING],
    ),
    "the manifest lies": ({}, [CLEAN, MAILING]),
    "the model has another name": (
        {"models/schema.yml": None, "models/customers.sql": None},
        [node("clients", CUSTOMERS), node("mailing", "select mail from db.mart.clients")],
    ),
}


@pytest.mark.threat(42)
@pytest.mark.threat(26)
@pytest.mark.parametrize(("files", "nodes"), DBT_ATTACKS.values(), ids=list(DBT_ATTACKS))
def test_a_label_of_a_dbt_project_holds(
    tmp_path: Path, files: dict[str, str | None], nodes: list[dict[str, Any]]
) -> None:
    """What properties files of the base commit say counts, whatever the manifest says now."""
    name = repository(tmp_path, DBT)
    write(tmp_path, files)
    compiled(tmp_path, *nodes)
    said: Any = report(tmp_path, "--base", name)
    assert said["exit_code"] == 1, said
    assert "no-mail" in {one["rule"] for one in said["findings"]}


def test_what_is_switched_off_is_not_lost(tmp_path: Path) -> None:
    """A model or source that is stated as ever and is in no manifest is nobody's change."""
    off = "- name: off\n  columns: [{name: mail, meta: {fieldgate: {category: user.contact}}}]\n"
    source = "sources:\n- name: x\n  tables: [{name: off, columns: [{name: m, tags: [email]}]}]\n"
    stated = DBT["models/schema.yml"] + off + source
    name = repository(tmp_path, {**DBT, "models/schema.yml": stated})
    write(tmp_path, {"models/schema.yml": f"{stated}# changed\n"})
    compiled(tmp_path, node("customers", CUSTOMERS, columns={"mail": "user.contact.email"}))
    said: Any = report(tmp_path, "--base", name)
    assert said["proposed"]["sayings"] == []


@pytest.mark.threat(42)
def test_a_source_that_is_read_by_its_name_keeps_its_labels(tmp_path: Path) -> None:
    """Who takes a source out of the project and reads the table all the same changes nothing."""
    source = (
        "sources:\n- name: raw\n  tables:\n  - name: people\n    columns:\n    - name: mail\n"
        "      meta: {fieldgate: {category: user.contact.email}}\n"
    )
    files = {**DBT, "models/schema.yml": source}
    del files["models/customers.sql"]
    name = repository(tmp_path, files)
    write(tmp_path, {"models/schema.yml": None})
    compiled(tmp_path, node("mailing", "select mail from raw.people"))
    assert check(tmp_path).exit_code == 0
    said: Any = report(tmp_path, "--base", name)
    assert {one["sink"] for one in said["findings"]} >= {"DB.MART.MAILING"}


@pytest.mark.threat(42)
def test_a_tag_puts_a_relation_into_no_place(tmp_path: Path) -> None:
    """A relation that gets the tag of a place where everything is allowed is not there yet."""
    places = "crm:\n  match: {relations: ['db.crm.*'], tags: [crm]}\n"
    files = {**DBT, "places.yml": places, "models/mailing.sql": MAILING["raw_code"]}
    name = repository(tmp_path, files)
    tagged = {**MAILING, "tags": ["crm"]}
    added = "- name: mailing\n  config: {tags: [crm]}\n"
    write(tmp_path, {"models/schema.yml": DBT["models/schema.yml"] + added})
    labelled = node("customers", CUSTOMERS, columns={"mail": "user.contact.email"})
    compiled(tmp_path, labelled, tagged)
    assert check(tmp_path).exit_code == 0
    said: Any = report(tmp_path, "--base", name)
    assert said["exit_code"] == 1
    assert [one["change"] for one in said["proposed"]["sayings"]] == ["placed"]


@pytest.mark.threat(42)
def test_a_statement_of_the_base_commit_stays(tmp_path: Path) -> None:
    """A retention that is there cannot be made longer by who has to keep it."""
    stated = "models:\n- name: customers\n  config: {meta: {fieldgate: {region: cn}}}\n"
    name = repository(tmp_path, {**DBT, "models/schema.yml": stated})
    write(tmp_path, {"models/schema.yml": stated.replace("cn", "eu")})
    compiled(tmp_path, node("customers", CUSTOMERS, meta={"fieldgate": {"region": "eu"}}))
    said: Any = report(tmp_path, "--base", name)
    assert said["proposed"]["sayings"] == [
        {
            "field": {"relation": "DB.CRM.CUSTOMERS", "column": ""},
            "change": "restated",
            "said": "region: cn",
        }
    ]


@pytest.mark.threat(42)
def test_a_manifest_of_the_base_commit_says_more(tmp_path: Path) -> None:
    """Labels that stand in no properties file are held by a manifest compiled from the base."""
    name = repository(tmp_path, {k: v for k, v in DBT.items() if k != "models/schema.yml"})
    labelled = node("customers", CUSTOMERS, columns={"mail": "user.contact.email"})
    before = compiled(tmp_path, labelled, to="before/manifest.json")
    compiled(tmp_path, CLEAN, MAILING)
    held = check(tmp_path, "--base", name, "--base-manifest", before)
    assert (held.exit_code, "no-mail" in held.output) == (1, True)


def test_a_properties_file_that_nobody_can_read_is_named(tmp_path: Path) -> None:
    """Labels that are not held are said not to be."""
    name = repository(tmp_path, {**DBT, "models/odd.yml": "models: 1\nmodels: 2\n"})
    compiled(tmp_path, CLEAN)
    assert "models/odd.yml" in check(tmp_path, "--base", name).output


@pytest.mark.threat(42)
def test_a_repository_inside_of_the_repository_is_named(tmp_path: Path) -> None:
    """A base commit has only the id of a submodule, so what its scripts said is not held."""
    repository(tmp_path, PLAIN)
    inner = repository(tmp_path / "vendor" / "crm", {"t.sql": TABLE})
    git(tmp_path, "add", "vendor/crm")
    git(tmp_path, "commit", "--quiet", "--message=x")
    assert f"160000 commit {inner}" in git(tmp_path, "ls-tree", "HEAD", "vendor/crm")
    name = git(tmp_path, "rev-parse", "HEAD")
    write(tmp_path, {"vendor/crm/t.sql": TABLE.replace("fieldgate", "")})
    assert "vendor/crm" in check(tmp_path, "--base", name).output
