"""Fields that a project declares: by the types of columns, and by names such as `profile.email`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.fields import as_field, as_spelt, path_to
from lineage.struct_types import structs_in
from lineage.words import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lineage.projects import Relation
    from lineage.struct_types import Struct

    # The names of fields, by the dotted name of what they are fields of.
    Fields = tuple[tuple[str, tuple[str, ...]], ...]


def declared_fields(relation: Relation) -> tuple[tuple[str, ...], Fields]:
    """The columns of a relation, each with those of its fields that are declared.

    A dotted name is that of a field where its column is declared as well, or where not all
    columns are known; else a column is called so.
    """
    names = {column.name for column in relation.columns}
    columns: dict[str, None] = {}
    fields: dict[str, dict[str, None]] = {}
    for column in relation.columns:
        top = _column_of(column.name, names, complete=relation.complete)
        columns[top] = None
        if top != column.name:
            _note(fields, column.name)
        if column.type:
            for whole, found in by_dotted_name(column.name, structs_in(column.type)).items():
                fields.setdefault(whole, {}).update(dict.fromkeys(found))
    return tuple(columns), tuple(sorted((whole, tuple(found)) for whole, found in fields.items()))


def named_fields(relation: Relation) -> Iterator[Column]:
    """The fields that a relation declares one by one."""
    if not any("." in column.name for column in relation.columns):
        return
    names = {column.name for column in relation.columns}
    for column in relation.columns:
        if _column_of(column.name, names, complete=relation.complete) != column.name:
            yield as_field(Column(relation.name, column.name))


def _column_of(name: str, names: Iterable[str], *, complete: bool) -> str:
    """The column that a name is of, or that it is a field of."""
    top, dot, rest = name.partition(".")
    return top if dot and top and rest and (top in names or not complete) else name


def _note(fields: dict[str, dict[str, None]], name: str) -> None:
    """A field's name says that there is what it is a field of, up to the column."""
    whole, _dot, last = name.rpartition(".")
    fields.setdefault(as_spelt(whole), {})[last] = None
    if "." in whole:
        _note(fields, whole)


def by_dotted_name(column: str, structs: Iterable[Struct]) -> dict[str, tuple[str, ...]]:
    """The fields of structs in a column's type, by what they are fields of."""
    found = {}
    for path, names in structs:
        whole = ""
        for name in path:
            whole = path_to(whole, name.lower())
        found[f"{column}.{whole}" if whole else column] = names
    return found
