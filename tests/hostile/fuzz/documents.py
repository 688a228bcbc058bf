"""YAML that people write: read, or refused in one line, in no time, whatever it says."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enforcer.config import Config
from enforcer.documents import parse_document, read_tree
from enforcer.packs import Pack
from enforcer.policytest.cases import CasesFile
from enforcer.rules import Rule
from enforcer.taxonomy import NameHints
from enforcer.words import PolicyError

from .mutation import mutate_text
from .target import ROOT, Budget, Target, check_error, head_and_text, scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 5.0
_SHAPES: Final = {
    "config": Config,
    "rule": Rule,
    "pack": Pack,
    "cases": CasesFile,
    "hints": NameHints,
}
_WORDS: Final = (
    *(": ", "- ", "? ", "&a ", "*a", "<<: *a", "!!python/object ", "!!binary ", "| ", ">-\n", "#"),
    *("---\n", "...\n", "%YAML 1.2\n", "{", "}", "[", "]", ", ", "\n  ", "\n", "'", '"', "\\x00"),
    *("12:30:45", "0o17", "0x1F", ".inf", "2001-13-45", "1_000", "\\ud800", "$name", "=", "yes"),
)


def seeds() -> Iterator[bytes]:
    """Rules, packs and configurations of this repository."""
    policies = ROOT / "policies"
    for path in sorted(policies.rglob("*.yml"))[::3]:
        shape = "pack" if path.name == "pack.yml" else "rule"
        yield f"{shape}\n".encode() + path.read_bytes()
    for path in sorted((ROOT / "examples").rglob("fieldgate.yml")):
        yield b"config\n" + path.read_bytes()
    for path in sorted((ROOT / "tests" / "enforcer" / "samples").rglob("*.yml")):
        yield b"config\n" + path.read_bytes()
        yield b"rule\n" + path.read_bytes()


@cache
def _folder() -> Path:
    return Path(scratch().name).resolve()


def hold(data: bytes) -> None:
    """Read it as the shape that the first line names, and as a file of no shape."""
    body = data.partition(b"\n")[2]
    with Budget("reading YAML", _SECONDS):
        taken = head_and_text(data)
        if taken is not None:
            _read_as(*taken)
        file = _folder() / "tree.yml"
        file.write_bytes(body)
        try:
            read_tree(file.parent, file.name)
        except PolicyError as error:
            check_error(error)


def _read_as(head: str, text: str) -> None:
    try:
        document = parse_document(text, "fuzzed.yml", _SHAPES.get(head, Rule))
        document.origin("a", 0)
    except PolicyError as error:
        check_error(error)


TARGET = Target(seeds, hold, mutate_text, _WORDS)
