"""A hostile cache: whatever lies where it should be, the analysis is that of the texts."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING

import msgspec
import pytest

from lineage import analyze
from lineage.cache import Cache
from lineage.projects import Project, Unit
from tests.hostile.trees import PLANTED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNIT = Unit(file="a.sql", text="create table b as select x from a", dialect="")
PROJECT = Project(dialect="", units=(UNIT,))


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
@pytest.mark.parametrize("name", ["analysis.bin", "texts.bin"])
@pytest.mark.parametrize("body", [*FORGED.values()], ids=[*FORGED])
@pytest.mark.parametrize("signed", [True, False])
def test_no_forged_entry_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, body: bytes, *, signed: bool
) -> None:
    """What is no analysis counts as none, with the right sum before it too."""
    expected = analyze(PROJECT, jobs=0).edges
    analyze(PROJECT, jobs=0, cache=tmp_path)
    at = tmp_path / name
    at.write_bytes((_signed(at, body)) if signed else body)
    assert analyze(PROJECT, jobs=0, cache=tmp_path).edges == expected
    monkeypatch.undo()


def _signed(at: Path, body: bytes) -> bytes:
    from hashlib import blake2b  # noqa: PLC0415 - only here

    key = at.read_bytes()[:32]
    return key + blake2b(body, key=key, digest_size=32).digest() + body


@pytest.mark.threat(29)
@pytest.mark.threat(43)
@pytest.mark.parametrize("plant", [*PLANTED.values()], ids=[*PLANTED])
def test_nothing_that_is_planted_is_read_or_written(
    tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    """A link, a pipe or a folder in its place costs time and nothing else."""
    expected = analyze(PROJECT, jobs=0).edges
    folder = tmp_path / "cache"
    folder.mkdir()
    for name in ("analysis.bin", "texts.bin"):
        (tmp_path / name).mkdir()
        plant(tmp_path / name / name)
        (tmp_path / name / name).rename(folder / name)
    for _ in range(2):
        assert analyze(PROJECT, jobs=0, cache=folder).edges == expected
    assert all("canary" in path.read_text() for path in tmp_path.glob("*/*.outside"))
    assert Cache(folder).find(PROJECT) is None or plant.__name__ == "sparse"
