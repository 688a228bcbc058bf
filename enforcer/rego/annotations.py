"""The annotations of a rule in Rego: the comment before `package` that starts with METADATA.

They are YAML, as OPA has them; what OPA has no key for stands under `custom` and is what a
rule in YAML says of itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from enforcer.documents import Document, parse_document
from enforcer.rules import RuleId, Sample, Strict, Where
from enforcer.words import Phase, PolicyError, Severity, Wording
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARK: Final = "METADATA"
_STEP: Final = "write `# METADATA` and below it the annotations, each line behind a `#`"


class Custom(Strict, frozen=True, kw_only=True):
    """What Fieldgate asks of a rule and OPA has no key for; the keys are those of a YAML rule.

    `parameters` are what the program reads as `input.parameters`, with their values unless a
    pack or project gives others. `from` and `into` choose the flows that the rule is about, by
    the relations that they come from and arrive in: it sees no others, and where there can be
    none it is not run. `$name` stands for a parameter there.
    """

    id: RuleId
    phase: Phase
    severity: Severity = Severity.ERROR
    shadow: bool = False
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)
    source: Where | None = msgspec.field(default=None, name="from")
    into: Where | None = None
    law: tuple[str, ...] = ()
    why: str
    fix: str
    cannot_verify: str = ""
    zh: Wording | None = None
    avoid: Sample
    prefer: Sample


class Annotations(Strict, frozen=True, kw_only=True):
    """OPA's annotations of a package. `schemas` names the schema of the input for OPA's tools."""

    title: str
    scope: Literal["package"] = "package"
    description: str = ""
    authors: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    related_resources: tuple[str, ...] = ()
    schemas: tuple[dict[str, str], ...] = ()
    entrypoint: bool = False
    custom: Custom


def read_annotations(text: str, file: str, package_line: int) -> Document[Annotations]:
    """The annotations in the comment that ends right above the `package` clause.

    Raises `PolicyError` with the position in the file when they are missing or wrong.
    """
    lines = text.split("\n")
    start = package_line - 1
    while start and lines[start - 1].startswith("#"):
        start -= 1
    marked = [n for n in range(start, package_line - 1) if lines[n][1:].strip() == _MARK]
    if not marked:
        at = Origin(file, package_line, 1)
        raise PolicyError(at, "no annotations stand right above `package`", _STEP)
    return parse_document(_as_yaml(lines, marked[-1] + 1, package_line - 1), file, Annotations)


def _as_yaml(lines: Sequence[str], start: int, end: int) -> str:
    """The comment without its signs, each line where it was, so that positions are right."""
    comment = (f" {line[1:]}".rstrip() for line in lines[start:end])
    return "\n".join([*("" for _ in range(start)), *comment])
