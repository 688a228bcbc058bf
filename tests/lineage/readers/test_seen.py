"""A file is not read again while nothing about it has changed, and is read in every other case."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from lineage.readers import files, find_project
from lineage.readers.files import Checkout
from lineage.readers.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lineage.readers.files import FileText


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is read here was left alone for a minute."""
    now = files.time.time_ns()
    monkeypatch.setattr(files.time, "time_ns", lambda: now + 60_000_000_000)


def _texts(folder: Path, seen: Seen) -> dict[str, str]:
    return {u.file: u.text for u in find_project(folder, dialect="duckdb", seen=seen).units}


def _read(folder: Path) -> list[FileText]:
    seen = Seen()
    _texts(folder, seen)
    return seen.files


def test_what_has_not_changed_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run takes every file from the first, and finds the same project."""
    (tmp_path / "a.sql").write_text("select 1")
    (tmp_path / "b.sql").write_text("\ufeffselect {{ x }}")
    known = _read(tmp_path)
    fresh = find_project(tmp_path, dialect="duckdb")
    monkeypatch.delattr(Checkout, "read_text")
    seen = Seen(known)

    assert find_project(tmp_path, dialect="duckdb", seen=seen) == fresh
    assert not seen.has_new_files()


def _rewrite(path: Path) -> None:
    """Put something else of the same size there, at another tick of the file system's clock."""
    before = path.stat()
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        path.write_text("select 2")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _exchange(path: Path) -> None:
    """Put another file there, of the same size and age."""
    before = path.stat()
    other = path.with_suffix(".new")
    other.write_text("select 2")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.rename(path)


@pytest.mark.parametrize("change", [_rewrite, _exchange])
def test_a_change_that_hides_itself_is_seen(tmp_path: Path, change: Callable[[Path], None]) -> None:
    """Neither an old time nor another file under the same name passes for no change."""
    path = tmp_path / "a.sql"
    path.write_text("select 1")
    known = _read(tmp_path)
    change(path)

    assert path.stat().st_mtime_ns == known[0].stamp[1]
    assert _texts(tmp_path, Seen(known)) == {"a.sql": "select 2"}


def test_what_was_written_just_before_it_was_read_is_read_again(tmp_path: Path) -> None:
    """Two writes within one tick of the clock look the same, so the first is not believed."""
    (tmp_path / "a.sql").write_text("select 1")
    (file,) = _read(tmp_path)
    stale = replace(file, text="select 0")

    assert _texts(tmp_path, Seen([stale])) == {"a.sql": "select 0"}
    assert _texts(tmp_path, Seen([replace(stale, settled=False)])) == {"a.sql": "select 1"}


def test_a_file_that_was_just_written_is_not_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file counts as left alone two seconds after its last change."""
    path = tmp_path / "a.sql"
    path.write_text("select 1")
    changed = path.stat().st_ctime_ns
    for seconds, settled in ((0, False), (1.9, False), (2.1, True)):
        monkeypatch.setattr(files.time, "time_ns", lambda s=seconds: changed + int(s * 1e9))

        assert [file.settled for file in _read(tmp_path)] == [settled]


def test_new_content_is_told_once_and_at_once(tmp_path: Path) -> None:
    """Whoever prepares for work hears of the first file with new content, and of no other."""
    for name in "abc":
        (tmp_path / f"{name}.sql").write_text(f"select {name}")
    known = _read(tmp_path)
    told: list[int] = []
    _texts(tmp_path, Seen(known, lambda: told.append(1)))
    unsettled = [replace(file, settled=False) for file in known]
    _texts(tmp_path, Seen(unsettled, lambda: told.append(2)))
    (tmp_path / "b.sql").write_text("select xx")
    (tmp_path / "c.sql").write_text("select yy")
    _texts(tmp_path, Seen(known, lambda: told.append(3)))

    assert told == [3]


def test_what_has_another_stamp_is_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that will be needed can start while the folder is still walked."""
    for name in "abc":
        (tmp_path / f"{name}.sql").write_text(f"select {name}")
    known = _read(tmp_path)
    (tmp_path / "c.sql").write_text("select something else")
    (tmp_path / "a.sql").unlink()
    told: list[str] = []
    read_text = Checkout.read_text
    monkeypatch.setattr(
        Checkout, "read_text", lambda *given: told.append(given[1]) or read_text(*given)
    )
    _texts(tmp_path, Seen(known, lambda: told.append("changed")))

    assert told == ["changed", "c.sql"]


def _seen(folder: Path) -> Seen:
    seen = Seen()
    _texts(folder, seen)
    return Seen(seen.files, folders=seen.folders)


def _grow(folder: Path) -> None:
    (folder / "one" / "new.sql").write_text("select 3")


def _shrink(folder: Path) -> None:
    (folder / "one" / "two" / "b.sql").unlink()


def _move(folder: Path) -> None:
    (folder / "one" / "two").rename(folder / "two")


def _turn_into_folder(folder: Path) -> None:
    (folder / "one" / "a.sql").unlink()
    (folder / "one" / "a.sql").mkdir()
    (folder / "one" / "a.sql" / "c.sql").write_text("select 4")


def _turn_into_link(folder: Path) -> None:
    (folder / "one" / "two").rename(folder / "elsewhere")
    (folder / "one" / "two").symlink_to(folder / "elsewhere")


def _put_the_same_there(folder: Path) -> None:
    (folder / "one").rename(folder / "old")
    (folder / "one").mkdir()
    (folder / "one" / "a.sql").write_text("select 1")


@pytest.mark.parametrize(
    "change", [_grow, _shrink, _move, _turn_into_folder, _turn_into_link, _put_the_same_there]
)
def test_a_changed_folder_is_listed_again(tmp_path: Path, change: Callable[[Path], None]) -> None:
    """What comes into a folder, goes, or becomes something else is found as it is."""
    (tmp_path / "one" / "two").mkdir(parents=True)
    (tmp_path / "one" / "a.sql").write_text("select 1")
    (tmp_path / "one" / "two" / "b.sql").write_text("select 2")
    seen = _seen(tmp_path)
    change(tmp_path)

    found = find_project(tmp_path, dialect="duckdb", seen=seen)
    assert found == find_project(tmp_path, dialect="duckdb")
    assert seen.has_new_folders()


def test_a_folder_that_has_not_changed_is_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run takes every listing from the first, but for that of a folder with a link."""
    (tmp_path / "plain" / "deep").mkdir(parents=True)
    (tmp_path / "plain" / "deep" / "a.sql").write_text("select 1")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "b.sql").symlink_to(tmp_path / "plain" / "deep" / "a.sql")
    seen, fresh = _seen(tmp_path), find_project(tmp_path, dialect="duckdb")
    listed: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(path) or scandir(path))

    assert find_project(tmp_path, dialect="duckdb", seen=seen) == fresh
    assert listed == [str(tmp_path / "linked")]
    assert not seen.has_new_folders()


def test_a_folder_that_was_just_changed_is_listed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes within one tick of the clock look the same, so the first is not believed."""
    (tmp_path / "a.sql").write_text("select 1")
    changed = tmp_path.stat().st_ctime_ns
    for seconds, settled in ((0, False), (1.9, False), (2.1, True)):
        monkeypatch.setattr(files.time, "time_ns", lambda s=seconds: changed + int(s * 1e9))
        seen = _seen(tmp_path)
        seen.look(Checkout(tmp_path))

        assert (seen.listing("") is not None) is settled
