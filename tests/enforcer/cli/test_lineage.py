"""`fieldgate lineage`: a column, a relation, or all of a project, in each notation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from enforcer.cli import main
from lineage.readers import read_events

EXAMPLES = Path(__file__).parents[3] / "examples"
SHOP = EXAMPLES / "shop"
SQL = """\
create table mart.keys as select left(sha256(email), 8) as k from raw.users where consent;
create table mart.sizes as select count(*) as n from mart.keys;
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["lineage", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is the current folder, with files called as its relation and its column."""
    (tmp_path / "build.sql").write_text(SQL)
    (tmp_path / "mart").mkdir()
    (tmp_path / "mart.keys").write_text("not a project")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_column_is_shown_with_both_directions() -> None:
    """What a column is made of and goes into, with the place of each flow."""
    assert run("mart.keys.k", "--dialect", "duckdb").output == (
        "mart.keys.k\n"
        "  made of:\n"
        "    raw.users.consent  [filter]  build.sql:1:83\n"
        "    raw.users.email  [transformation by sha2, left:8]  build.sql:1:46\n"
        "  goes into:\n"
        "    nothing\n"
    )


@pytest.mark.usefixtures("folder")
def test_counting_rows_is_followed() -> None:
    """`count(*)` is made of the rows that it counts, and of what decides about them."""
    output = run("sizes.n", "--upstream").output
    assert "mart.keys (rows)  [rows]" in output
    assert "raw.users.consent  [filter]" in output


@pytest.mark.usefixtures("folder")
def test_what_exists_is_a_path() -> None:
    """A file or folder of that name goes before a relation, and --project before both."""
    assert run("mart").exit_code == 3
    assert "there is nothing to analyse" in run("mart").output
    assert run("mart.keys").exit_code == 4
    assert "neither SQL nor a dbt manifest" in run("mart.keys").output
    assert run("mart.keys", "--project", ".").output.startswith("mart.keys (rows)\n")


@pytest.mark.usefixtures("folder")
def test_without_a_name_the_whole_project_is_shown() -> None:
    """No argument means the current folder, a path means what it is called."""
    whole = run()
    assert whole.exit_code == 0
    assert whole.output.startswith("2 statements, 0 not analysed; 3 relations, ")
    assert {run(".").output, run("--project", ".").output} == {whole.output}
    assert run("build.sql", "--no-cache").output == whole.output


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mart.keys.kk", "did you mean `mart.keys.k`?"),
        ("marts.keys.k", "did you mean `mart.keys.k`?"),
        ("key", "did you mean `mart.keys`?"),
        ("models/keys.sql", "and there is no such path"),
        ("qqqqq", "`fieldgate lineage .` shows all there are"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_an_unknown_name_is_a_mistake_in_usage(name: str, meant: str) -> None:
    """One line, exit code 2, and the name that was most likely meant."""
    result = run(name)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert meant in result.output


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("option", [("--depth", "1"), ("--upstream",), ("--down",)])
def test_a_whole_project_has_no_direction(option: tuple[str, ...]) -> None:
    """An option that means nothing for a path is refused and not passed over."""
    assert run(".", *option).exit_code == 2


def test_depth_ends_the_way() -> None:
    """One relation far is one relation far."""
    near = run("stg_customers.email", "--project", SHOP, "--depth", "1", "--format", "json")
    far = run("stg_customers.email", "--project", SHOP, "--format", "json")
    names = [{r["name"] for r in json.loads(found.output)["relations"]} for found in (near, far)]
    assert "shop.core.dim_customers" in names[0]
    assert "exposure:ad_partner_audience" in names[1] - names[0]


def test_a_relation_stands_for_its_columns() -> None:
    """Each column of a relation is shown, and its rows, which others may count."""
    focus = json.loads(run("raw.customers", "--project", SHOP, "--format", "json").output)["focus"]
    assert {"*", "email"} <= {column["column"] for column in focus}
    direct = json.loads(
        run("raw.customers", "--project", SHOP, "--direct", "--format", "json").output
    )
    assert {flow["type"] for flow in direct["flows"]} == {"DIRECT"}
    assert "*" not in {column["column"] for column in direct["focus"]}


def test_the_dialect_is_that_of_the_configuration() -> None:
    """A folder whose fieldgate.yml names its dialect needs no option."""
    bare = run(EXAMPLES / "warehouse-sql", "--format", "json").output
    assert (
        bare == run(EXAMPLES / "warehouse-sql", "--dialect", "snowflake", "--format", "json").output
    )
    assert json.loads(bare)["not_analysed"] == 0


def test_events_are_written_and_read(tmp_path: Path) -> None:
    """OpenLineage events of a project are a project again: the same drawing."""
    options = ("--format", "openlineage", "--namespace", "pg://h:1")
    events = run(SHOP, *options, "--event-time", "2026-01-02T03:04:05Z").output
    path = tmp_path / "events.ndjson"
    path.write_text(events)
    assert {json.loads(line)["eventTime"] for line in events.splitlines()} == {
        "2026-01-02T03:04:05Z"
    }
    assert read_events(path, namespace="pg://h:1").edges
    drawing = run(path, "--format", "graphviz").output.replace("pg://h:1/", "")
    assert sorted(drawing.split()) == sorted(run(SHOP, "--format", "graphviz").output.split())
    assert "shop.raw.customers.email" in run("stg_customers.email", "--project", path).output


def test_the_command_itself_writes_the_graph(tmp_path: Path) -> None:
    """As a process of its own: the answer alone on standard output, and exit code 0."""
    (tmp_path / "build.sql").write_text(SQL)
    program = "from enforcer.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "lineage", tmp_path, "--format", "json"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["format"] == "fieldgate-lineage/1"
