"""A real run of dbt over a project that brings a planted value out past the code of its models."""

from __future__ import annotations

import shutil
from pathlib import Path
from shutil import ignore_patterns

import duckdb
import pytest

from lineage import Column, analyze
from lineage.readers import find_project
from tests.oracle.reaching import reachable
from tests.other_dbts import VERSIONS, other_dbt, run_other_dbt
from tests.real_dbt import run_dbt

WAYS = Path(__file__).with_name("dbt_ways")
PLANTED = "ann@example.com"
EMAIL = Column("ways.crm.users", "email")
_REFUSED = {"2": {"by_rows"}}  # rows of a unit test that are a template
TABLES = """
select table_schema || '.' || table_name from information_schema.tables
where table_type = 'BASE TABLE' order by all
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, after dbt has built, tested and compiled it; some of its tests fail."""
    root = Path(shutil.copytree(WAYS, tmp_path_factory.mktemp("project") / "ways"))
    with duckdb.connect(str(root / "ways.duckdb")) as database:
        database.execute(
            "create schema ads; create schema crm; create table crm.users (email varchar)"
        )
        database.execute("insert into crm.users values (?)", [PLANTED])
        database.execute("create table main.by_incremental (id int)")  # as an earlier run left it
        # dbt's adapter for DuckDB compiles functions and cannot create them.
        body = "(select max(email) || k from crm.users)"
        database.execute(f"create macro main.joined(k) as {body}")
    run_dbt(root, "build", "--exclude", "resource_type:function", "--vars", "production: true")
    run_dbt(root, "source", "freshness")
    run_dbt(root, "compile")  # as a pull request's build does, which is not production
    return root


def _leaked(project: Path) -> set[str]:
    """The relations and files, other than where it was planted, in which the value is now."""
    with duckdb.connect(str(project / "ways.duckdb"), read_only=True) as database:
        names = [name for (name,) in database.execute(TABLES).fetchall()]
        rows = {name: database.execute(f"select * from {name}").fetchall() for name in names}
    files = {path.name for path in project.glob("*.csv") if PLANTED in path.read_text("utf-8")}
    return files | {name for name in names if PLANTED in repr(rows[name])} - {"crm.users"}


def _way(leak: str) -> str:
    return next(part for part in leak.removeprefix("./").split(".") if part.startswith("by_"))


@pytest.mark.threat(16, 37)
def test_every_leak_of_a_real_run_is_told(project: Path) -> None:
    """Each way leaks in a run of dbt: its column flows there, or the file of its name has a gap."""
    leaks = {_way(leak) for leak in _leaked(project)}
    assert leaks == {path.stem for path in WAYS.rglob("by_*")} | {"by_end"}
    assert leaks <= _told(project)


def _told(project: Path) -> set[str]:
    """The ways that lineage follows, and those whose file has a gap."""
    analysis = analyze(find_project(project), jobs=1)
    reached = {column.relation for column in reachable(analysis, EMAIL)}
    flows = {_way(relation) for relation in reached if "by_" in relation}
    return flows | {Path(gap.origin.file).stem for gap in analysis.gaps}


@pytest.mark.threat(16, 37)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_leak_is_told_whichever_dbt_compiled(
    version: str, project: Path, tmp_path: Path
) -> None:
    """What another dbt writes hides none of the ways, but those that it refuses to read."""
    root = Path(shutil.copytree(project, tmp_path / "ways", ignore=ignore_patterns("target")))
    refused = _REFUSED.get(version, set())
    for name in refused:
        (root / "models" / f"{name}.yml").unlink()
    assert run_other_dbt(other_dbt(version), root, "compile") == 0
    leaks = {_way(leak) for leak in _leaked(project)}
    assert leaks - refused <= _told(root)
