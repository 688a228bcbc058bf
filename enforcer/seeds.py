"""The values that a project brings along: the text of its seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.estate import Seed
from lineage.limits import MAX_SEED_BYTES
from lineage.projects import RelationKind
from lineage.readers import root_of
from lineage.readers.files import FileText, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lineage.projects import Relation


def read_seeds(path: Path, relations: Iterable[Relation]) -> tuple[Seed, ...]:
    """The seeds of a project whose files are there, in the order of their relations.

    A file that the reader of the project refused is among its gaps, and left out here.
    """
    root = root_of(path)
    found = []
    for relation in relations:
        if relation.kind is RelationKind.SEED:
            text = read_text(root, relation.origin.file, MAX_SEED_BYTES)
            if isinstance(text, FileText):
                found.append(Seed(relation.name, relation.origin.file, text.text))
    return tuple(found)
