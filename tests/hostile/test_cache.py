"""A hostile cache: whatever lies where it should be, the analysis is that of the texts."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING

import msgspec
import pytest

from lineage import analyze
from lineage.build import analyze_path
from lineage.cache import Cache
from lineage.projects import Project, Unit
from lineage.readers import files
from tests.hostile.trees import PLANTED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNIT = Unit(file="a.sql", text="create table b as select x from a", dialect="")
PROJECT = Project(dialect="", units=(UNIT,))
NAMES = (
    *("analysis.bin", "files.bin", "folders.bin"),
    *("newer_files.bin", "newer_texts.bin", "texts.bin"),
)


class Boom:
    """Runs code in whoever unpickles it."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return (exec, ("raise SystemExit('pwned')",))


FORGED = {
    "a parser's tree": json.dumps({"c": "os.abort"}).encode(),
    "a pickle": pickle.dumps(Boom()),
    "nothing": b"",
    "msgpack of another shape": msgspec.msgpack.encode(["os", "abort"]),
    "deep msgpack": b"\x91" * 100_000 + b"\x00",
    "a length that lies": b"\xdd\xff\xff\xff\xff",
    "an extension": b"\xc7\x05\x01hello",
}


@pytest.mark.threat(29)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", [*FORGED.values()], ids=[*FORGED])
@pytest.mark.parametrize("signed", [True, False])
def test_no_forged_entry_is_believed(
    tmp_path: Path, name: str, body: bytes, monkeypatch: pytest.MonkeyPatch, *, signed: bool
) -> None:
    """What is no analysis, text or file counts as none, with the right sum before it too."""
    monkeypatch.setattr(files, "_SETTLES_NS", 0)  # so that they do not settle meanwhile
    folder, cache = _filled(tmp_path)
    expected = analyze(PROJECT, jobs=0).edges
    at = cache / name
    at.write_bytes(_signed(at, body) if signed else body)
    assert analyze_path(folder, jobs=0, cache=cache).edges == expected


def _filled(place: Path) -> tuple[Path, Path]:
    """A folder of the project and its cache, with all the files that a cache can have."""
    folder, cache = place / "project", place / "cache"
    folder.mkdir()
    for number in range(9):
        (folder / f"{number}.sql").write_text("select 1")
    analyze_path(folder, jobs=0, cache=cache)
    (folder / UNIT.file).write_text(UNIT.text)
    analyze_path(folder, jobs=0, cache=cache)
    for number in range(9):
        (folder / f"{number}.sql").unlink()
    assert {path.name for path in cache.iterdir()} == set(NAMES)
    return folder, cache


def _signed(at: Path, body: bytes) -> bytes:
    from hashlib import sha256  # noqa: PLC0415 - only here

    key, digest, kept = (content := at.read_bytes())[:32], content[32:64], content[64:]
    assert digest == sha256(key + kept).digest(), "this is how a file of the cache is signed"
    return key + sha256(key + body).digest() + body


@pytest.mark.threat(29)
@pytest.mark.threat(43)
@pytest.mark.parametrize("plant", [*PLANTED.values()], ids=[*PLANTED])
def test_nothing_that_is_planted_is_read_or_written(
    tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    """A link, a pipe or a folder in its place costs time and nothing else."""
    expected = analyze(PROJECT, jobs=0).edges
    project = tmp_path / "project"
    project.mkdir()
    (project / UNIT.file).write_text(UNIT.text)
    folder = tmp_path / "cache"
    folder.mkdir()
    for name in NAMES:
        (tmp_path / name).mkdir()
        plant(tmp_path / name / name)
        (tmp_path / name / name).rename(folder / name)
    for _ in range(2):
        assert analyze_path(project, jobs=0, cache=folder).edges == expected
    assert all("canary" in path.read_text() for path in tmp_path.glob("*/*.outside"))
    assert Cache(folder).find(PROJECT) is None or plant.__name__ == "sparse"
