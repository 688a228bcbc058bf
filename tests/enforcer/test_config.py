"""Which configuration holds, and where its paths may lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.config import Config, find_config, load_config
from enforcer.words import PolicyError, Severity

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A git repository with a project in a folder of it, below a folder that is not ours."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "shop" / "models").mkdir(parents=True)
    return tmp_path.resolve()


def write(path: Path, text: str = "version: 1\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_nearest_configuration_holds(home: Path) -> None:
    """It is looked for in the folder and upwards, to the root of the repository."""
    top = write(home / "repo" / "fieldgate.yml")
    assert find_config(home / "repo" / "shop" / "models") == top
    near = write(home / "repo" / "shop" / "fieldgate.yml")
    assert find_config(home / "repo" / "shop" / "models") == near
    assert find_config(write(home / "repo" / "shop" / "a.sql", "select 1")) == near


def test_nothing_above_the_repository_holds(home: Path) -> None:
    """A file that somebody put above the repository is not ours."""
    write(home / "fieldgate.yml")
    assert find_config(home / "repo" / "shop") is None


def test_without_a_repository_only_the_folder_itself_counts(tmp_path: Path) -> None:
    """Nothing says where a project begins, so nothing above it is read."""
    write(tmp_path / "fieldgate.yml")
    (tmp_path / "sql").mkdir()
    assert find_config(tmp_path / "sql") is None
    assert find_config(tmp_path) == tmp_path.resolve() / "fieldgate.yml"


def test_without_a_file_the_defaults_hold(home: Path) -> None:
    """The baseline is applied, everything must have been analysed, and errors fail the build."""
    found = load_config(home / "repo" / "shop")
    assert found.document is None
    assert found.root == home / "repo" / "shop"
    assert found.settings == Config(version=1)
    assert [use.pack for use in found.settings.packs] == ["baseline"]
    assert found.settings.min_coverage == 1.0
    assert found.settings.fail_on is Severity.ERROR


def test_a_named_file_goes_before_the_one_that_is_found(home: Path) -> None:
    """Whoever names a configuration gets that one, and its folder is the root."""
    write(home / "repo" / "fieldgate.yml")
    other = write(home / "policy" / "strict.yml", "version: 1\nfail_on: note\n")
    found = load_config(home / "repo", other)
    assert found.settings.fail_on is Severity.NOTE
    assert found.root == home / "policy"


@pytest.mark.parametrize("name", ["fieldgate.yaml", ".fieldgate.yml"])
def test_a_name_that_is_nearly_right_is_an_error(home: Path, name: str) -> None:
    """A configuration that nobody would read is never passed over."""
    write(home / "repo" / name)
    with pytest.raises(PolicyError, match="not the name of a configuration"):
        find_config(home / "repo" / "shop")


@pytest.mark.parametrize("path", ["../places.yml", "/etc/passwd", "a/../../b.yml", "..\\x", " "])
@pytest.mark.parametrize("key", ["labels", "places", "policies", "waivers", "baseline"])
def test_no_path_leads_out_of_the_project(home: Path, key: str, path: str) -> None:
    """What a configuration names lies below it; the error is where the path is written."""
    write(home / "places.yml", "{}")
    file = write(home / "repo" / "fieldgate.yml", f"version: 1\n{key}: '{path}'\n")
    with pytest.raises(PolicyError) as caught:
        load_config(home / "repo", file)
    assert str(caught.value).startswith(f"fieldgate.yml:2:{len(key) + 3}: path ")


def test_no_link_leads_out_of_the_project(home: Path) -> None:
    """Neither a linked file nor a linked folder is followed, nor a linked configuration."""
    outside = write(home / "outside" / "places.yml", "{}")
    (home / "repo" / "places.yml").symlink_to(outside)
    (home / "repo" / "policy").symlink_to(outside.parent)
    for written in ("places.yml", "policy/places.yml"):
        file = write(home / "repo" / "fieldgate.yml", f"version: 1\nplaces: {written}\n")
        with pytest.raises(PolicyError, match="symbolic link"):
            load_config(home / "repo", file)
    link = home / "repo" / "shop" / "fieldgate.yml"
    link.symlink_to(file)
    with pytest.raises(PolicyError, match="symbolic link"):
        load_config(home / "repo" / "shop")


def test_what_is_named_must_be_there(home: Path) -> None:
    """A labels file that does not exist is a mistake of the configuration."""
    write(home / "repo" / "fieldgate.yml", "version: 1\nlabels: [labels.yml]\n")
    with pytest.raises(PolicyError) as caught:
        load_config(home / "repo")
    assert str(caught.value) == (
        "fieldgate.yml:2:10: there is no `labels.yml`; "
        "create it, or remove it from the configuration"
    )


def test_a_dialect_is_one_that_there_is(home: Path) -> None:
    """An unknown dialect is an error where it is written, with what was meant."""
    write(home / "repo" / "fieldgate.yml", "version: 1\ndialect: snowflak\n")
    with pytest.raises(PolicyError) as caught:
        load_config(home / "repo")
    said = "fieldgate.yml:2:10: unknown SQL dialect `snowflak`; did you mean `snowflake`?"
    assert str(caught.value) == said
