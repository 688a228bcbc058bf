"""Labels: which category a column has, who says so, and where it is written."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.labels.declared import META, column_categories, relation_categories
from enforcer.labels.file import LabelsFile, labels_in
from enforcer.taxonomy import NONE
from lineage import Column, Origin
from lineage.graph import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enforcer.documents import Document
    from enforcer.taxonomy import Taxonomy
    from lineage.projects import Relation

NAME: Final = "name"
FILE: Final = "labels file"
# A column of such a type cannot hold what its name suggests, it tells whether it is there.
_TELLS_WHETHER: Final = frozenset({"bit", "bool", "boolean", "tinyint(1)"})


class Label(msgspec.Struct, frozen=True, order=True):
    """A category on a column.

    `by` is `meta`, `tag`, `labels file` or `name` (proposed from the column's name).
    """

    category: str
    by: str
    origin: Origin


Labels = Mapping[Column, tuple[Label, ...]]


def labels_of(
    relations: Sequence[Relation],
    columns: Mapping[str, Iterable[str]],
    files: Sequence[Document[LabelsFile]],
    taxonomy: Taxonomy,
    *,
    propose: bool,
) -> Labels:
    """All labels of a project, sorted by column; a column without one is not in the mapping.

    `columns` are the columns by relation that the SQL mentions, beside those declared. With
    `propose` a column that carries no label gets one if its name suggests it. A label says
    nothing more where a narrower one stands on the same column, so it is left out; `none`
    says that a column is not personal, and holds where nothing else is written. Raises
    `PolicyError` for unknown categories and for labels of what does not exist.
    """
    known = _known_columns(relations, columns)
    found: dict[Column, set[Label]] = {}
    for column, label in _written(relations, known, files, taxonomy):
        found.setdefault(column, set()).add(label)
    if propose:
        for column, label in _proposed(relations, known, taxonomy):
            found.setdefault(column, {label})
    return MappingProxyType({column: _narrowest(found[column]) for column in sorted(found)})


def _known_columns(
    relations: Iterable[Relation], columns: Mapping[str, Iterable[str]]
) -> dict[str, tuple[str, ...]]:
    known: dict[str, set[str]] = {
        relation.name: {column.name for column in relation.columns} for relation in relations
    }
    for name, mentioned in columns.items():
        known.setdefault(name, set()).update(column for column in mentioned if column != ROWS)
    return {name: tuple(sorted(names)) for name, names in sorted(known.items())}


def _written(
    relations: Sequence[Relation],
    columns: Mapping[str, Sequence[str]],
    files: Iterable[Document[LabelsFile]],
    taxonomy: Taxonomy,
) -> Iterator[tuple[Column, Label]]:
    for relation in relations:
        for column in relation.columns:
            said = column_categories(relation, column.name, column.facts, taxonomy)
            for category, by in said:
                yield Column(relation.name, column.name), Label(category, by, relation.origin)
        for name, category in relation_categories(relation, columns[relation.name], taxonomy):
            yield Column(relation.name, name), Label(category, META, relation.origin)
    closed = frozenset(relation.name for relation in relations if relation.complete)
    for file in files:
        for labelled, category, origin in labels_in(file, columns, closed, taxonomy):
            yield labelled, Label(category, FILE, origin)


def _proposed(
    relations: Iterable[Relation], columns: Mapping[str, Sequence[str]], taxonomy: Taxonomy
) -> Iterator[tuple[Column, Label]]:
    by_name = {relation.name: relation for relation in relations}
    for name, known in columns.items():
        relation = by_name.get(name)
        origin = relation.origin if relation else Origin(name, 1, 1)
        typed = {c.name: c.type.lower() for c in relation.columns} if relation else {}
        for column in known:
            category = taxonomy.suggest(column)
            if category is not None and typed.get(column) not in _TELLS_WHETHER:
                yield Column(name, column), Label(category, NAME, origin)


def _narrowest(labels: set[Label]) -> tuple[Label, ...]:
    """One label a category, without `none` beside others and without parents of others."""
    first: dict[str, Label] = {}
    for label in sorted(labels):
        first.setdefault(label.category, label)
    if len(first) > 1:
        first.pop(NONE, None)
    parents = {name for name in first for other in first if other.startswith(f"{name}.")}
    return tuple(label for category, label in first.items() if category not in parents)
