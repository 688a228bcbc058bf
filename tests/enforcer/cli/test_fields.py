"""Fields of columns, from a labels file to the verdict: one leaks, its neighbour does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from enforcer.cli import main

if TYPE_CHECKING:
    from pathlib import Path

_RULE = """
id: contact-outside-crm
title: Contact data stays in the CRM
phase: use
deny: {data: user.contact, unless_protected: {at_least: keyed}, into: {place: mart}}
why: We said so.
fix: Leave it out.
avoid:
  sql: create table mart.x as select email from crm.y
  labels: {crm.y: {email: user.contact.email}}
  places: {mart: {match: {relations: ["mart.*"]}}}
prefer:
  sql: create table mart.x as select n from crm.y
  labels: {crm.y: {email: user.contact.email}}
  places: {mart: {match: {relations: ["mart.*"]}}}
"""
_STAGED = """
create table raw.users (id int, profile {type});
create table stg.users as select * from raw.users;
"""


def _project(folder: Path, dialect: str, sql: str, label: str) -> Path:
    kind = "variant" if dialect == "snowflake" else "struct<email string, city string>"
    (folder / "policies").mkdir()
    (folder / "policies/contact-outside-crm.yml").write_text(_RULE)
    (folder / "places.yml").write_text('mart: {match: {relations: ["mart.*"]}}\n')
    (folder / "labels.yml").write_text(
        f"labels: [{{relation: raw.users, columns: {{{label}: user.contact.email}}}}]\n"
    )
    (folder / "fieldgate.yml").write_text(
        f"version: 1\ndialect: {dialect}\npacks: []\npolicies: [policies]\n"
        "labels: [labels.yml]\nplaces: places.yml\n"
    )
    (folder / "a.sql").write_text(_STAGED.format(type=kind) + sql)
    return folder


def _leaks(folder: Path) -> tuple[int, list[tuple[str, str]]]:
    """The exit code, and the field and the sink of each finding."""
    result = CliRunner().invoke(main, ["check", str(folder), "--format", "json"])
    found = json.loads(result.output)["findings"]
    return result.exit_code, sorted((f["field"]["column"], f["sink"]) for f in found)


@pytest.mark.parametrize(
    ("dialect", "label", "email", "city"),
    [
        ("snowflake", "profile.email", "profile:email", "profile['city']"),
        ("snowflake", "profile.email", "get_path(profile, 'email')", "profile:city::string"),
        ("bigquery", "profile.email", "profile.email", "profile.city"),
        ("databricks", "PROFILE.Email", "profile.EMAIL", "stg.users.profile.city"),
    ],
)
def test_a_field_that_leaks_fails_the_gate_and_its_neighbour_does_not(
    tmp_path: Path, dialect: str, label: str, email: str, city: str
) -> None:
    """Through a copy of the whole column, only who reads the labelled field gets its data."""
    sql = f"create table mart.a as select {city} as c, id from stg.users;"
    folder = _project(tmp_path, dialect, sql, label)
    assert _leaks(folder) == (0, [])

    (folder / "b.sql").write_text(f"create table mart.b as select {email} as e from stg.users;")
    code, found = _leaks(folder)
    assert code == 1
    assert [(f.lower(), sink.lower()) for f, sink in found] == [("profile.email", "mart.b")]


@pytest.mark.parametrize(
    ("label", "sinks"),
    [
        ("profile", ["mart.city", "mart.email", "mart.whole"]),
        ("profile.email", ["mart.email", "mart.whole"]),
        ("profile.phone", ["mart.whole"]),
        ("id", []),
    ],
)
def test_a_label_reaches_whoever_reads_it_or_what_it_is_in(
    tmp_path: Path, label: str, sinks: list[str]
) -> None:
    """A column's label is one of all its fields; a field's, read by nobody, is in the column."""
    sql = """
        create table mart.city as select profile.city as c from stg.users;
        create table mart.email as select p.email as e from (select profile as p from stg.users);
        create table mart.whole as select to_json(profile) as j from stg.users;
    """
    folder = _project(tmp_path, "bigquery", sql, label)

    assert [sink for _field, sink in _leaks(folder)[1]] == sinks


def test_a_field_is_explained_and_traced_by_its_name(tmp_path: Path) -> None:
    """`explain` and `lineage` know a field by its dotted name."""
    sql = "create table mart.e as select profile.email as e, profile.city as c from stg.users;"
    folder = _project(tmp_path, "bigquery", sql, "profile.email")
    run = CliRunner().invoke

    traced = run(main, ["lineage", "raw.users.profile.email", "--project", str(folder)]).output
    assert "mart.e.e" in traced
    assert "mart.e.c" not in traced
    explained = run(main, ["explain", "mart.e.e", "--path", str(folder)]).output
    assert "from raw.users.profile.email: user.contact.email" in explained
    explained = run(main, ["explain", "mart.e.c", "--path", str(folder)]).output
    assert "no labelled value reaches it" in explained
