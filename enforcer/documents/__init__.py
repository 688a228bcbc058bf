"""What people write, read safely: YAML to typed values, every mistake with its place."""

from enforcer.documents.document import (
    Document,
    Tree,
    parse_document,
    read_document,
    read_tree,
)
from enforcer.documents.nearest import nearest, nearest_or_all

__all__ = [
    "Document",
    "Tree",
    "nearest",
    "nearest_or_all",
    "parse_document",
    "read_document",
    "read_tree",
]
