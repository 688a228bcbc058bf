"""The house: what is read and written, and by whom."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
MODULES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
    for package in ("lineage", "enforcer")
    for path in sorted((ROOT / package).rglob("*.py"))
}

OPENING = {"open", "os.open", "io.open", "os.fdopen", "*.open", "*.read_text", "*.read_bytes"}
LISTING = {"os.listdir", "os.scandir", "os.walk", "os.fwalk", "*.iterdir", "*.glob", "*.rglob"}
WRITING = {
    *("*.write_text", "*.write_bytes", "*.touch", "*.rename", "*.unlink", "*.rmdir", "*.chmod"),
    *("*.symlink_to", "*.hardlink_to", "os.replace", "os.truncate", "os.link", "os.symlink"),
    *("os.mkfifo", "os.removedirs", "os.remove", "os.renames"),
}
# Modules that open, unpack or execute what is in a file.
OPENERS = {
    *("shutil", "tempfile", "mmap", "zipfile", "tarfile", "gzip", "bz2", "lzma", "zlib"),
    *("pickle", "marshal", "shelve", "dbm", "sqlite3", "fileinput", "linecache", "codecs", "runpy"),
    *("ctypes", "plistlib", "xml", "configparser", "tomllib", "dill", "joblib"),
}
DECODING = {
    *("json.load", "json.loads", "json.JSONDecoder", "msgspec.json.decode", "msgspec.json.Decoder"),
    *("msgspec.yaml.decode", "msgspec.toml.decode", "yaml.load", "yaml.safe_load", "yaml.parse"),
    *("yaml.full_load", "yaml.unsafe_load", "yaml.scan", "yaml.load_all", "yaml.safe_load_all"),
    *("serde.load", "serde.loads", "sqlglot.serde.load"),
}

# Whoever does it all the same, and why: a module that is not here may not.
MAY_READ = {
    "lineage/readers/files.py": "the reader",
    "lineage/readers/folders.py": "lists folders for it",
    "lineage/writing.py": "holds open the folders that it writes into",
    "lineage/confined.py": "opens nowhere, and asks the system what this process holds",
    "lineage/supervised.py": "asks the system how much memory a process holds",
    "lineage/cache/keys.py": "lists the modules of its own package",
    "enforcer/pages.py": "lists the pages of our own rules, at a developer's command",
    "enforcer/cli/process.py": "opens nowhere, in the place of a stream that is closed",
    "enforcer/cli/writer.py": "opens nowhere, when nobody reads what is shown",
    "enforcer/engines/worker.py": "a caged process, in a folder of its own",
    "lineage/link/fields.py": "opens a scope to any name",
    "lineage/link/scopes.py": "opens a star",
    "lineage/link/star_fields.py": "opens a star",
    "lineage/link/stars.py": "opens a star",
    "lineage/link/writes.py": "opens a star",
}
MAY_WRITE = {
    "enforcer/pages.py": "removes pages of rules that are gone",
    "lineage/writing.py": "the writer",
    "enforcer/base/scratch.py": "fills a folder of its own, that nobody else can see",
}
MAY_IMPORT = {
    "lineage/readers/dbt_artifacts.py": "an artifact may be gzipped; what comes out is bounded",
    "enforcer/report/sarif.py": "packs a report, to see how large that is",
    "enforcer/base/scratch.py": "makes a folder of its own, and removes it",
    "enforcer/cli/options.py": "asks how wide the terminal is",
    "enforcer/engines/worker.py": "a caged process, in a folder of its own",
}
MAY_DECODE = {
    "lineage/strict_json.py": "the decoder for JSON that others wrote",
    "lineage/strict_yaml.py": "the one for YAML",
    "lineage/openlineage.py": "a text that this module wrote",
    "lineage/readers/openlineage_events.py": "takes a file apart; each event is decoded strictly",
    "enforcer/baseline.py": "a line, whose keys must be the known ones in their order",
    "enforcer/audit/canonical.py": "whatever is not spelt as it would be written is refused",
    "enforcer/engines/document.py": "what it has just encoded",
    "enforcer/engines/embedded.py": "the answer of a caged process",
    "enforcer/engines/plan.py": "the plan that a caged process made",
    "enforcer/engines/shielding.py": "what it has just encoded",
    "enforcer/engines/server.py": "what an OPA server complains about",
}


def called(tree: ast.AST) -> Iterator[str]:
    """What is called, as written, and a method as `*.name` too; not of the reader itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
            if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) != "checkout":
                yield f"*.{node.func.attr}"


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


CALLED = {module: {*called(tree)} for module, tree in MODULES.items()}


def callers(forbidden: set[str]) -> set[str]:
    return {module for module, names in CALLED.items() if forbidden & names}


def test_files_are_read_in_one_place() -> None:
    """Only the reader opens files and lists folders, so no other way leads to a hostile one."""
    assert callers(OPENING | LISTING) == {*MAY_READ}


def test_files_are_written_in_one_place() -> None:
    """Only the writer makes, renames and removes files, so none is written through a link."""
    assert callers(WRITING) == {*MAY_WRITE}


@pytest.mark.threat(29)
@pytest.mark.threat(48)
def test_nothing_is_unpacked_elsewhere() -> None:
    """No archive is read, nothing is unpickled, and no library opens files behind our back."""
    found = {module for module, tree in MODULES.items() if OPENERS & set(imported(tree))}
    assert found == {*MAY_IMPORT}


def test_texts_are_decoded_in_one_place() -> None:
    """JSON and YAML that others wrote go through the strict decoders; the rest is our own."""
    assert callers(DECODING) == {*MAY_DECODE}
