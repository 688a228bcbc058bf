"""Dataset files of fideslang: which categories the fields of collections have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.labels.declared import checked
from enforcer.labels.documented import Documented, DocumentedField
from enforcer.labels.label import DATASET
from enforcer.labels.phrases import in_taxonomy
from enforcer.words import PolicyError
from lineage.projects import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.labels.foreign import Part
    from enforcer.taxonomy import Taxonomy
    from lineage import Origin

_CATEGORIES: Final = "data_categories"
_SUBJECT: Final = "meta.fieldgate.subject"
_NESTED: Final = 32


def read_datasets(file: Part, taxonomy: Taxonomy) -> Iterator[Documented]:
    """What a dataset file says, one entry for each collection.

    The categories of a dataset are those of its collections, and those of a collection are
    those of each of its fields, as the format has it. Raises `PolicyError` for a file that
    holds no dataset, and for a category of which not even a parent is known.
    """
    if file.get("dataset") is None:
        raise PolicyError(file.origin, "no `dataset`", "name a fideslang dataset file")
    for dataset in file.items("dataset"):
        of_all = tuple(_categories(dataset, taxonomy))
        for collection in dataset.items("collections"):
            inherited = (*of_all, *_categories(collection, taxonomy))
            subjects = [*dataset.items("data_subjects"), *collection.items("data_subjects")]
            yield Documented(
                names=tuple(_names(dataset, collection)),
                by=DATASET,
                origin=collection.origin,
                fields=tuple(_fields(collection, (), inherited, taxonomy)),
                facts=tuple(Fact(_SUBJECT, subject.text) for subject in subjects),
            )


def _name(part: Part) -> str:
    name = part.text_of("name")
    if not name:
        raise PolicyError(part.origin, "no `name`", "name it")
    return name


def _names(dataset: Part, collection: Part) -> Iterator[str]:
    """A collection in the schema that its dataset is, else wherever one is called that."""
    name = _name(collection)
    meta = dataset.get("fides_meta") or dataset.get("fidesops_meta")
    space = meta.get("namespace") if meta is not None else None
    if space is not None:
        schema = space.text_of("schema") or space.text_of("dataset_id")
        database = space.text_of("database_name") or space.text_of("project_id")
        if schema:
            yield ".".join(filter(None, (database, schema, name)))
            yield f"{schema}.{name}"
    for key in ("fides_key", "name"):
        schema = dataset.text_of(key)
        if schema:
            yield f"{schema}.{name}"
    yield name


def _fields(
    around: Part,
    path: tuple[str, ...],
    inherited: tuple[tuple[str, Origin], ...],
    taxonomy: Taxonomy,
) -> Iterator[DocumentedField]:
    if len(path) > _NESTED:
        raise PolicyError(around.origin, f"nested more than {_NESTED} deep", "flatten it")
    for field in around.items("fields"):
        here = (*path, _name(field))
        said = (*inherited, *_categories(field, taxonomy))
        yield DocumentedField((here,), field.origin, said)
        yield from _fields(field, here, said, taxonomy)


def _categories(part: Part, taxonomy: Taxonomy) -> Iterator[tuple[str, Origin]]:
    for written in part.items(_CATEGORIES):
        known = in_taxonomy(written.text, taxonomy)
        name = part.text_of("name") or part.text_of("fides_key")
        yield checked(known, name, written.origin, taxonomy), written.origin
