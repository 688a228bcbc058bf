"""The workflows that the documents show: no door for who opens a pull request."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.hostile.repositories import LEAK, git, repository, write
from tests.hostile.test_base_labels import CLEAN, DBT, MAILING, compiled, node

FOLDER = Path(__file__).parents[2] / "docs/workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
PATH = os.environ["PATH"]


def read(path: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.threat(49)
@pytest.mark.threat(39)
def test_zizmor_finds_nothing() -> None:
    """The auditor of workflows has nothing to say about any of them, at its strictest."""
    program = shutil.which("zizmor", path=f"{Path(sys.executable).parent}{os.pathsep}{PATH}")
    if program is None:
        pytest.skip("zizmor is not installed (the extra `lint` brings it)")
    done = subprocess.run(
        [program, "--offline", "--persona=auditor", "--no-progress", *WORKFLOWS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "No findings" in done.stdout + done.stderr) == (0, True), done.stdout


@pytest.mark.threat(49)
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_closed(path: Path) -> None:
    """No privileged trigger, no permission but to read, no moving action, no text in a script."""
    whole = read(path)
    assert set(whole[True]) == {"pull_request"}  # YAML takes `on` for truth
    assert whole["permissions"] == {}
    assert all(job["permissions"] == {"contents": "read"} for job in whole["jobs"].values())
    assert "secrets" not in path.read_text("utf-8")
    for step in steps(path):
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"])
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.threat(39)
def test_what_the_pull_request_brings_is_run_in_a_job_that_decides_nothing() -> None:
    """The job of the gate runs dbt in the base commit alone, and before the other is there."""
    jobs = read(FOLDER / "dbt.yml")["jobs"]
    assert set(jobs) == {"compile", "fieldgate"}
    gate = jobs["fieldgate"]["steps"]
    compiling = [n for n, step in enumerate(gate) if "dbt compile" in step.get("run", "")]
    arriving = [n for n, step in enumerate(gate) if step.get("with", {}).get("path") == "head"]
    assert [gate[n]["working-directory"] for n in compiling] == ["base"]
    assert max(compiling) < min(arriving)


def run_last_step(path: Path, folder: Path, base: str) -> int:
    """What the gate's own step comes to, in the shell that the runner takes."""
    script = steps(path)[-1]["run"].replace("python ", f"{sys.executable} ")
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env={"PATH": PATH, "BASE": base},
        capture_output=True,
        check=False,
    )
    return done.returncode


@pytest.mark.threat(49)
@pytest.mark.parametrize(("files", "code"), [({}, 0), ({"models/leak.sql": LEAK}, 1)])
def test_the_gate_for_sql_works(tmp_path: Path, files: dict[str, str | None], code: int) -> None:
    """The step passes what is clean and stops what is not, whatever the policy says now."""
    base = repository(tmp_path / "head")
    write(tmp_path / "head", {"policies/no-mail.yml": None, **files})
    assert run_last_step(FOLDER / "sql.yml", tmp_path, base) == code


@pytest.mark.threat(39)
def test_the_gate_for_dbt_works(tmp_path: Path) -> None:
    """The labels come of the base's manifest; a planted link does not put another in its place."""
    files = {k: v for k, v in DBT.items() if k != "models/schema.yml"}
    base = repository(tmp_path / "base", files)
    git(tmp_path, "clone", "--quiet", "base", "head")
    compiled(
        tmp_path / "base",
        node("customers", "select 1 as x", columns={"mail": "user.contact.email"}),
    )
    made = compiled(tmp_path / "head", CLEAN, MAILING)
    (tmp_path / "artifact").mkdir()
    made.rename(tmp_path / "artifact/manifest.json")
    made.parent.rmdir()
    made.parent.symlink_to(tmp_path / "base/target")
    assert run_last_step(FOLDER / "dbt.yml", tmp_path, base) == 1
