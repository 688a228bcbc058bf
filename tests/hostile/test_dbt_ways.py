"""A real run of dbt over a project that brings a planted value out past the code of its models."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from lineage import Column, analyze
from lineage.readers import find_project
from tests.oracle.reaching import reachable
from tests.real_dbt import run_dbt

WAYS = Path(__file__).with_name("dbt_ways")
PLANTED = "ann@example.com"
EMAIL = Column("ways.crm.users", "email")
TABLES = """
select table_schema || '.' || table_name from information_schema.tables
where table_type = 'BASE TABLE' order by all
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project, after dbt has built, tested and compiled it; some of its tests fail."""
    root = Path(shutil.copytree(WAYS, tmp_path / "ways"))
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
    return next(part for part in leak.split(".") if part.startswith("by_"))


@pytest.mark.threat(16, 37)
def test_every_leak_of_a_real_run_is_told(project: Path) -> None:
    """Each way leaks in a run of dbt: its column flows there, or the file of its name has a gap."""
    analysis = analyze(find_project(project), jobs=1)
    reached = {column.relation for column in reachable(analysis, EMAIL)}
    flows = {_way(relation) for relation in reached if "by_" in relation}
    gaps = {Path(gap.origin.file).stem for gap in analysis.gaps}
    leaks = {_way(leak) for leak in _leaked(project)}
    assert leaks == {path.stem for path in WAYS.rglob("by_*")} | {"by_end"}
    assert leaks <= flows | gaps
