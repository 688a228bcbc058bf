"""A rule in Rego: the same as one in YAML, but that its condition is a program."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.documents.convert import convert
from enforcer.documents.nearest import quoted
from enforcer.rego.annotations import Annotations, read_annotations
from enforcer.rego.parameters import parameters_of, value_of
from enforcer.rego.source import Source, read_source
from enforcer.rules import Rule, Where
from enforcer.words import PolicyError
from lineage import Origin
from lineage.readers.files import Refusal, read_text, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enforcer.documents import Document
    from enforcer.documents.nodes import Node

MAX_BYTES: Final = 1 << 20


class RegoRule(Rule, frozen=True, kw_only=True):
    """A rule whose condition is a program; it has neither `deny` nor `require` nor `allow`.

    The program is about flows from what matches `source` into what matches `into`; `choosing`
    are the parameters that these two name.
    """

    program: Source
    source: Where | None = msgspec.field(default=None, name="from")
    into: Where | None = None
    choosing: frozenset[str] = frozenset()


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
    fields |= {"source": _chosen(document, "from", given), "into": _chosen(document, "into", given)}
    written = [value_of(document.node("custom", key)) for key in _keys(document)]
    choosing = frozenset(name for name in said.parameters if f"${name}" in _texts(written))
    return RegoRule(
        **fields, title=document.value.title, program=source, choosing=choosing
    ), document


def _keys(document: Document[Annotations]) -> tuple[str, ...]:
    """Those of the keys that choose flows that are written."""
    return tuple(key for key in ("from", "into") if key in document.keys("custom"))


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """All texts in a value."""
    if isinstance(value, str):
        yield value
        return
    parts = value.values() if isinstance(value, dict) else value
    for part in parts if isinstance(value, dict | list) else ():
        yield from _texts(part)


def _chosen(document: Document[Annotations], key: str, given: Mapping[str, Node]) -> Where | None:
    """The relations that the annotations choose under a key, with the values of parameters."""
    if key not in _keys(document):
        return None
    own = document.value.custom.parameters
    named = {name: document.node("custom", "parameters", name) for name in own}
    known = {name: given.get(name, node) for name, node in named.items()}
    return convert(document.node("custom", key), Where, document.file, known)
