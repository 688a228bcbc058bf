"""A document that was read: its value, its text, and where each part of it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

from enforcer.documents.compose import MAX_BYTES, compose
from enforcer.documents.convert import convert
from enforcer.documents.nodes import Mapping, Node, Scalar, Sequence
from enforcer.words import PolicyError
from lineage import Origin
from lineage.readers.files import Refusal, read_text, shown_path

if TYPE_CHECKING:
    from collections.abc import Mapping as Mapped
    from pathlib import Path

Shape = TypeVar("Shape")
# The key under which a document declares its parameters.
PARAMETERS: Final = "parameters"


class Document(msgspec.Struct, Generic[Shape], frozen=True):
    """What a person wrote. `file` is the path as shown to people."""

    file: str
    text: str
    value: Shape
    root: Node

    def origin(self, *path: str | int) -> Origin:
        """Where the value at `path` is written, keys as written and indexes from 0.

        What was left out or is written in a short form is where its nearest part is.
        """
        _, node = _follow(self.root, path)
        return Origin(self.file, node.line, node.column)

    def key_origin(self, *path: str | int) -> Origin:
        """Where the key of the value at `path` is written."""
        key, node = _follow(self.root, path)
        at = key or node
        return Origin(self.file, at.line, at.column)

    def node(self, *path: str | int) -> Node:
        """What is written at `path`, or the nearest part of it."""
        return _follow(self.root, path)[1]

    def keys(self, *path: str | int) -> tuple[str, ...]:
        """The keys that are written in the mapping at `path`; none where there is no mapping."""
        node = self.root
        for part in path:
            after = _step(node, part)
            if after is None:
                return ()
            node = after[1]
        return tuple(key.text for key, _ in node.entries) if isinstance(node, Mapping) else ()


def _follow(node: Node, path: tuple[str | int, ...]) -> tuple[Scalar | None, Node]:
    key = None
    for part in path:
        after = _step(node, part)
        if after is None:
            break
        key, node = after
    return key, node


def _step(node: Node, part: str | int) -> tuple[Scalar | None, Node] | None:
    if isinstance(node, Mapping):
        return next((entry for entry in node.entries if entry[0].text == part), None)
    if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
        return None, node.items[part]
    return None


def read_document(
    root: Path, path: str, shape: type[Shape], parameters: Mapped[str, Node] | None = None
) -> Document[Shape]:
    """The document in the file at `path`, relative to `root`, which must be a real path.

    Raises `PolicyError` for a file that is missing, reached through a link, outside of
    `root`, too large or no UTF-8, and like `parse_document`.
    """
    return parse_document(_text(root, path), shown_path(path), shape, parameters)


class Tree(msgspec.Struct, frozen=True):
    """A document of which nobody knows all keys. `file` is the path as shown to people."""

    file: str
    root: Node


def read_tree(root: Path, path: str) -> Tree:
    """The tree of the document in a file; raises `PolicyError` like `read_document`."""
    return Tree(shown_path(path), compose(_text(root, path), shown_path(path)))


def _text(root: Path, path: str) -> str:
    read = read_text(root, path, MAX_BYTES)
    if isinstance(read, Refusal):
        at = Origin(shown_path(path), 1, 1)
        raise PolicyError(at, read.message, "put the file there, or do not name it")
    return read.text


def parse_document(
    text: str, file: str, shape: type[Shape], parameters: Mapped[str, Node] | None = None
) -> Document[Shape]:
    """The document that a text is; `file` is its name in messages.

    Where there are `parameters`, even none, those that the document declares itself under that
    key are known in it by `$name`, and these take their place.

    Raises `PolicyError` at the position of what is not YAML, exceeds the limits, or does
    not fit `shape`: a key nobody knows, a missing one, a value of another type.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise PolicyError(Origin(file, 1, 1), f"larger than {MAX_BYTES} bytes", "split it")
    root = compose(text, file)
    if parameters is not None:
        parameters = {**_declared(root), **parameters}
    return Document(file, text, convert(root, shape, file, parameters), root)


def _declared(root: Node) -> dict[str, Node]:
    after = _step(root, PARAMETERS)
    node = after[1] if after else root
    return (
        {key.text: value for key, value in node.entries}
        if after and isinstance(node, Mapping)
        else {}
    )
