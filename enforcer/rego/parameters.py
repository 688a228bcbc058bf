"""The parameters of a rule in Rego: values for its program, which a pack or project may change.

In YAML a value is a text until a type is wanted. A program wants numbers and truths, so what is
written without quotes is what it looks like, as in JSON.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enforcer.documents.nearest import quoted
from enforcer.documents.nodes import Foreign, Mapping, Scalar, Sequence
from enforcer.words import PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping as Mapped

    from enforcer.documents import Document
    from enforcer.documents.nodes import Node
    from enforcer.rego.annotations import Annotations

_WHOLE: Final = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_TRUTH: Final = {"true": True, "false": False}


def parameters_of(document: Document[Annotations], given: Mapped[str, Node]) -> dict[str, Any]:
    """The values of a rule's parameters; those `given` take the place of its own.

    Raises `PolicyError` where one is of another kind than the rule's own.
    """
    found = {}
    for name in document.value.custom.parameters:
        own = value_of(document.node("custom", "parameters", name))
        node = given.get(name)
        found[name] = own if node is None else value_of(node)
        if node is not None and kind_of(found[name]) != kind_of(own):
            what = f"parameter {quoted(name)} is {kind_of(found[name])}, not {kind_of(own)}"
            raise PolicyError(_origin(node, document.file), what, f"write {kind_of(own)}")
    return found


def value_of(node: Node) -> Any:  # noqa: ANN401 - any JSON
    """What a node says, as JSON would."""
    if isinstance(node, Foreign):
        return value_of(node.node)
    if isinstance(node, Mapping):
        return {key.text: value_of(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [value_of(item) for item in node.items]
    if not isinstance(node, Scalar) or not node.plain:
        return node.text if isinstance(node, Scalar) else None
    if _WHOLE.fullmatch(node.text):
        return int(node.text)
    return _TRUTH.get(node.text, node.text)


def kind_of(value: Any) -> str:  # noqa: ANN401 - any JSON
    """What people call a value of that kind."""
    return _KINDS.get(type(value), "nothing")


_KINDS: Final = {
    bool: "true or false",
    int: "a whole number",
    str: "a text",
    list: "a list",
    dict: "a mapping",
}


def _origin(node: Node, file: str) -> Origin:
    return Origin(node.file if isinstance(node, Foreign) else file, node.line, node.column)
