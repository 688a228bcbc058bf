"""A YAML document as a tree of positions and texts, before anything has a type."""

from __future__ import annotations

from lineage.strict_yaml import Mapping, Node, Scalar, Sequence

__all__ = ["Foreign", "Mapping", "Node", "Scalar", "Sequence"]


class Foreign(Node, frozen=True):
    """A part that was written in another file, and stands here for the name of a parameter."""

    file: str
    node: Node
