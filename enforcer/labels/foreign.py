"""Reading documents of other standards: what is asked for is looked up, what else is there is not.

They grow by keys that are none of our business, so unlike in Fieldgate's own files an unknown
key is no mistake; what is looked up and has another form than the standard's is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.documents import Tree, read_tree
from enforcer.documents.nearest import quoted
from enforcer.documents.nodes import Mapping, Node, Scalar, Sequence
from enforcer.words import PolicyError
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.config import Configuration


class Part(msgspec.Struct, frozen=True):
    """A part of a document, and the file it is in."""

    file: str
    node: Node

    @property
    def origin(self) -> Origin:
        """Where it is written."""
        return Origin(self.file, self.node.line, self.node.column)

    @property
    def text(self) -> str:
        """Its text, empty for null; raises `PolicyError` for a list or mapping."""
        if not isinstance(self.node, Scalar):
            raise PolicyError(self.origin, "no single value where a text should be", "write one")
        return "" if self.node.is_null else self.node.text

    @property
    def is_list(self) -> bool:
        """True for a list."""
        return isinstance(self.node, Sequence)

    @property
    def is_mapping(self) -> bool:
        """True for keys with values."""
        return isinstance(self.node, Mapping)

    def get(self, key: str) -> Part | None:
        """The value of a key, None where it is not written or null."""
        if not isinstance(self.node, Mapping):
            raise PolicyError(self.origin, f"no mapping around {quoted(key)}", "mend the form")
        found = next((value for name, value in self.node.entries if name.text == key), None)
        if found is None or (isinstance(found, Scalar) and found.is_null):
            return None
        return Part(self.file, found)

    def text_of(self, key: str) -> str:
        """The text of a key, empty where it is not written."""
        found = self.get(key)
        return found.text if found is not None else ""

    def items(self, key: str) -> Iterator[Part]:
        """The elements of the list at a key, none where it is not written."""
        found = self.get(key)
        if found is None:
            return
        if not isinstance(found.node, Sequence):
            raise PolicyError(found.origin, f"no list where {quoted(key)} should be", "write one")
        yield from (Part(self.file, item) for item in found.node.items)


def read_part(configuration: Configuration, path: str) -> Part:
    """The whole of a document that the configuration names; raises `PolicyError`."""
    tree: Tree = read_tree(configuration.root, path)
    return Part(tree.file, tree.root)
