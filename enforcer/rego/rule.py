"""A rule in Rego: the same as one in YAML, but that its condition is a program."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from enforcer.documents.nearest import quoted
from enforcer.rego.annotations import Annotations, read_annotations
from enforcer.rego.parameters import parameters_of
from enforcer.rego.source import Source, read_source
from enforcer.rules import Rule
from enforcer.words import PolicyError
from lineage import Origin
from lineage.readers.files import Refusal, read_text, shown_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.documents import Document
    from enforcer.documents.nodes import Node

MAX_BYTES: Final = 1 << 20


class RegoRule(Rule, frozen=True, kw_only=True):
    """A rule whose condition is a program; it has neither `deny` nor `require` nor `allow`."""

    program: Source


def read_rego_rule(
    root: Path, path: str, given: Mapping[str, Node] = MappingProxyType({})
) -> tuple[RegoRule, Document[Annotations]]:
    """The rule in the file at `path`, relative to `root`, which must be a real path."""
    read = read_text(root, path, MAX_BYTES)
    if isinstance(read, Refusal):
        at = Origin(shown_path(path), 1, 1)
        raise PolicyError(at, read.message, "put the file there, or do not name it")
    return parse_rego_rule(read.text, shown_path(path), Path(path).stem, given)


def parse_rego_rule(
    text: str, file: str, name: str, given: Mapping[str, Node] = MappingProxyType({})
) -> tuple[RegoRule, Document[Annotations]]:
    """The rule that a text is, which must have the id `name`, and its annotations.

    Those of the `given` values that are parameters of the rule take the place of its own.
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
    fields["parameters"] = parameters_of(document, given)
    return RegoRule(**fields, title=document.value.title, program=source), document
