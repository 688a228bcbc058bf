"""A YAML document as a tree of positions and texts, before anything has a type."""

from __future__ import annotations

import msgspec


class Node(msgspec.Struct, frozen=True):
    """A part of a document, and where it begins: 1-based line and column."""

    line: int
    column: int


class Scalar(Node, frozen=True):
    """A text as it is written; `plain` when it stands without quotes and is no block."""

    text: str
    plain: bool

    @property
    def is_null(self) -> bool:
        """True for what YAML 1.2 takes for nothing."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


class Sequence(Node, frozen=True):
    """A list."""

    items: tuple[Node, ...]


class Mapping(Node, frozen=True):
    """Keys with their values, in the order in which they are written; no key occurs twice."""

    entries: tuple[tuple[Scalar, Node], ...]


class Foreign(Node, frozen=True):
    """A part that was written in another file, and stands here for the name of a parameter."""

    file: str
    node: Node
