"""The cache of a project is where its authors cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.cache_folder import cache_folder

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
