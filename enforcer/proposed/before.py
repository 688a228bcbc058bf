"""From a base commit to what it says of a project as it is now: labels, statements, scripts.

A dbt project says it in its properties files, or in a manifest that was compiled from the base
commit, which says more: what stands in configuration blocks and in `dbt_project.yml` too. Plain
SQL says it in DDL; only scripts that have changed since are read, for the others still say it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.base import Commit, put
from enforcer.labels import PLACING, Before, Described, described
from enforcer.proposed.sides import read_sides
from enforcer.proposed.standing import MODEL_SUFFIXES
from lineage import analyze
from lineage.limits import MAX_BYTES
from lineage.projects import DeclaredColumn, Project, Relation, RelationKind
from lineage.readers import find_project
from lineage.readers.dbt_artifacts import MAX_ARTIFACT_BYTES
from lineage.readers.files import FileBytes, read_bytes
from lineage.readers.folders import (
    PROJECT_FILE,
    SKIPPED_FOLDERS,
    is_below,
    join_path,
    outermost,
)
from lineage.readers.sqlfiles import SQL_SUFFIXES, read_sql_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_MANIFESTS: Final = ("manifest.json", "manifest.json.gz")
_OWN: Final = (RelationKind.MODEL, RelationKind.SEED, RelationKind.SNAPSHOT)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a base commit; `unread` are files whose labels, if any, nobody can read."""

    before: Before
    unread: tuple[str, ...] = ()


class BaseProject(msgspec.Struct, frozen=True, kw_only=True):
    """A base commit and where in it the project lies; `into` is a folder of ours to write to."""

    commit: Commit
    path: Path
    into: Path
    manifest: Path | None = None
    jobs: int = 1

    def read(self, now: Project) -> Reading:
        """What the commit says of the project that is read as `now`."""
        root = _root_of(self.path)
        folder = self.commit.folder_of(root)
        files = dict(_files(self.commit, folder))
        dbt = outermost(tuple(p.rpartition("/")[0] for p in files if _is_project(p)))
        scripts = [
            path
            for path in files
            if path.lower().endswith(SQL_SUFFIXES) and not any(is_below(path, d) for d in dbt)
        ]
        unchanged = frozenset(path for path in scripts if _is_same(self.commit, root, files, path))
        before, unread = self._scripts(
            {path: files[path] for path in scripts if path not in unchanged}, now.dialect
        )
        sides = read_sides(self.commit, root, files)
        compiled = self._compiled(now, root, folder)
        relations = (*sides.before(now), *(compiled or ()))
        after = _placing(now.relations if compiled is not None else sides.changed(now))
        known = {r.name for r in relations} | {r.name for r in before.relations}
        known |= set(_known(now, files, dbt))
        return Reading(
            before=Before(
                project=Described((*relations, *before.relations), before.columns, before.remarks),
                unchanged=unchanged,
                stated=sides.stated(),
                known=frozenset(known),
                added=frozenset(
                    (name, value) for name, value in after - _placing(relations) if name in known
                ),
            ),
            unread=tuple(sorted((*unread, *sides.unread, *_modules(self.commit, folder)))),
        )

    def _compiled(self, now: Project, root: Path, folder: str) -> tuple[Relation, ...] | None:
        """What a manifest of the base commit says: one that was compiled, or is committed."""
        if self.manifest is not None:
            return find_project(self.manifest).relations
        for path in (entry.path for entry in now.inputs if entry.path.endswith(_MANIFESTS)):
            whole = join_path(folder, path)
            if whole in self.commit.files and not self.commit.files[whole].link:
                if _is_same(self.commit, root, {path: whole}, path, MAX_ARTIFACT_BYTES):
                    return now.relations
                return find_project(put(self.into, path, self.commit.read(whole))).relations
        return None

    def _scripts(self, paths: dict[str, str], dialect: str) -> tuple[Described, list[str]]:
        """What changed scripts said, and which of them are too large to be read."""
        unread = []
        for path, whole in paths.items():
            data = self.commit.read(whole)
            if len(data) > MAX_BYTES:
                unread.append(path)
            put(self.into, path, data)
        if not paths:
            return Described(()), unread
        analysis = analyze(read_sql_files(self.into, paths, dialect), jobs=self.jobs)
        there = described(analysis, analysis.relations).known_columns()
        names = [_named(relation) for relation in analysis.relations]
        columns = {relation.name: there[relation.name] for relation in names}
        return Described(names, columns, analysis.remarks), unread


def _named(relation: Relation) -> Relation:
    """A relation without what DDL states of it, which is among the remarks, with its place."""
    columns = tuple(DeclaredColumn(column.name) for column in relation.columns)
    return msgspec.structs.replace(relation, columns=columns, facts=())


def _placing(relations: Iterable[Relation]) -> set[tuple[str, str]]:
    return {(r.name, fact.value) for r in relations for fact in r.facts if fact.key in PLACING}


def _root_of(path: Path) -> Path:
    """The folder to which paths of the project are relative: for artifacts that above theirs."""
    real = Path(os.path.realpath(path))
    folder = real if real.is_dir() else real.parent
    lies_alone = os.path.lexists(folder / PROJECT_FILE)
    above = not lies_alone and (folder.parent / PROJECT_FILE).is_file()
    return folder.parent if above else folder


def _files(commit: Commit, folder: str) -> Iterator[tuple[str, str]]:
    """The files that a walk through the folder would come by: there, and from the top."""
    start = f"{folder}/" if folder else ""
    for whole, blob in commit.below(folder):
        path = whole.removeprefix(start)
        parts = path.split("/")
        if not blob.link and not parts[-1].startswith(".") and not _is_passed(parts[:-1]):
            yield path, whole


def _is_passed(folders: Sequence[str]) -> bool:
    return any(f.startswith(".") for f in folders) or not SKIPPED_FOLDERS.isdisjoint(folders)


def _modules(commit: Commit, folder: str) -> Iterator[str]:
    """Where other repositories lie that a walk through the folder would come by."""
    for whole in commit.modules:
        path = whole.removeprefix(f"{folder}/")
        if is_below(whole, folder) and not _is_passed(path.split("/")):
            yield path


def _is_project(path: str) -> bool:
    return path.rpartition("/")[2] == PROJECT_FILE


def _is_same(
    commit: Commit, root: Path, files: dict[str, str], path: str, limit: int = MAX_BYTES
) -> bool:
    read = read_bytes(root, path, limit)
    return isinstance(read, FileBytes) and commit.holds(files[path], read.data)


def _known(now: Project, files: dict[str, str], dbt: Sequence[str]) -> Iterator[str]:
    """Relations of a dbt project whose file was there, wherever it lay in its kind's folder."""
    were = {_kin(path, folder) for folder in dbt for path in files if is_below(path, folder)}
    for relation in now.relations:
        names = {fact.value.lower() for fact in relation.facts if fact.key == "name"}
        path = relation.origin.file
        kin = {_kin(path, folder)[0] for folder in dbt if is_below(path, folder)}
        if relation.kind in _OWN and any((top, name) in were for top in kin for name in names):
            yield relation.name


def _kin(path: str, folder: str) -> tuple[str, str]:
    """The first folder on the way to a file from its project, and its name without the end.

    Models, macros and tests are told apart by it: one is not there because another is called so.
    """
    top = path.removeprefix(f"{folder}/").partition("/")[0]
    whole, _, end = path.rpartition("/")[2].rpartition(".")
    return join_path(folder, top), whole.lower() if f".{end.lower()}" in MODEL_SUFFIXES else ""
