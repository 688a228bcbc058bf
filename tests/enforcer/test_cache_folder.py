"""The cache of a project is where its authors cannot write, and no gate looks into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from enforcer.cache_folder import cache_folder
from enforcer.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def test_two_projects_have_two_caches(tmp_path: Path) -> None:
    """What is known of one project is not looked for in another."""
    environment = {"HOME": str(tmp_path / "home")}
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, two = (cache_folder(tmp_path / name, environment) for name in ("a", "b"))

    assert one != two
    assert one is not None
    assert one.is_relative_to(tmp_path / "home" / ".cache" / "fieldgate")


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}, {"XDG_CACHE_HOME": "relative"}])
def test_without_a_home_there_is_no_cache(tmp_path: Path, environment: dict[str, str]) -> None:
    """Nothing is written to a place that nobody named."""
    assert cache_folder(tmp_path, environment) is None


@pytest.mark.parametrize("inside", ["", ".cache", "link"])
def test_a_cache_in_the_project_is_not_used(tmp_path: Path, inside: str) -> None:
    """A pull request could bring a cache that says its texts are harmless."""
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "outside").symlink_to(project)
    home = tmp_path / "outside" if inside == "link" else project / inside

    assert cache_folder(project, {"XDG_CACHE_HOME": str(home)}) is None


def test_who_asks_again_is_told_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An explanation is the same anew, kept, and after a text has changed and changed back."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    project = tmp_path / "project"
    project.mkdir()
    text = "create table mart.k as select sha256(email) as k from crm.people;"
    changed = text.replace("sha256(email)", "email")
    asked = ["explain", "mart.k.k", "--path", str(project), "--dialect", "duckdb"]

    def told(written: str, *options: str) -> str:
        (project / "a.sql").write_text(written, "utf-8")
        result = CliRunner().invoke(main, [*asked, *options])
        assert result.exit_code == 0, result.output
        return result.output

    anew = told(text, "--no-cache")
    assert not (tmp_path / "home").exists()
    assert told(text) == anew
    assert list((tmp_path / "home").rglob("analysis.bin"))
    assert told(text) == anew
    assert told(changed) == told(changed, "--no-cache") != anew
    assert told(text) == anew


def test_the_gate_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict rests on what was read for it, and on nothing that an earlier run left."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.sql").write_text("create table b as select email from crm.people", "utf-8")

    CliRunner().invoke(main, ["check", str(project), "--dialect", "duckdb"])
    assert not (tmp_path / "home").exists()
