"""Whether the manifest still says what the project's files say.

A manifest may be older than the files, or lie about them: every model, snapshot and macro is
compared with its file. What the manifest does not know at all is in `dbt_unknown_files`.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Final

import msgspec

from lineage.limits import MAX_BYTES, MAX_SEED_BYTES
from lineage.projects import Input, Outcome
from lineage.readers.dbt_blocks import macro_blocks
from lineage.readers.dbt_macros import with_callers
from lineage.readers.dbt_rendered import can_be_rendered
from lineage.readers.files import FileText, Refusal, read_text, shown_path
from lineage.readers.folders import PROJECT_FILE, join_path
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Disabled, Manifest, Node

CODE = (".sql", ".py", ".js")
COMPILE = "run `dbt compile`"
_SNAPSHOT: Final = re.compile(r"\{%[-+]?\s*snapshot\b[^%]*%\}")
_WHOLE_FILE: Final = frozenset({"analysis", "model", "test"})  # of those with a file of code
END_OF_SNAPSHOT: Final = re.compile(r"\{%[-+]?\s*endsnapshot\b")

Files = dict[str, FileText | Refusal]


class Findings(msgspec.Struct, frozen=True):
    """What became of the files, and the gaps that this leaves."""

    inputs: tuple[Input, ...] = ()
    gaps: tuple[Gap, ...] = ()


def read_node_files(place: Place, manifest: Manifest) -> Files:
    """The files of all models, snapshots, seeds and functions by path, as far as they are there.

    Those that the project itself wrote and that are gone are there as refusals; those of
    packages need not be installed.
    """
    files: Files = {}
    for node in _nodes(manifest) if place.settings is not None else ():
        path = place.path_of(node)
        if path not in files and path.endswith((*CODE, ".csv")):
            there = os.path.lexists(place.root / path)
            limit = MAX_SEED_BYTES if node.resource_type == "seed" else MAX_BYTES
            if there or place.is_own(node):
                files[path] = read_text(place.root, path, limit)
    return files


def _nodes(manifest: Manifest) -> Iterator[Node]:
    for node in manifest.nodes.values():
        if node.resource_type in {"model", "snapshot", "seed"} or node.keeps_failures:
            yield node
    yield from (manifest.functions or {}).values()


def written_text(node: Node, read: FileText | Refusal | None) -> str:
    """The node's raw code, moved down so that its lines have the numbers they have in the file."""
    raw = node.raw_code or ""
    if not isinstance(read, FileText) or not raw.strip():
        return raw
    at = read.text.find(raw.strip())
    if at < 0:
        return raw
    blank = raw[: len(raw) - len(raw.lstrip())].count("\n")
    return "\n" * (read.text.count("\n", 0, at) - blank) + raw


def check_nodes(place: Place, manifest: Manifest, names: Names, files: Files) -> Findings:
    """Each model, snapshot, seed and function against its file."""
    inputs: dict[str, Input] = {}
    gaps: list[Gap] = []
    for node in _nodes(manifest):
        path = place.path_of(node)
        read = files.get(path)
        if read is None:
            continue
        relations = tuple(name for name in (names.of(node),) if name)
        if isinstance(read, Refusal) and not os.path.lexists(place.root / path):
            message = f"gone since the manifest was written; {COMPILE}"
            inputs[path] = read.as_input(node.resource_type, Outcome.REFUSED, message)
            gaps.append(stale(path, message, relations))
        elif isinstance(read, Refusal):
            inputs[path] = read.as_input(node.resource_type)
            gaps.append(read.as_gap(relations))
        elif node.resource_type != "seed" and (why := _why_other(node, read.text)):
            message = f"{why}; {COMPILE}"
            inputs[path] = read.as_input(node.resource_type, Outcome.REFUSED, message)
            gaps.append(stale(path, message, relations))
        else:
            inputs.setdefault(path, read.as_input(node.resource_type))
    return Findings(tuple(inputs.values()), tuple(gaps))


def _why_other(node: Node, text: str) -> str:
    """How the manifest's code is not that of the file, or nothing."""
    if differs(node, text):
        return "changed since the manifest was written"
    compiled = node.compiled_code or ""
    is_sql = node.resource_type in {"model", "function"} and node.language in {None, "sql"}
    if is_sql and compiled.strip() and not can_be_rendered(text, compiled):
        return "compiled to something else than it says"
    return ""


def differs(node: Node | Disabled, text: str) -> bool:
    """True unless the file is what dbt read.

    dbt hashes the stripped text, since 1.12 with each white space in it as one space; dbt 2 only
    what is in the blocks of snapshots. Such sums do not tell where a comment ends, so they count
    for nothing without the code.
    """
    plain, raw = _plain_lines(text), _plain_lines((node.raw_code or "").strip())
    said = _sum_of(node)
    exactly = said in {_sum(text.strip()), _sum(plain.strip())}
    if said and not exactly:
        read = [text, _in_snapshots(text)] if node.resource_type == "snapshot" else [text]
        if all(said != _sum(_folded(part)) for part in read):
            return True
    if node.resource_type in _WHOLE_FILE and raw:
        return plain.strip() != raw
    return not exactly and (not raw or raw not in plain)


def _sum_of(node: Node | Disabled) -> str:
    """The sum that the manifest has, empty where it has none."""
    summed = node.checksum is not None and node.checksum.name == "sha256"
    return node.checksum.checksum if node.checksum is not None and summed else ""


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _in_snapshots(text: str) -> str:
    """From behind the first tag of a snapshot to before the end of the last, all where none is."""
    first, ends = _SNAPSHOT.search(text), [*END_OF_SNAPSHOT.finditer(text)]
    return text[first.end() : ends[-1].start()] if first and ends else text


def _folded(text: str) -> str:
    return " ".join(text.split())


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def stale(path: str, message: str, relations: tuple[str, ...] = ()) -> Gap:
    """The gap that a file leaves which is not what the manifest was written from."""
    return Gap(GapReason.STALE, message, relations, Origin(shown_path(path), 1, 1))


def check_macros(place: Place, manifest: Manifest, names: Names) -> Findings:
    """Each macro file of the project: a change shows in none of the models that call it.

    Those of packages are compared as far as they are there.
    """
    known: dict[str, list[str]] = {}
    for unique_id, macro in manifest.macros.items():
        if macro.original_file_path.endswith(".sql"):
            known.setdefault(place.path_of(macro), []).append(unique_id)
    inputs: list[Input] = []
    gaps: list[Gap] = []
    for path, ids in sorted(known.items()):
        macros = [manifest.macros[unique_id] for unique_id in ids]
        if not place.is_own(macros[0]) and not _is_here(place, path):
            continue
        read = read_text(place.root, path, MAX_BYTES)
        blocks = {block for macro in macros for block in macro_blocks(macro.macro_sql)}
        if isinstance(read, FileText) and macro_blocks(read.text) == blocks:
            inputs.append(read.as_input("macro", Outcome.OUT_OF_SCOPE, "macro"))
            continue
        message = f"a macro that changed since the manifest was written; {COMPILE}"
        inputs.append(read.as_input("macro", Outcome.REFUSED, message))
        gaps.append(stale(path, message, _callers(manifest, names, ids)))
    return Findings(tuple(inputs), tuple(gaps))


def _is_here(place: Place, path: str) -> bool:
    """Whether a file of a package is there, and not behind a link to somewhere else."""
    whole = str(place.root / path)
    return os.path.lexists(whole) and os.path.realpath(whole) == whole


def _callers(manifest: Manifest, names: Names, macros: list[str]) -> tuple[str, ...]:
    """The relations whose code calls one of the macros, at any remove."""
    reached = with_callers(manifest.macros, macros)
    touched = (n for n in _nodes(manifest) if not reached.isdisjoint(n.depends_on.macros))
    return tuple(sorted({name for node in touched if (name := names.of(node))}))


def check_project_file(place: Place, manifest: Manifest) -> Findings:
    """What `dbt_project.yml` itself has dbt run, and where it has dbt look for files."""
    if place.settings is None:
        return Findings()
    path = join_path(place.folder, PROJECT_FILE)
    nodes = (node for node in manifest.nodes.values() if node.resource_type == "operation")
    known = {_plain_lines(node.raw_code or "").strip() for node in nodes}
    hooks = {_plain_lines(hook).strip() for hook in place.settings.hooks}
    gaps = [stale(path, f"a hook that is not in the manifest; {COMPILE}")] if hooks - known else []
    for key in place.settings.templates:
        message = f"which folders dbt looks into is a template: {key}"
        gaps.append(Gap(GapReason.TEMPLATE, message, (), Origin(shown_path(path), 1, 1)))
    return Findings(gaps=tuple(gaps))
