"""Names of fields: what is a part of which column, and how a path to it is written."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lineage.dialects import in_quotes
from lineage.words import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

_PART = re.compile(r'"(?:[^"]|"")*"|[^."]+')


@lru_cache(maxsize=1 << 14)  # a struct that is handed on has the same fields each time
def path_to(parent: str, field: str) -> str:
    """The path to a field of what a path leads to; only dots and quotes mean something in it."""
    name = in_quotes(field) if "." in field or '"' in field else field
    return f"{parent}.{name}" if parent else name


def parts_of(path: str) -> list[str]:
    """The names on a path, without quotes."""
    found = _PART.findall(path)
    return [p[1:-1].replace('""', '"') if p.startswith('"') else p for p in found]


def as_spelt(name: str) -> str:
    """A name without quotes as fields are spelt: behind a column's, the path is in lower case."""
    column, dot, path = name.partition(".")
    return f"{column}.{path.lower()}" if dot and column else name


def as_field(column: Column) -> Column:
    """The field that a column with a dotted name is: `profile.email` of `profile`."""
    name, _dot, path = column.column.partition(".")
    return Column(column.relation, name, path.lower()) if name and path else column


def as_written(column: Column) -> Column:
    """The same with the dotted name of a field as that of a column, as people write it."""
    return Column(column.relation, column.name) if column.path else column


def is_within(field: Column, whole: Column) -> bool:
    """Whether one is a field in the other."""
    return field.relation == whole.relation and field.name.startswith(f"{whole.name}.")


def whole_of(field: Column) -> Column:
    """What a field is directly a part of."""
    parts = _PART.findall(field.path)
    return Column(field.relation, field.column, ".".join(parts[:-1]))


def wholes_of(column: Column) -> Iterator[Column]:
    """What a field is a part of, as people write it, the smallest first."""
    named = column if column.path else as_field(column)
    parts = _PART.findall(named.path)
    for length in range(len(parts) - 1, -1, -1):
        yield Column(named.relation, ".".join((named.column, *parts[:length])))
