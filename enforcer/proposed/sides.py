"""The properties files of a dbt project, on both sides: in a base commit, and as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.proposed.properties import Stated, stated_in
from lineage import Origin
from lineage.dialects import normalise_column
from lineage.limits import MAX_BYTES
from lineage.projects import DeclaredColumn, Relation, RelationKind
from lineage.readers.files import FileBytes, read_bytes
from lineage.readers.folders import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from enforcer.base import Commit
    from lineage.projects import Project

Placed = tuple[str, Stated]  # what a file states, with its path

_YAML: Final = (".yml", ".yaml")
_SECTIONS: Final = (b"models", b"seeds", b"snapshots", b"sources")
_OWN: Final = (RelationKind.MODEL, RelationKind.SEED, RelationKind.SNAPSHOT)


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """What was stated, and what is stated now in files that have changed.

    `same` are files that are as they were, `stems` the names of all files of today without their
    ends, in small letters; `unread` are files of the base commit that nobody can read.
    """

    was: tuple[Placed, ...]
    now: tuple[Placed, ...]
    same: frozenset[str]
    stems: frozenset[str]
    unread: tuple[str, ...]

    def before(self, now: Project) -> tuple[Relation, ...]:
        """What was stated, by the names that the relations have now; what is gone keeps its own.

        A model that is stated or lies there as ever and is in no manifest is switched off.
        """
        still = self._still()
        known = {name for relation in now.relations for name in _names(relation)}
        counting = (
            (path, one)
            for path, one in self.was
            if one.source
            or _key(one) in known
            or not (_key(one) in still or one.name.lower() in self.stems)
        )
        return tuple(_renamed(counting, now))

    def stated(self) -> frozenset[str]:
        """The tables of sources that are stated as ever, as SQL would call them."""
        still = self._still()
        return frozenset(one.written for _, one in self.was if one.source and _key(one) in still)

    def changed(self, now: Project) -> tuple[Relation, ...]:
        """What is stated now in files that have changed."""
        return tuple(_renamed(self.now, now))

    def _still(self) -> set[tuple[str, str]]:
        """What is stated on both sides."""
        same = {_key(one) for path, one in self.was if path in self.same}
        return same | {_key(one) for _, one in self.now}


def read_sides(commit: Commit, root: Path, files: Mapping[str, str]) -> Sides:
    """Both sides below `root`; `files` are those of the commit, by path from there."""
    was, unread = _stated({path: commit.read(files[path]) for path in _yaml(files)})
    there = walk(root).files
    read = [read_bytes(root, path, MAX_BYTES) for path in _yaml(there)]
    texts = {one.path: one.data for one in read if isinstance(one, FileBytes)}
    same = {path for path, data in texts.items() if commit.holds(files.get(path, ""), data)}
    now, _ = _stated({path: data for path, data in texts.items() if path not in same})
    return Sides(
        was=tuple(was),
        now=tuple(now),
        same=frozenset(same),
        stems=frozenset(path.rpartition("/")[2].rpartition(".")[0].lower() for path in there),
        unread=tuple(unread),
    )


def _yaml(paths: Iterable[str]) -> Iterator[str]:
    return (path for path in paths if path.lower().endswith(_YAML))


def _stated(texts: Mapping[str, bytes]) -> tuple[list[Placed], list[str]]:
    """What properties files say, and which of them nobody can read."""
    found: list[Placed] = []
    unread = []
    for path, data in texts.items():
        if not any(word in data for word in _SECTIONS):
            continue
        small = len(data) <= MAX_BYTES
        stated = stated_in(data.decode("utf-8", "replace")) if small else None
        if stated is None:
            unread.append(path)
        found += [(path, one) for one in stated or ()]
    return found, unread


def _key(one: Stated) -> tuple[str, str]:
    return one.source, one.name


def _names(relation: Relation) -> Iterator[tuple[str, str]]:
    """The names under which properties files may speak of a relation: with its source, if any."""
    facts = {(fact.key, fact.value) for fact in relation.facts if fact.key in {"name", "source"}}
    sources = [value for key, value in facts if key == "source"] or [""]
    yield from ((source, name) for key, name in facts if key == "name" for source in sources)


def _renamed(stated: Iterable[Placed], now: Project) -> Iterator[Relation]:
    called: dict[tuple[str, str], list[Relation]] = {}
    for relation in now.relations:
        for name in _names(relation):
            called.setdefault(name, []).append(relation)
    for path, one in stated:
        found = called.get(_key(one), [])
        names = [r.name for r in found if one.source or r.kind in _OWN] or [one.written]
        for called_now in names:
            yield Relation(
                name=called_now,
                kind=one.kind,
                origin=Origin(path, 1, 1),
                facts=one.facts,
                columns=tuple(_columns(one, now.dialect)),
            )


def _columns(one: Stated, dialect: str) -> Iterator[DeclaredColumn]:
    for column in one.columns:
        name = column.name if column.quoted else normalise_column(column.name, dialect)
        yield DeclaredColumn(name, "", column.facts)
