"""Where labels are written beside the project's own properties and its SQL, all of it read.

The composition of this package: the configuration in, the sources of labels out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.documents import Document
from enforcer.labels.contracts import read_contract
from enforcer.labels.datasets import read_datasets
from enforcer.labels.documented import Documented, declare_documented, relations_meant
from enforcer.labels.file import LabelsFile, declare_labelled, read_labels_files
from enforcer.labels.foreign import read_part
from enforcer.named_paths import paths_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enforcer.config import Configuration
    from enforcer.taxonomy import Taxonomy
    from lineage.projects import Relation

_READERS: Final = {"contracts": read_contract, "datasets": read_datasets}


class LabelSources(msgspec.Struct, frozen=True):
    """The labels files that a configuration names, and its contracts and datasets.

    Those `of_base` may name relations and columns that are not there any more.
    """

    files: tuple[Document[LabelsFile], ...] = ()
    documents: tuple[Documented, ...] = ()
    of_base: bool = False


def read_sources(configuration: Configuration, taxonomy: Taxonomy) -> LabelSources:
    """Everything that a configuration names; raises `PolicyError` for what cannot be read."""
    documents = tuple(_documents(configuration, taxonomy))
    return LabelSources(read_labels_files(configuration), documents, configuration.of_base)


def _documents(configuration: Configuration, taxonomy: Taxonomy) -> Iterator[Documented]:
    for key, read in _READERS.items():
        for path in paths_named(configuration, key):
            yield from read(read_part(configuration, path), taxonomy)


def declare_sources(
    relations: Sequence[Relation], sources: LabelSources, dialect: str
) -> tuple[Relation, ...]:
    """The relations with what the sources say of them beside categories: facts, and columns.

    A column that is named in full exists, so where not all columns of a relation are known it
    is declared, as the dialect spells its name: `select *` then carries it on.
    """
    found = list(declare_labelled(relations, sources.files, dialect))
    place = {relation.name: number for number, relation in enumerate(found)}
    for document in sources.documents:
        for name in relations_meant(document, place):
            number = place[name]
            found[number] = declare_documented(found[number], (document,), dialect)
    return tuple(found)
