"""Which project a path means: the one use case of the readers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from lineage.dialects import check_dialect
from lineage.projects import Input, Outcome, Project
from lineage.readers.dbt import read_dbt_project
from lineage.readers.dbt_names import DIALECT_OF_ADAPTER
from lineage.readers.dbt_places import Place, leaves_folder
from lineage.readers.dbt_project_file import Settings, read_settings
from lineage.readers.files import Checkout, shown_path
from lineage.readers.folders import PROJECT_FILE, Tree, is_below, join_path, outermost, walk
from lineage.readers.sqlfiles import SQL_SUFFIXES, read_sql_files, unfollowed_links
from lineage.words import InputError, Origin

if TYPE_CHECKING:
    from lineage.readers.seen import Seen

_ARTIFACT_SUFFIXES = (".json", ".json.gz")
_COMPILE_TO_JSON = "run `dbt compile` without --write-metadata, with which dbt 2 writes no JSON"


# Kinds of inputs that were not looked into.
FOLDER = "folder or link"
HIDDEN = "hidden folder"
UNREAD = "unread SQL"


def find_project(
    path: str | Path, *, dialect: str | None = None, seen: Seen | None = None
) -> Project:
    """The project at `path`, read.

    - A folder with `dbt_project.yml`: that dbt project alone; its other SQL is out of scope.
    - A folder with exactly one dbt project below it: that project, and the SQL files
      outside it as scripts in the same dialect.
    - A folder with a manifest, or a manifest's file: that manifest, together with the dbt
      project of which it lies in the target folder, if it does; in the folder itself what
      looks like files of a dbt project is compared with it.
    - Any other folder, or an SQL file: SQL files as scripts, in `dialect` or, without one,
      in the parser's generic dialect.

    SQL files that were `seen` by an earlier run, and have not changed, are not read again.

    Paths in the result are relative to the folder, to that of a file, or to the dbt project
    of a manifest. A folder with nothing in it is an empty project. Raises `InputError` where
    there is no such path or dialect, where a dbt project has no manifest or a broken one,
    and where there are several dbt projects to choose from.
    """
    if dialect is not None:
        dialect = DIALECT_OF_ADAPTER.get(dialect, dialect)
        check_dialect(dialect)
    root, given = Path(os.path.realpath(path)), Path(path)
    name = root.name.lower()
    if root.is_dir():
        return _read_folder(root, given, dialect, seen)
    if root.is_file() and name.endswith(_ARTIFACT_SUFFIXES):
        return _read_manifest(root.parent, root.name, dialect)
    if root.is_file() and name.endswith(SQL_SUFFIXES):
        if seen is not None:
            seen.look(Checkout(root.parent))
        return read_sql_files(root.parent, (root.name,), dialect or "", seen)
    what = "neither SQL nor a dbt manifest" if os.path.lexists(root) else "no such file or folder"
    raise InputError(_origin(given), what, "name a folder, a dbt manifest or an SQL file")


def root_of(path: str | Path) -> Path:
    """The folder that paths in the project at `path` are relative to, as a real path."""
    root = Path(os.path.realpath(path))
    folder = root if root.is_dir() else root.parent
    if root.is_dir():
        manifest = bool(_artifact(root, "", "manifest"))
        alone = manifest and not os.path.lexists(root / PROJECT_FILE)
    else:
        alone = root.name.lower().endswith(_ARTIFACT_SUFFIXES)
    return folder.parent if alone and (folder.parent / PROJECT_FILE).is_file() else folder


def _origin(path: Path | str) -> Origin:
    return Origin(shown_path(str(path)), 1, 1)


def _read_folder(root: Path, given: Path, dialect: str | None, seen: Seen | None) -> Project:
    manifest = _artifact(root, "", "manifest")
    if manifest and not os.path.lexists(root / PROJECT_FILE):
        return _read_manifest(root, manifest, dialect, walk(root))
    if seen is not None:
        seen.look(Checkout(root))
    tree = walk(root, seen=seen)
    _refuse_planted(root, tree)
    projects = outermost(tree.projects)
    if len(projects) > 1:
        names = ", ".join(shown_path(project) for project in projects[:20])
        raise InputError(
            _origin(given),
            f"{len(projects)} dbt projects: {names}",
            "name the folder of one of them",
        )
    if not projects:
        return _read_scripts(root, tree, dialect or "", seen)
    project = _read_dbt(root, projects[0], tree, dialect)
    if projects[0] == "":
        return project
    scripts = _read_scripts(root, tree, project.dialect, seen, outside=projects[0])
    return _joined(project, scripts)


def _refuse_planted(root: Path, tree: Tree) -> None:
    """Raises where a project file is no file: dbt's models must not pass for scripts."""
    planted = [link.path for link in tree.links if Path(link.path).name == PROJECT_FILE]
    if "" not in tree.projects and os.path.lexists(root / PROJECT_FILE):
        planted.insert(0, PROJECT_FILE)
    if planted:
        raise InputError(_origin(planted[0]), "a link or a folder", "make it a plain file")


def _read_dbt(root: Path, folder: str, tree: Tree, dialect: str | None) -> Project:
    settings, record = read_settings(root, folder)
    target = join_path(folder, settings.target)
    manifest = "" if leaves_folder(settings.target) else _artifact(root, target, "manifest")
    if not manifest:
        raise InputError(
            _origin(join_path(folder, PROJECT_FILE)),
            f"no manifest.json in `{shown_path(settings.target[:200])}`",
            _COMPILE_TO_JSON if _has_parquet(root, target) else "run `dbt compile`",
        )
    place = Place(
        root=root, manifest=manifest, folder=folder, settings=settings, package=settings.name
    )
    project = read_dbt_project(place, _artifact(root, target, "catalog"), tree, dialect)
    return msgspec.structs.replace(project, inputs=tuple(sorted((*project.inputs, record))))


def _has_parquet(root: Path, target: str) -> bool:
    """Whether dbt 2 was told to write its metadata as Parquet, which it does instead of JSON."""
    return not leaves_folder(target) and (root / target / "metadata").is_dir()


def _artifact(root: Path, folder: str, stem: str) -> str:
    """The path of `manifest.json` or `catalog.json`, plain or gzipped, or empty."""
    for suffix in _ARTIFACT_SUFFIXES:
        path = join_path(folder, stem + suffix)
        if os.path.lexists(root / path):
            return path
    return ""


def _read_manifest(
    folder: Path, name: str, dialect: str | None, tree: Tree | None = None
) -> Project:
    parent, target = folder.parent, folder.name
    if (parent / PROJECT_FILE).is_file():
        settings, record = read_settings(parent, "")
        place = Place(
            root=parent,
            manifest=join_path(target, name),
            settings=msgspec.structs.replace(settings, target=target),
            package=settings.name,
        )
        catalog = _artifact(parent, target, "catalog")
        project = read_dbt_project(place, catalog, walk(parent), dialect)
        return msgspec.structs.replace(project, inputs=tuple(sorted((*project.inputs, record))))
    place = Place(root=folder, manifest=name)
    if tree is not None and any(place.kind_of(path) for path in tree.files):
        place = msgspec.structs.replace(place, settings=Settings())
    return read_dbt_project(place, _artifact(folder, "", "catalog"), tree, dialect)


def _read_scripts(
    root: Path, tree: Tree, dialect: str, seen: Seen | None, *, outside: str = ""
) -> Project:
    """The SQL files of a folder but for those in `outside`, which is empty for none."""

    def is_ours(path: str) -> bool:
        return not outside or not is_below(path, outside)

    files = filter(is_ours, tree.files) if outside else tree.files
    scripts = read_sql_files(root, files, dialect, seen)
    refused = [
        refusal
        for refusal in (*tree.refused, *unfollowed_links(tree, SQL_SUFFIXES))
        if is_ours(refusal.path)
    ]
    passed = [_passed_folder(path) for path in tree.skipped]
    passed += [
        _passed(p, "hidden", UNREAD) for p in tree.hidden if p.lower().endswith(SQL_SUFFIXES)
    ]
    passed += [
        _passed(link.path, f"a link to {shown_path(link.leads_to)}")
        for link in tree.links
        if link.leads_to and not link.hides(SQL_SUFFIXES)
    ]
    passed = [entry for entry in passed if is_ours(entry.path)]
    inputs = (*scripts.inputs, *passed, *(refusal.as_input("sql") for refusal in refused))
    gaps = (*scripts.gaps, *(refusal.as_gap() for refusal in refused))
    return msgspec.structs.replace(
        scripts, inputs=tuple(sorted(inputs)), gaps=tuple(sorted(set(gaps)))
    )


def _passed_folder(folder: str) -> Input:
    if folder.rpartition("/")[2].startswith("."):
        return _passed(folder, "a hidden folder", HIDDEN)
    return _passed(folder, "a folder of files that tools wrote")


def _passed(path: str, why: str, kind: str = FOLDER) -> Input:
    return Input(
        path=shown_path(path),
        kind=kind,
        sha256="",
        size=0,
        outcome=Outcome.OUT_OF_SCOPE,
        reason=why,
    )


def _joined(project: Project, scripts: Project) -> Project:
    return msgspec.structs.replace(
        project,
        units=tuple(sorted((*project.units, *scripts.units), key=lambda unit: unit.file)),
        gaps=tuple(sorted({*project.gaps, *scripts.gaps})),
        inputs=tuple(sorted((*project.inputs, *scripts.inputs))),
    )
