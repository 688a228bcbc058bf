"""The words of labels: a category on a column, who says so, and where that is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from lineage import Analysis, Column, Origin, Remark
from lineage.graph import ROWS
from lineage.projects import Relation

META: Final = "meta"
TAG: Final = "tag"
DESCRIPTION: Final = "description"
POLICY_TAG: Final = "policy tag"
WAREHOUSE_TAG: Final = "warehouse tag"
COMMENT: Final = "comment"
FILE: Final = "labels file"
CONTRACT: Final = "contract"
DATASET: Final = "dataset"
NAME: Final = "name"


class Label(msgspec.Struct, frozen=True, order=True):
    """A category on a column.

    `by` says who says so: one of the constants of this module, of which `name` is a proposal
    made from the column's name and all others are written somewhere.
    """

    category: str
    by: str
    origin: Origin


Labels = Mapping[Column, tuple[Label, ...]]


class Described(msgspec.Struct, frozen=True):
    """A project as labels see it.

    `columns` are the columns by relation that the SQL mentions, beside those declared;
    `remarks` what DDL says of them.
    """

    relations: Sequence[Relation]
    columns: Mapping[str, Iterable[str]] = {}
    remarks: Sequence[Remark] = ()

    @property
    def closed(self) -> frozenset[str]:
        """The relations whose columns are all known."""
        return frozenset(relation.name for relation in self.relations if relation.complete)

    def known_columns(self) -> dict[str, tuple[str, ...]]:
        """The columns of every relation, declared or mentioned, sorted."""
        known: dict[str, set[str]] = {
            relation.name: {column.name for column in relation.columns}
            for relation in self.relations
        }
        for name, mentioned in self.columns.items():
            known.setdefault(name, set()).update(column for column in mentioned if column != ROWS)
        return {name: tuple(sorted(names)) for name, names in sorted(known.items())}


def described(analysis: Analysis, relations: Sequence[Relation]) -> Described:
    """A project that was analysed, with its relations as they are declared by now."""
    graph = analysis.graph
    columns = {
        name: tuple(graph.columns[node].name for node in graph.nodes_of(name))
        for name in graph.relations()
    }
    return Described(relations, columns, analysis.remarks)
