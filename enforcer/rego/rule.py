"""A rule in Rego: the same as one in YAML, but that its condition is a program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from enforcer.documents.compose import MAX_BYTES
from enforcer.documents.nearest import quoted
from enforcer.rego.annotations import Annotations, read_annotations
from enforcer.rego.source import Source, read_source
from enforcer.rules import Rule
from enforcer.words import PolicyError
from lineage import Origin
from lineage.readers.files import Refusal, read_text, shown_path

if TYPE_CHECKING:
    from enforcer.documents import Document


class RegoRule(Rule, frozen=True, kw_only=True):
    """A rule whose condition is `source`; it has neither `deny` nor `require`."""

    source: Source


def read_rego_rule(root: Path, path: str) -> tuple[RegoRule, Document[Annotations]]:
    """The rule in the file at `path`, relative to `root`, which must be a real path."""
    read = read_text(root, path, MAX_BYTES)
    if isinstance(read, Refusal):
        at = Origin(shown_path(path), 1, 1)
        raise PolicyError(at, read.message, "put the file there, or do not name it")
    return parse_rego_rule(read.text, shown_path(path), Path(path).stem)


def parse_rego_rule(text: str, file: str, name: str) -> tuple[RegoRule, Document[Annotations]]:
    """The rule that a text is, which must have the id `name`, and its annotations.

    Raises `PolicyError` with the position of what no rule may be. What the program calls is
    for the engine to check, which compiles it.
    """
    source = read_source(text, file, name)
    document = read_annotations(text, file, source.package_line)
    said = document.value.custom
    if said.id != name:
        what = f"the id {quoted(said.id)} is not the file's name"
        raise PolicyError(document.origin("custom", "id"), what, f"call it `{name}`")
    fields = {field: getattr(said, field) for field in said.__struct_fields__}
    return RegoRule(**fields, title=document.value.title, source=source), document
