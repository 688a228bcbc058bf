"""Labels that stand in unusual ways, or in two places, and models that are called otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.hostile.repositories import check, report, repository, write
from tests.hostile.test_base_labels import (
    CLEAN,
    CUSTOMERS,
    DBT,
    LEAK,
    MAILING,
    PLAIN,
    compiled,
    node,
)

if TYPE_CHECKING:
    from pathlib import Path

# The model is called otherwise; what it reads is stated and known, so that nothing else inherits.
SOURCE = (
    "sources:\n- name: raw\n  schema: RAW\n"
    "  tables: [{name: people, identifier: PEOPLE, columns: [{name: mail}]}]\n"
)
STATED = DBT["models/schema.yml"] + SOURCE
LEFT_BEHIND: dict[str, tuple[str, dict[str, str | None]]] = {
    "its properties stay": ("clients", {}),
    "a text of its name stays": ("clients", {"models/schema.yml": SOURCE, "customers.md": "x"}),
    "its new name is that of a properties file": ("schema", {"models/schema.yml": SOURCE}),
    "its new name is that of a macro": ("util", {"models/schema.yml": SOURCE}),
    "it is switched off": (
        "clients",
        {
            "models/customers.sql": CUSTOMERS,
            "models/schema.yml": STATED.replace(
                "customers\n", "customers\n  config: {enabled: no}\n"
            ),
        },
    ),
    "the project switches it off": (
        "clients",
        {
            "models/customers.sql": CUSTOMERS,
            "dbt_project.yml": DBT["dbt_project.yml"]
            + "models: {shop: {customers: {+enabled: false}}}\n",
        },
    ),
}


@pytest.mark.threat(42)
@pytest.mark.parametrize(("called", "files"), LEFT_BEHIND.values(), ids=list(LEFT_BEHIND))
def test_a_model_that_is_called_otherwise_takes_its_label_along(
    tmp_path: Path, called: str, files: dict[str, str | None]
) -> None:
    """Whatever is left of the model or called as it is now, the label goes where it goes."""
    macro = "{% macro util() %}1{% endmacro %}"
    name = repository(tmp_path, {**DBT, "models/schema.yml": STATED, "macros/util.sql": macro})
    write(tmp_path, {"models/customers.sql": None})
    write(tmp_path, files)
    compiled(
        tmp_path,
        node(called, CUSTOMERS),
        node("mailing", f"select mail as m from db.mart.{called}"),
    )
    said: Any = report(tmp_path, "--base", name)
    assert {one["sink"] for one in said["findings"]} >= {"DB.MART.MAILING"}
    assert [one["change"] for one in said["proposed"]["sayings"]] == ["lost"]


@pytest.mark.threat(42)
def test_a_snapshot_that_is_called_otherwise_takes_its_label_along(tmp_path: Path) -> None:
    """A snapshot's file may be called as it likes, and its properties may stay."""
    block = "{% snapshot customers %}select id, mail from raw.people{% endsnapshot %}"
    stated = STATED.replace("models:", "snapshots:")
    files = {**DBT, "models/schema.yml": stated, "snapshots/all.sql": block}
    del files["models/customers.sql"]
    name = repository(tmp_path, files)
    write(tmp_path, {"snapshots/all.sql": block.replace("customers", "clients")})
    compiled(
        tmp_path,
        node("clients", CUSTOMERS),
        node("mailing", "select mail as m from db.mart.clients"),
    )
    said: Any = report(tmp_path, "--base", name)
    assert {one["sink"] for one in said["findings"]} >= {"DB.MART.MAILING"}


PER_VERSION = (
    "models:\n- name: customers\n  versions:\n  - v: 1\n    columns:\n    - name: mail\n"
    "      config: {meta: {fieldgate: {category: user.contact.email}}}\n"
)
SPELLINGS = {
    "of a version": PER_VERSION,
    "with a key in escapes": DBT["models/schema.yml"].replace("models", '"mod\\x65ls"'),
}


@pytest.mark.threat(42)
@pytest.mark.parametrize("text", SPELLINGS.values(), ids=list(SPELLINGS))
def test_a_label_holds_however_properties_are_written(tmp_path: Path, text: str) -> None:
    """Columns of a model's versions are its columns, and a word in escapes is that word."""
    name = repository(tmp_path, {**DBT, "models/schema.yml": text})
    write(tmp_path, {"models/schema.yml": None})
    compiled(tmp_path, CLEAN, MAILING)
    said: Any = report(tmp_path, "--base", name)
    assert said["exit_code"] == 1


def test_a_label_that_only_dbt_can_tell_is_said_not_to_be_held(tmp_path: Path) -> None:
    """A category in Jinja is read by nobody here, so the report names the file."""
    stated = DBT["models/schema.yml"].replace("user.contact.email", "\"{{ var('mail') }}\"")
    name = repository(tmp_path, {**DBT, "models/schema.yml": stated})
    compiled(tmp_path, CLEAN)
    assert "models/schema.yml" in check(tmp_path, "--base", name).output


@pytest.mark.threat(42)
@pytest.mark.parametrize("said", ["group: crm", "config: {group: crm}"])
def test_a_group_puts_a_relation_into_no_place(tmp_path: Path, said: str) -> None:
    """A relation that gets the group of a place where everything is allowed is not there yet."""
    places = "crm:\n  match: {relations: ['db.crm.*'], groups: [crm]}\n"
    files = {**DBT, "places.yml": places, "models/mailing.sql": MAILING["raw_code"]}
    name = repository(tmp_path, files)
    stated = DBT["models/schema.yml"] + f"- name: mailing\n  {said}\n"
    write(tmp_path, {"models/schema.yml": stated})
    labelled = node("customers", CUSTOMERS, columns={"mail": "user.contact.email"})
    compiled(tmp_path, labelled, {**MAILING, "group": "crm"})
    assert check(tmp_path).exit_code == 0
    found: Any = report(tmp_path, "--base", name)
    assert [one["change"] for one in found["proposed"]["sayings"]] == ["placed"]
    assert found["exit_code"] == 1


MEANING = "create tag gov.k3 comment = 'fieldgate: user.contact.email';\n"
TAGGED = "create table crm.customers (id int, mail varchar with tag (gov.k3 = 'high'));\n"
APART: dict[str, dict[str, str | None]] = {
    "the tag means something else": {"a.sql": MEANING.replace("user.contact.email", "user")},
    "the tag means nothing": {"a.sql": None},
    "the tag is denied": {"t.sql": TAGGED.replace("high", "no")},
    "the tag is taken off": {"t.sql": TAGGED.replace("with tag (gov.k3 = 'high')", "")},
    "the table has another script": {"t.sql": None, "b.sql": TAGGED.replace("high", "no")},
}


@pytest.mark.threat(42)
@pytest.mark.parametrize("files", APART.values(), ids=list(APART))
def test_a_tag_holds_whose_meaning_stands_in_another_script(
    tmp_path: Path, files: dict[str, str | None]
) -> None:
    """Of the script that says what a tag means and that which sets it either may be changed."""
    name = repository(tmp_path, {**PLAIN, "a.sql": MEANING, "t.sql": TAGGED})
    write(tmp_path, {**files, "leak.sql": LEAK})
    assert check(tmp_path).exit_code == 0
    said: Any = report(tmp_path, "--base", name)
    assert said["exit_code"] == 1
    assert {one["change"] for one in said["proposed"]["sayings"]} == {"lowered"}
