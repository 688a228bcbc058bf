"""Which models of a dbt project have been left alone, so far as files tell without dbt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from lineage.limits import MAX_BYTES
from lineage.readers.files import FileBytes, read_bytes
from lineage.readers.folders import PROJECT_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from enforcer.base import Commit
    from enforcer.proposed.properties import Stated

MODEL_SUFFIXES: Final = (".sql", ".py", ".csv")
_SNAPSHOT: Final = re.compile(rb"\bsnapshot\s+(\w+)")  # several may lie in one file


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of the files of models.

    `there` are the names of all files of today without their ends, in small letters, and `moved`
    those of models and snapshots whose file is gone or another one now. `settled` is true where
    the settings of the project are as they were.
    """

    there: frozenset[str]
    moved: frozenset[str]
    settled: bool

    def is_off(self, one: Stated, now: Iterable[Stated]) -> bool:
        """True for a model in no manifest that was in none before: nothing about it has changed.

        `now` is what is stated of it today.
        """
        if not self.settled or not self.moved.isdisjoint(one.files):
            return False
        return one in now if now else not self.there.isdisjoint(one.files)


def standing_in(
    commit: Commit, root: Path, files: Mapping[str, str], there: Iterable[str]
) -> Standing:
    """How the files of today `there` stand to those of a commit, by path from `root`."""
    today = {path: read_bytes(root, path, MAX_BYTES) for path in there if _counts(path)}
    held: dict[str, list[bytes]] = {}
    for path, read in today.items():
        if isinstance(read, FileBytes):
            held.setdefault(_stem(path), []).append(read.data)
    moved: set[str] = set()
    for path, whole in files.items():
        if _counts(path) and not any(commit.holds(whole, d) for d in held.get(_stem(path), ())):
            moved |= {_stem(path), *_snapshots(path, commit, whole)}
    settings = {p for p in (*files, *today) if p.rpartition("/")[2] == PROJECT_FILE}
    return Standing(
        there=frozenset(map(_stem, there)),
        moved=frozenset(moved),
        settled=moved.isdisjoint(map(_stem, settings)) and settings <= {*files},
    )


def _counts(path: str) -> bool:
    return path.lower().endswith(MODEL_SUFFIXES) or path.rpartition("/")[2] == PROJECT_FILE


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0].lower()


def _snapshots(path: str, commit: Commit, whole: str) -> set[str]:
    text = commit.read(whole) if path.lower().endswith(".sql") else b""
    return {name.decode("utf-8", "replace").lower() for name in _SNAPSHOT.findall(text)}
