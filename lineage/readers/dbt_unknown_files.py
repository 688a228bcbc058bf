"""The files of a dbt project that its manifest does not know."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from lineage.limits import MAX_BYTES
from lineage.projects import Input, Outcome
from lineage.readers.dbt_freshness import CODE, COMPILE, Findings, stale
from lineage.readers.files import FileText, Refusal, read_text
from lineage.readers.folders import is_below, join_path

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Manifest
    from lineage.readers.folders import Tree
    from lineage.words import Gap

_MAX_PATTERNS = 200
_CODE = {"model": (".sql", ".py"), "function": CODE}  # all others are SQL

_BLOCK = {
    "snapshot": re.compile(r"\{%-?\s*snapshot\b"),
    "macro": re.compile(r"\{%-?\s*(?:macro|test|data_test|materialization)\b"),
}


def check_unknown_files(
    place: Place, manifest: Manifest, tree: Tree, known: Container[str]
) -> Findings:
    """Every SQL file of the project, and all code of models and functions, not in `known`.

    One that dbt would read is a gap, all others are out of scope for a reason.
    """
    reason_to_pass = _Passer(place, manifest, tree)
    inputs: list[Input] = []
    gaps: list[Gap] = []
    for path in tree.below(place.folder):
        kind = place.kind_of(path)
        if path in known or not _is_code(path, kind):
            continue
        read = read_text(place.root, path, MAX_BYTES)
        why = reason_to_pass(path, kind, read)
        if why:
            inputs.append(read.as_input(kind or "sql", Outcome.OUT_OF_SCOPE, why))
        else:
            message = f"not in the manifest; {COMPILE}"
            inputs.append(read.as_input(kind, Outcome.REFUSED, message))
            gaps.append(stale(path, message))
    refused = _refused(place, tree, known)
    return Findings(
        (*inputs, *(refusal.as_input("link or folder") for refusal in refused)),
        (*gaps, *(refusal.as_gap() for refusal in refused)),
    )


def _is_code(path: str, kind: str) -> bool:
    return path.lower().endswith(_CODE.get(kind, ".sql"))


def _refused(place: Place, tree: Tree, known: Container[str]) -> list[Refusal]:
    """Folders that cannot be read, and links that dbt would follow: those to files."""
    links = [
        link.refusal()
        for link in tree.links
        if not link.folder
        and link.path not in known
        and place.kind_of(link.path) in {"model", "snapshot", "macro", "function"}
        and _is_code(link.path, place.kind_of(link.path))
    ]
    return [refusal for refusal in (*tree.refused, *links) if is_below(refusal.path, place.folder)]


class _Passer:
    """Says why dbt passes a file by, or nothing where dbt would read it."""

    def __init__(self, place: Place, manifest: Manifest, tree: Tree) -> None:
        self._disabled = {
            place.path_of(thing)
            for things in (manifest.disabled or {}).values()
            for thing in things
            if place.is_own(thing)
        }
        self._other_projects = [
            folder
            for folder in tree.projects
            if folder != place.folder and is_below(folder, place.folder)
        ]
        self._is_ignored = _ignored_by_dbt(place)
        without = {"function"} if manifest.functions is None else set()
        self._passed = {"test", "analysis"} | without

    def __call__(self, path: str, kind: str, read: FileText | Refusal) -> str:
        block = _BLOCK.get(kind)
        reasons = (
            (self._in_other_project(path), "part of another dbt project"),
            (not kind, "not part of the dbt project"),
            (path in self._disabled, "disabled in the dbt project"),
            (self._is_ignored(path), "named in .dbtignore"),
            (kind in self._passed, f"a dbt {kind}"),
            (not _holds(block, read), f"holds no {kind}"),
        )
        return next((why for applies, why in reasons if applies), "")

    def _in_other_project(self, path: str) -> bool:
        return any(is_below(path, folder) for folder in self._other_projects)


def _holds(block: re.Pattern[str] | None, read: FileText | Refusal) -> bool:
    return block is None or isinstance(read, Refusal) or block.search(read.text) is not None


def _ignored_by_dbt(place: Place) -> Callable[[str], bool]:
    """The plain patterns of `.dbtignore`; a file that takes back a pattern ignores nothing."""
    read = read_text(place.root, join_path(place.folder, ".dbtignore"), MAX_BYTES)
    lines = read.text.splitlines() if isinstance(read, FileText) else []
    patterns = [line.strip().rstrip("/") for line in lines if line.strip()]
    patterns = [pattern for pattern in patterns if pattern and not pattern.startswith("#")]
    if any(pattern.startswith("!") for pattern in patterns) or len(patterns) > _MAX_PATTERNS:
        patterns = []

    def is_ignored(path: str) -> bool:
        inner = path.removeprefix(f"{place.folder}/") if place.folder else path
        return any(_matches(inner, pattern) for pattern in patterns)

    return is_ignored


def _matches(path: str, pattern: str) -> bool:
    if "/" not in pattern:
        return any(fnmatchcase(part, pattern) for part in path.split("/"))
    anchored = pattern.removeprefix("/").removesuffix("/**")
    return fnmatchcase(path, anchored) or fnmatchcase(path, f"{anchored}/*")
