"""A dbt properties file: where a column's label stands in it, or would stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.classify.yaml_edits import inserted
from enforcer.classify.yaml_places import NotEditableError, Places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SECTIONS: Final = ("models", "seeds", "snapshots")
_CATEGORY: Final = ("fieldgate", "category")
_METAS: Final = (("config", "meta"), ("meta",))

Value = Any  # a part of a document: texts, lists and mappings of them


class Entry(msgspec.Struct, frozen=True):
    """A relation in a properties file: its name, and that of its source, if it is of one."""

    name: str
    source: str = ""


class Properties:
    """A properties file, read and changed in memory."""

    def __init__(self, text: str) -> None:
        """Raises `NotEditableError` for what is no properties file."""
        self.text = text
        self._value: Value = Places(text).value()

    def has(self, entry: Entry) -> bool:
        """Whether the file says anything of a relation."""
        return self._path(entry) is not None

    def is_labelled(self, entry: Entry, column: str) -> bool:
        """Whether the file states a category of a column, be it beside it or at its relation."""
        path = self._path(entry)
        relation = self._at(path) if path is not None else {}
        found = _named(relation.get("columns"), column)
        if found is not None and any(_in(found[1], (*meta, *_CATEGORY)) for meta in _METAS):
            return True
        labels = (_in(relation, (*meta, "fieldgate", "labels")) for meta in _METAS)
        return any(
            column.lower() == str(name).lower()
            for one in labels
            if isinstance(one, dict)
            for name in one
        )

    def label(self, entry: Entry, column: str, categories: Sequence[str]) -> None:
        """Put a label beside a column, and the column if it is not there.

        A new column is in capitals where the others are. Raises `NotEditableError` where that
        cannot be done by inserting alone.
        """
        path = self._path(entry)
        if path is None:
            raise NotEditableError("the relation is not in it")
        stated = categories[0] if len(categories) == 1 else list(categories)
        columns = self._at(path).get("columns")
        found = _named(columns, column)
        if found is not None:
            number, known = found
            keys = (*self._meta(known), *_CATEGORY)
            self.text = inserted(self.text, (*path, "columns", number, *keys), stated)
        else:
            meta = self._meta({})
            others = "".join(str(one.get("name")) for one in columns or () if isinstance(one, dict))
            name = column.upper() if others.isupper() else column
            new = {"name": name, meta[0]: _nested((*meta[1:], *_CATEGORY), stated)}
            if isinstance(columns, list):
                self.text = inserted(self.text, (*path, "columns", len(columns)), new)
            else:
                self.text = inserted(self.text, (*path, "columns"), [new])
        self._value = Places(self.text).value()

    def _meta(self, column: Value) -> tuple[str, ...]:
        """Where a column keeps its meta: where it has it, or as others in the file have it."""
        for meta in _METAS:
            if isinstance(_in(column, meta), dict):
                return meta
        others = list(self._columns())
        if any(isinstance(_in(other, _METAS[0]), dict) for other in others):
            return _METAS[0]
        plain = any(isinstance(_in(other, _METAS[1]), dict) for other in others)
        return _METAS[1] if plain else _METAS[0]

    def _columns(self) -> Iterator[Value]:
        for path in self._relations():
            columns = self._at(path).get("columns")
            yield from (one for one in columns or () if isinstance(one, dict))

    def _path(self, entry: Entry) -> tuple[str | int, ...] | None:
        """Where a relation stands, None where it does not."""
        for path in self._relations():
            source = self._at(path[:2]).get("name") if path[0] == "sources" else ""
            if self._at(path).get("name") == entry.name and source == entry.source:
                return path
        return None

    def _relations(self) -> Iterator[tuple[str | int, ...]]:
        """The paths of all relations of the file."""
        for section in _SECTIONS:
            yield from ((section, n) for n in self._mappings((section,)))
        for number in self._mappings(("sources",)):
            tables = self._mappings(("sources", number, "tables"))
            yield from (("sources", number, "tables", n) for n in tables)

    def _mappings(self, path: tuple[str | int, ...]) -> Iterator[int]:
        listed = _in(self._value, path)
        for number, one in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(one, dict):
                yield number

    def _at(self, path: tuple[str | int, ...]) -> Value:
        return _in(self._value, path) or {}


def _in(value: Value, path: Sequence[str | int]) -> Value:
    """What stands at a path of a value, None where nothing does."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _named(columns: Value, name: str) -> tuple[int, Value] | None:
    """The column of that name in a list, whatever its letter case, and its number."""
    for number, one in enumerate(columns if isinstance(columns, list) else ()):
        if isinstance(one, dict) and str(one.get("name", "")).lower() == name.lower():
            return number, one
    return None


def _nested(keys: Sequence[str], value: Value) -> Value:
    for key in reversed(keys):
        value = {key: value}
    return value
