"""The properties files of a dbt project, on both sides: in a base commit, and as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.proposed.properties import Stated, stated_in
from enforcer.proposed.standing import Standing, standing_in
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
_ESCAPE: Final = b"\\"  # behind which any word may be written otherwise
_JINJA: Final = ("{{", "{%")
_OWN: Final = (RelationKind.MODEL, RelationKind.SEED, RelationKind.SNAPSHOT)


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """What was stated, and what is stated now in files that have changed.

    `same` are files that are as they were, `standing` says so of the models' own; `unread` are
    files of the base commit of which not all can be read.
    """

    was: tuple[Placed, ...]
    now: tuple[Placed, ...]
    same: frozenset[str]
    standing: Standing
    unread: tuple[str, ...]

    def before(self, now: Project) -> tuple[Relation, ...]:
        """What was stated, by the names that the relations have now; what is gone keeps its own.

        What is said of a model that was switched off and still is does not count.
        """
        still: dict[tuple[str, str], list[Stated]] = {}
        for _, one in (*(placed for placed in self.was if placed[0] in self.same), *self.now):
            still.setdefault(_key(one), []).append(one)
        known = {name for relation in now.relations for name in _names(relation)}
        counting = (
            (path, one)
            for path, one in self.was
            if one.source
            or _key(one) in known
            or not self.standing.is_off(one, still.get(_key(one), ()))
        )
        return tuple(_renamed(counting, now))

    def stated(self) -> frozenset[str]:
        """The tables of sources that are stated as ever, as SQL would call them."""
        same = {_key(one) for path, one in self.was if path in self.same}
        still = same | {_key(one) for _, one in self.now}
        return frozenset(one.written for _, one in self.was if one.source and _key(one) in still)

    def changed(self, now: Project) -> tuple[Relation, ...]:
        """What is stated now in files that have changed."""
        return tuple(_renamed(self.now, now))


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
        standing=standing_in(commit, root, files if was else {}, there if was else ()),
        unread=tuple(unread),
    )


def _yaml(paths: Iterable[str]) -> Iterator[str]:
    return (path for path in paths if path.lower().endswith(_YAML))


def _stated(texts: Mapping[str, bytes]) -> tuple[list[Placed], list[str]]:
    """What properties files say, and which of them nobody can read."""
    found: list[Placed] = []
    unread = []
    for path, data in texts.items():
        if not any(word in data for word in (*_SECTIONS, _ESCAPE)):
            continue
        small = len(data) <= MAX_BYTES
        stated = stated_in(data.decode("utf-8", "replace")) if small else None
        if stated is None or any(_is_template(one) for one in stated):
            unread.append(path)
        found += [(path, one) for one in stated or ()]
    return found, unread


def _is_template(one: Stated) -> bool:
    """True where only dbt can tell what is said, other than in a description."""
    facts = (*one.facts, *(fact for column in one.columns for fact in column.facts))
    said = [fact.value for fact in facts if fact.key != "description"]
    return any(sign in text for text in (*said, *(c.name for c in one.columns)) for sign in _JINJA)


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
