"""What Fieldgate's own files add to strict YAML: no hidden text, and errors of the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.documents.characters import refuse_escaped_text, refuse_hidden_text
from enforcer.words import PolicyError
from lineage import Origin, strict_yaml

if TYPE_CHECKING:
    from enforcer.documents.nodes import Node

MAX_BYTES: Final = 16 << 20


def compose(text: str, file: str) -> Node:
    """The tree of a document.

    Raises `PolicyError`, with the position of the offence, for everything that is not one
    well-formed document within the limits.
    """
    refuse_hidden_text(text, Origin(file, 1, 1))
    return strict_yaml.compose(text, file, PolicyError, check=refuse_escaped_text)
