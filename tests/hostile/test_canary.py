"""Threat 55: no value of a project and none of the environment is in any output.

A canary stands wherever data may stand: in literals of every kind of statement, in cells of
seeds, in comments, descriptions and notes, in credentials, in texts that no parser reads,
and in the environment. Then every command is run in every notation.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from enforcer.cli import main
from lineage.uris import all_without_keys, without_keys
from tests.hostile.canary import (
    ENVIRONMENT,
    SECRET,
    TRACES,
    commands,
    dbt_project,
    events,
    every_statement,
    sql_project,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.threat(55)


def leaks_of(text: str, where: str) -> list[str]:
    """The traces in a text, each with what stands around it."""
    found = []
    for trace in TRACES:
        at = text.lower().find(trace.lower())
        if at >= 0:
            found.append(f"{where}: {trace} in {text[max(0, at - 80) : at + 40]!r}")
    return found


def run(arguments: list[str]) -> str:
    result = CliRunner(env=ENVIRONMENT).invoke(main, arguments)
    assert "itself failed" not in result.output, (arguments, result.output)
    assert isinstance(result.exception, SystemExit | None), (arguments, result.exception)
    return result.output


def all_leaks(project: Path, out: Path) -> list[str]:
    leaks = []
    for arguments in commands(project, out):
        leaks += leaks_of(run(arguments), " ".join(arguments[:1] + arguments[2:]))
    for file in sorted(out.rglob("*")):
        if file.is_file():
            leaks += leaks_of(file.read_text("utf-8"), file.name)
    for file in (out / "evidence" / "runs").iterdir():
        leaks += leaks_of(run(["log", "show", str(file)]), "log show")
    return leaks


def test_no_command_shows_a_value_of_sql(tmp_path: Path) -> None:
    """Every command in every notation tells what it found in SQL, and no literal of it."""
    project, out = tmp_path / "project", tmp_path / "out"
    project.mkdir()
    assert all_leaks(sql_project(project, "postgres"), out) == []


@pytest.mark.parametrize("dialect", ["bigquery", "clickhouse", "databricks", "snowflake", "tsql"])
def test_no_dialect_makes_a_name_of_a_value(dialect: str, tmp_path: Path) -> None:
    """Whatever a dialect makes of a statement, its JSON, which has all names, has no literal."""
    project = sql_project(tmp_path, dialect)
    leaks = leaks_of(run(["check", str(project), "--format", "json"]), "check")
    leaks += leaks_of(run(["lineage", str(project), "--format", "json", "--no-cache"]), "lineage")
    assert leaks == []


def test_no_command_shows_a_value_of_a_dbt_project(tmp_path: Path) -> None:
    """Cells of seeds, descriptions, notes and comments are data too, also where they are found."""
    project, out = tmp_path / "project", tmp_path / "out"
    assert all_leaks(dbt_project(project), out) == []
    assert "literal-personal-data" in run(["check", str(project), "--format", "json"])


@pytest.mark.parametrize("notation", ["text", "json", "mermaid", "graphviz", "openlineage"])
def test_no_event_shows_what_opens_an_address(notation: str, tmp_path: Path) -> None:
    """Namespaces of events are addresses, with users and passwords in some."""
    path = events(tmp_path / "events.ndjson")
    output = run(["lineage", str(path), "--format", notation])
    assert "host.example" in output
    assert leaks_of(output, notation) == []


@pytest.mark.parametrize("name", every_statement())
def test_a_text_that_is_refused_is_not_quoted(name: str, tmp_path: Path) -> None:
    """An error about a file has its place and kind: broken files of every sort are tried."""
    file, text, arguments = every_statement()[name]
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.sql").write_text("select 1 as x from t\n", "utf-8")
    (project / file).parent.mkdir(parents=True, exist_ok=True)
    (project / file).write_text(text, "utf-8")
    output = run([argument.format(project=project) for argument in arguments])
    assert output
    assert leaks_of(output, name) == []


def test_init_writes_no_value(tmp_path: Path) -> None:
    """The files that `init` proposes name columns and places, and hold no literal."""
    project = sql_project(tmp_path, "postgres")
    for file in ("fieldgate.yml", "labels.yml", "places.yml"):
        (project / file).unlink()
    leaks = leaks_of(run(["init", str(project), "--dialect", "postgres"]), "init")
    for file in ("fieldgate.yml", "labels.yml", "places.yml"):
        leaks += leaks_of((project / file).read_text("utf-8"), file)
    assert leaks == []


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("https://user:pw@host/x?sig=1&b=2", "https://host/x"),
        ("https://token@host/x", "https://host/x"),
        ("https://user:p/w@host/x", "https://host/x"),
        ("jdbc:sqlserver://host;user=sa;password=x", "jdbc:sqlserver://host"),
        ("azure://host/x?sv=1", "azure://host/x"),
        ("https://host/x#access_token=1", "https://host/x"),
        ("AccountKey=x;BlobEndpoint=https://host/x", "BlobEndpoint=https://host/x"),
        ("s3://bucket/dt=2024-0?/x=1/*.csv", "s3://bucket/dt=2024-0?/x=1/*.csv"),
        ("s3://bucket/p@v1/a&b/c", "s3://bucket/p@v1/a&b/c"),
        ("https://host:8443/p@th", "https://host:8443/p@th"),
        ("@stage/path", "@stage/path"),
        ("user@host", "user@host"),
        ("x?sig=1&b=2", "x"),
        ("what? a=b", "what? a=b"),
    ],
)
def test_an_address_is_named_without_its_keys(written: str, named: str) -> None:
    """What opens an address goes from its name, and nothing else does."""
    assert without_keys(written) == named
    assert all_without_keys((written, [written], {written: 1})) == (named, [named], {named: 1})


def test_the_canary_is_there(tmp_path: Path) -> None:
    """The tests above look for what is really in the project."""
    project = sql_project(tmp_path, "postgres")
    texts = [file.read_text("utf-8") for file in project.iterdir()]
    assert sum(bool(leaks_of(text, "")) for text in texts) > len(texts) * 0.9
    assert json.dumps(ENVIRONMENT).count(SECRET) > 3
