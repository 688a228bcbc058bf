"""The values that a project brings along: the text of its seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.estate import Seed
from lineage.projects import RelationKind
from lineage.readers.files import FileText, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lineage.projects import Relation

MAX_BYTES = 16 << 20


def read_seeds(path: Path, relations: Iterable[Relation]) -> tuple[Seed, ...]:
    """The seeds of a project whose files are there, in the order of their relations.

    A file that the reader of the project refused is among its gaps, and left out here.
    """
    root = path.resolve() if path.is_dir() else path.resolve().parent
    found = []
    for relation in relations:
        if relation.kind is RelationKind.SEED:
            text = read_text(root, relation.origin.file, MAX_BYTES)
            if isinstance(text, FileText):
                found.append(Seed(relation.name, relation.origin.file, text.text))
    return tuple(found)
