"""Writing where somebody has planted something: reports, baselines, evidence, labels, caches."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from enforcer.cli import main
from lineage import writing
from tests.hostile.running import Case, complaints
from tests.hostile.trees import PLANTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SQL = "create table crm.users (email text);\ncreate table mart.t as select email from crm.users;\n"
CONFIG = "version: 1\nlabels: [labels.yml]\nmin_coverage: 0.0\n"
LABELS = "labels:\n- relation: crm.users\n  columns: {email: none}\n"
# What nobody may write over or through; a regular file may be replaced.
IN_THE_WAY = {name: plant for name, plant in PLANTED.items() if name != "sparse"}


def device(at: Path) -> None:
    """As near to a device as a test may come."""
    at.symlink_to("/dev/full")


IN_THE_WAY["device"] = device
SOME = [(name, IN_THE_WAY[name]) for name in ("link_outside", "link_to_nothing", "pipe", "folder")]


def project(root: Path) -> None:
    (root / "a.sql").write_text(SQL)
    (root / "fieldgate.yml").write_text(CONFIG)
    (root / "labels.yml").write_text(LABELS)


def with_planted(plant: Callable[[Path], None], file: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        project(root)
        plant(root / file)

    return make


@pytest.mark.threat(44)
@pytest.mark.parametrize("plant", [*IN_THE_WAY.values()], ids=[*IN_THE_WAY])
def test_nothing_is_written_through_what_is_planted(
    tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    """A link, a pipe, a device or a folder stays what it is, and so does what is behind it."""
    at = tmp_path / "root" / "x"
    at.parent.mkdir()
    plant(at)
    before = at.lstat()
    for write in (
        lambda: writing.write_file(at, b"x"),
        lambda: writing.write_file_below(tmp_path, "root/x", b"x"),
    ):
        with pytest.raises(OSError, match="a link or no regular file stands there"):
            write()
    assert at.lstat() == before
    assert all("canary" in path.read_text() for path in tmp_path.glob("*/*.outside"))
    assert not [*tmp_path.rglob("*.partial")]


@pytest.mark.threat(44)
def test_no_report_is_written_through_what_is_planted(tmp_path: Path) -> None:
    """A report goes into a file of its own or nowhere, in one line and with exit 4."""
    cases = [
        Case(
            name,
            with_planted(plant, "report"),
            str(tmp_path / str(number) / "report"),
            4,
            ("check", "{}", "--format", "html", "--output", "{}/report"),
        )
        for number, (name, plant) in enumerate(SOME)
    ]
    assert complaints(cases, tmp_path) == []
    assert untouched(tmp_path)


@pytest.mark.threat(44)
def test_no_baseline_is_written_through_what_is_planted(tmp_path: Path) -> None:
    """A baseline likewise."""
    cases = [
        Case(
            name,
            with_planted(plant, "baseline.yml"),
            str(tmp_path / str(number) / "baseline.yml"),
            4,
            ("check", "{}", "--write-baseline", "{}/baseline.yml"),
        )
        for number, (name, plant) in enumerate(SOME)
    ]
    assert complaints(cases, tmp_path) == []
    assert untouched(tmp_path)


@pytest.mark.threat(44)
def test_no_label_is_written_through_what_is_planted(tmp_path: Path) -> None:
    """Nor does `classify --write` follow anything that lies where the labels belong."""

    def make(plant: Callable[[Path], None]) -> Callable[[Path], None]:
        def into(root: Path) -> None:
            (root / "a.sql").write_text(SQL)
            plant(root / "labels.yml")

        return into

    cases = [
        Case(name, make(plant), "labels.yml:1:1: ", 2, ("classify", "{}", "--write"))
        for name, plant in SOME
    ]
    assert complaints(cases, tmp_path) == []
    assert untouched(tmp_path)


def untouched(folder: Path) -> bool:
    """Whether what lies outside is as it was, and nothing unfinished was left."""
    outside = [path.read_text() for path in folder.glob("*/*.outside")]
    left = [name for _, _, names in os.walk(folder) for name in names if name.endswith(".partial")]
    return outside != [] and all("canary" in text for text in outside) and left == []


@pytest.mark.threat(44)
def test_what_a_hard_link_shares_is_not_changed(tmp_path: Path) -> None:
    """A report takes the name of what was there and leaves its content alone."""
    project(tmp_path)
    other = tmp_path / "other"
    other.write_text("mine")
    os.link(other, tmp_path / "report")
    command = ["check", str(tmp_path), "--output", str(tmp_path / "report")]
    CliRunner().invoke(main, command)
    assert other.read_text() == "mine"
    assert (tmp_path / "report").read_text() != "mine"


@pytest.mark.threat(44)
@pytest.mark.parametrize("path", ["../x", "a/../../x", "/x", "link/x", "a/link/x", "", ".", ".."])
def test_nothing_is_written_out_of_a_root(tmp_path: Path, path: str) -> None:
    """A path that the project names stays below it, and passes no link."""
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    (root / "a").mkdir(parents=True)
    elsewhere.mkdir()
    (root / "link").symlink_to(elsewhere)
    (root / "a" / "link").symlink_to(elsewhere)
    with pytest.raises(OSError, match=r"."):
        writing.write_file_below(root, path, b"x")
    assert [*elsewhere.iterdir()] == []
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["elsewhere", "root"]


def failing_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[bytes]:
    """What stands in the file after each of the writer's calls has failed in its turn."""
    for name in ("open", "fsync", "rename", "stat"):
        for failing in range(6):
            at = tmp_path / f"{name}{failing}"
            at.write_bytes(b"old")
            calls = iter(range(100))
            real = getattr(os, name)

            def broken(
                *args: object,
                real: object = real,
                calls: object = calls,
                failing: int = failing,
                **kwargs: object,
            ) -> object:
                if next(calls) == failing:  # type: ignore[call-overload]
                    raise OSError(28, "No space left on device")
                return real(*args, **kwargs)  # type: ignore[operator]

            with monkeypatch.context() as patched:
                patched.setattr(writing.os, name, broken)
                with suppress(OSError):
                    writing.write_file(at, b"new")
            yield at.read_bytes()


@pytest.mark.threat(44)
def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever call fails, the file is whole, the old one or the new, and alone."""
    found = [*failing_calls(tmp_path, monkeypatch)]
    assert {*found} == {b"old", b"new"}
    assert not [*tmp_path.glob("*.partial")]


@pytest.mark.threat(44)
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    """A report that does not fit is no report, and the check has not passed."""
    case = Case(
        "x",
        project,
        "/proc/report:1:1: cannot be written",
        4,
        ("check", "{}", "--output", "/proc/report"),
    )
    assert complaints([case], tmp_path) == []
