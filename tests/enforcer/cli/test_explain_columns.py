"""`fieldgate explain COLUMN`: what is in a column, how it is protected, and why so."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from enforcer.cli import main

SCHEMA = Path(__file__).parents[3] / "docs" / "explanation.schema.json"
SQL = """\
create table stg.users as
select
    email,
    coalesce(sha256(email), email) as either_way,
    reverse(reverse(email)) as back,
    left(email, 200) as long,
    left(email, 3) as short,
    hmac(email, 'written out') as open_key,
    hmac(email, k.key) as kept_key,
    sha256(phone) as tried,
    vault_token(email) as token
from raw.users, vault.keys as k;
create table mart.sizes as
select country, count(distinct email) as n from raw.users group by country;
"""
CONFIGURATION = """\
version: 1
dialect: duckdb
labels: [labels.yml]
places: {ads: {match: {relations: [stg.users]}, partner: {name: AdCo}}}
parameters: {functions: {"vault_*": tokenise}}
"""
LABELS = """\
labels:
  - relation: raw.users
    columns: {email: user.contact.email, phone: user.contact.phone_number}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    (root / "users.sql").write_text(SQL, "utf-8")
    (root / "fieldgate.yml").write_text(CONFIGURATION, "utf-8")
    (root / "labels.yml").write_text(LABELS, "utf-8")
    return root


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@cache
def told(project: Path, name: str) -> Any:  # noqa: ANN401 - any JSON
    result = run("explain", name, "--path", project, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def explained(project: Path, column: str) -> dict[str, Any]:
    """What is said of a column, among all columns of its relation."""
    relation, _, name = column.rpartition(".")
    columns = told(project, relation)["columns"]
    [found] = [found for found in columns if found["column"]["column"] == name]
    return dict(found)


def direct(column: dict[str, Any], source: str = "email") -> list[dict[str, Any]]:
    [reaching] = [s for s in column["sources"] if s["column"]["column"] == source]
    return [course for course in reaching["courses"] if course["flow"] == "direct"]


def reasons(column: dict[str, Any]) -> str:
    return " | ".join(reason for source in column["sources"] for reason in source["reasons"])


def test_each_function_is_told_with_what_it_does_and_where(project: Path) -> None:
    """Before, after and why of every function on the way, with file and line of the hop."""
    [course] = direct(explained(project, "stg.users.short"))
    assert course["arrives"] == "truncated:6x4"
    [hop] = course["path"]
    assert (hop["origin"]["file"], hop["origin"]["line"]) == ("users.sql", 7)
    [function] = hop["functions"]
    assert [function[key] for key in ("function", "before", "after")] == [
        "left:3",
        "clear",
        "truncated:6x4",
    ]


@pytest.mark.parametrize(
    ("column", "arrives", "why"),
    [
        ("back", ["clear"], "reverse at users.sql:5:21 undid what was encoded"),
        ("either_way", ["clear", "hashed"], "by another course it is hashed"),
        ("short", ["truncated:6x4"], "stg.users.email, beside it, has the same value in the clear"),
    ],
)
def test_why_a_value_is_clear_is_told(
    project: Path, column: str, arrives: list[str], why: str
) -> None:
    """A function that undid it, another course, or a column beside it."""
    found = explained(project, f"stg.users.{column}")
    assert [course["arrives"] for course in direct(found)] == arrives
    assert why in reasons(found)


def test_a_hash_that_can_be_tried_is_told_as_the_reason(project: Path) -> None:
    """The path says that it is a hash, the arrival that it hides nothing."""
    found = explained(project, "stg.users.tried")
    [course] = direct(found, "phone")
    assert (course["moved"], course["arrives"]) == ("hashed", "clear")
    assert "all values of user.contact.phone_number can be tried" in reasons(found)


@pytest.mark.parametrize(
    ("column", "after", "why"),
    [
        ("long", "clear:part", "with these arguments it may keep all of the value"),
        ("open_key", "hashed:key_beside", "its key is written out or lies beside the data"),
        ("kept_key", "keyed:whole", "what it makes of a value is keyed"),
        ("token", "surrogate", "the project says so of its own function"),
    ],
)
def test_why_a_function_protects_or_does_not(
    project: Path, column: str, after: str, why: str
) -> None:
    """Arguments, keys and the project's own words are the reasons of a step."""
    [course] = direct(explained(project, f"stg.users.{column}"))
    function = course["path"][-1]["functions"][-1]
    assert function["after"] == after
    assert why in function["why"]


def test_a_small_group_is_told_as_the_reason(project: Path) -> None:
    """A count without a guard says so."""
    [course] = direct(explained(project, "mart.sizes.n"))
    [function] = course["path"][-1]["functions"]
    assert (function["function"], function["after"]) == ("count", "generalised")
    assert "the group may be small" in function["why"]


def test_the_rules_that_look_at_it_are_told_with_their_findings(project: Path) -> None:
    """A rule shows what it accepts, what it refuses, and the fingerprint that `check` shows."""
    rules = explained(project, "stg.users.either_way")["rules"]
    [rule] = [r for r in rules if r["rule"] == "clear-personal-data-leaves" and r["refuses"]]
    assert (rule["at_least"], rule["refuses"]) == ("encrypted", ["clear"])
    checked = json.loads(run("check", project, "--format", "json").output)
    found = [f for f in checked["findings"] if f["rule"] == "clear-personal-data-leaves"]
    assert set(rule["findings"]) == {
        f["fingerprint"] for f in found if f["field"]["column"] == "email"
    }


def test_the_source_itself_is_clear_and_says_who_labelled_it(project: Path) -> None:
    """A labelled column shows its own label and where that is written."""
    found = explained(project, "raw.users.email")
    [label] = found["labels"]
    assert (label["category"], label["by"]) == ("user.contact.email", "labels file")
    assert [course["arrives"] for course in direct(found)] == ["clear"]


def test_what_nothing_reaches_is_said(project: Path) -> None:
    """A column that no label reaches is no silence."""
    output = run("explain", "raw.users.country", "--path", project).output
    assert "it carries no label of its own" in output
    assert "no labelled value reaches it" in output


@pytest.mark.parametrize("name", ["stg.users", "mart.sizes", "raw.users"])
def test_the_published_schema_describes_it(project: Path, name: str) -> None:
    """Whoever reads the schema knows every key; the name of a relation means its columns."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(told(project, name))


def test_it_speaks_chinese(project: Path) -> None:
    """The same, in the other language."""
    output = run("explain", "stg.users.back", "--path", project, "--lang", "zh").output
    assert "还原了编码的取值" in output


def test_an_unknown_name_is_one_line(project: Path) -> None:
    """A name that nothing has is a mistake in usage, with what was meant."""
    result = run("explain", "stg.users.bakc", "--path", project)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert "stg.users.back" in result.output
