"""The files of a dbt project that its manifest does not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.limits import MAX_BYTES
from lineage.projects import Input, Outcome
from lineage.readers.dbt_blocks import macro_blocks
from lineage.readers.dbt_freshness import CODE, COMPILE, Findings, differs, stale
from lineage.readers.dbt_ignored import ignored_by_dbt
from lineage.readers.dbt_rendered import pieces
from lineage.readers.files import FileText, Refusal, read_text
from lineage.readers.folders import is_below, join_path, walk
from lineage.readers.sqlfiles import SQL_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Disabled, Manifest, Node
    from lineage.readers.folders import Tree
    from lineage.words import Gap

OUTSIDE = "SQL outside the dbt project"  # a kind of input that was not looked into
_BUILDING_NOTHING = frozenset({"analysis", "test"})
_CODE = {"model": (".sql", ".py"), "function": CODE}  # all others are SQL

# A tag that asks for nothing but another relation's name.
_REFERS = re.compile(r"[-+]?\s*(?:ref|source)\s*\([^()]*\)\s*[-+]?\}\}")
_SNAPSHOT = re.compile(r"\{%[-+]?\s*snapshot\b")


def check_unknown_files(
    place: Place, manifest: Manifest, tree: Tree, known: Container[str]
) -> Findings:
    """Every SQL file of the project, and all code of models and functions, not in `known`.

    One that dbt would read is a gap, all others are out of scope for a reason.
    """
    passer = _Passer(place, manifest, tree)
    inputs: list[Input] = []
    gaps: list[Gap] = []
    for path in (*tree.below(place.folder), *_passed_over(place, tree)):
        kind = place.kind_of(path)
        in_package = any(is_below(path, home) for home in place.homes.values())
        if path in known or in_package or not _is_code(path, kind):
            continue
        read = read_text(place.root, path, MAX_BYTES)
        why = passer.reason(path, kind, read)
        if why:
            inputs.append(read.as_input(kind or OUTSIDE, Outcome.OUT_OF_SCOPE, why))
        else:
            message = f"not in the manifest; {COMPILE}"
            if passer.knows(path):
                message = f"changed since the manifest was written; {COMPILE}"
            inputs.append(read.as_input(kind, Outcome.REFUSED, message))
            gaps.append(stale(path, message))
    refused = _refused(place, tree, known)
    return Findings(
        (*inputs, *(refusal.as_input("link or folder") for refusal in refused)),
        (*gaps, *(refusal.as_gap() for refusal in refused)),
    )


def _is_code(path: str, kind: str) -> bool:
    return path.lower().endswith(_CODE.get(kind, ".sql") if kind else SQL_SUFFIXES)


def _passed_over(place: Place, tree: Tree) -> Iterator[str]:
    """What lies in folders that are looked into by dbt alone, as hidden ones."""
    for folder in tree.skipped:
        if is_below(folder, place.folder) and place.may_hold_code(folder):
            inner = walk(place.root / folder, everything=True)
            there = (*inner.files, *(link.path for link in inner.links if not link.folder))
            paths = (join_path(folder, path) for path in there)
            yield from (path for path in paths if place.kind_of(path))


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
    """Which files dbt passes by, or reads and builds nothing of."""

    def __init__(self, place: Place, manifest: Manifest, tree: Tree) -> None:
        self._disabled = {
            place.path_of(thing): thing
            for things in (manifest.disabled or {}).values()
            for thing in things
            if place.is_own(thing)
        }
        nodes = [node for node in manifest.nodes.values() if place.is_own(node)]
        building_nothing = [node for node in nodes if node.resource_type in _BUILDING_NOTHING]
        self._nodes = {place.path_of(node): node for node in building_nothing}
        self._keep_failures = any(node.keeps_failures for node in nodes)
        self._other_projects = [
            folder
            for folder in tree.projects
            if folder != place.folder and is_below(folder, place.folder)
        ]
        self._is_ignored = ignored_by_dbt(place)
        self._unknown = {"function"} if manifest.functions is None else set()

    def reason(self, path: str, kind: str, read: FileText | Refusal) -> str:
        """Why dbt passes a file by, empty where it does not."""
        reasons = (
            (not kind and self._in_other_project(path), "part of another dbt project"),
            (not kind, "not part of the dbt project"),
            (self._is_known(path, self._disabled, read), "disabled in the dbt project"),
            (self._is_ignored(path), "named in .dbtignore"),
            (kind in self._unknown, f"a dbt {kind}"),
            (kind in _BUILDING_NOTHING and self._builds_nothing(path, read), f"a dbt {kind}"),
            (not _holds(kind, read), f"holds no {kind}"),
        )
        return next((why for applies, why in reasons if applies), "")

    def knows(self, path: str) -> bool:
        """Whether the manifest has something of a file, be it disabled."""
        return path in self._disabled or path in self._nodes

    def _is_known(
        self, path: str, known: Mapping[str, Node | Disabled], read: FileText | Refusal
    ) -> bool:
        """Whether a file is as the manifest has it, as far as that tells."""
        thing = known.get(path)
        if thing is None or isinstance(read, Refusal):
            return thing is not None
        told = thing.raw_code or thing.checksum is not None
        return not told or not differs(thing, read.text)

    def _builds_nothing(self, path: str, read: FileText | Refusal) -> bool:
        """True for a test or analysis that the manifest knows, or that asks dbt for nothing.

        Others may run SQL while they are compiled, or keep what they find.
        """
        if path in self._nodes:
            return self._is_known(path, self._nodes, read)
        return isinstance(read, FileText) and not self._keep_failures and _only_reads(read.text)

    def _in_other_project(self, path: str) -> bool:
        return any(is_below(path, folder) for folder in self._other_projects)


def _holds(kind: str, read: FileText | Refusal) -> bool:
    """Whether a file has what dbt looks for in files of its kind."""
    if isinstance(read, Refusal) or kind not in {"macro", "snapshot"}:
        return True
    return bool(macro_blocks(read.text)) if kind == "macro" else bool(_SNAPSHOT.search(read.text))


def _only_reads(text: str) -> bool:
    tags = (piece for opening, piece in pieces(text) if opening in {"{{", "{%"})
    return all(_REFERS.fullmatch(tag) for tag in tags)
