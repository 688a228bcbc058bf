"""Putting a value into a YAML text by inserting lines, or a few characters of a line.

An edit is checked by reading the text again: it says what it said before, and the new value.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from enforcer.classify.yaml_places import Lines, NotEditableError, Part, Places, Plain

if TYPE_CHECKING:
    from collections.abc import Sequence

Path = tuple[str | int, ...]

_BARE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*", re.ASCII)
# What YAML 1.1 takes for truth or nothing, whatever its case.
_WORDS: Final = frozenset({"y", "n", "yes", "no", "true", "false", "on", "off", "null", "none"})


def inserted(text: str, path: Path, value: Plain) -> str:
    """The text with a value at a path, where nothing stood before.

    Keys on the way that are missing are added; an index past the end of a list adds an element.
    Raises `NotEditableError` where that cannot be done by inserting alone.
    """
    before = Places(text)
    part, rest = _reached(before, path)
    new = _Edit(text).put(part, rest, value)
    if Places(new).value() != _with(before.value(), path, value):
        raise NotEditableError("the new line would not stand where it belongs")
    return new


def _reached(places: Places, path: Path) -> tuple[Part, Path]:
    """The innermost part on a path that is there, and the rest of the path."""
    part = places.root
    for number, step in enumerate(path):
        if part.alias:
            raise NotEditableError("an alias stands where the label belongs")
        found = _step(part, step)
        if found is None:
            if part.get("<<") is not None:
                raise NotEditableError("a merge key may bring what would be added")
            return part, path[number:]
        part = found
    raise NotEditableError("something stands there already")


def _step(part: Part, step: str | int) -> Part | None:
    if isinstance(step, str):
        return part.get(step)
    items = part.items or []
    return items[step] if step < len(items) else None


def _with(value: Plain, path: Path, new: Plain) -> Plain:
    """A copy of a value with another one at a path."""
    copy: Any = deepcopy(value)
    here = copy
    for number, step in enumerate(path):
        inner: Any = new if number == len(path) - 1 else {}
        if isinstance(here, dict):
            here = here.setdefault(str(step), inner)
        elif step == len(here):
            here.append(inner)
            here = inner
        else:
            here = here[step]
    result: Plain = copy
    return result


def written(value: Plain) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(k)}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    text = value or ""
    if _BARE.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def _nested(keys: Sequence[str | int], value: Plain) -> Plain:
    for key in reversed(keys):
        value = {str(key): value}
    return value


class _Edit:
    """Inserts into one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = Lines(text)

    def put(self, part: Part, rest: Path, value: Plain) -> str:
        """The text with the rest of a path put into a part."""
        inner = _nested(rest[1:], value)
        if part.entries is not None:
            key = str(rest[0])
            added = f"{written(key)}: {written(inner)}"
            return self._flow(part, added) if part.flow else self._entry(part, key, inner)
        if part.items is not None:
            return self._flow_item(part, inner) if part.flow else self._item(part, inner)
        raise NotEditableError("there is neither a list nor a mapping to add to")

    def _flow(self, part: Part, added: str) -> str:
        """A last entry between braces."""
        at, comma = (part.entries[-1][1].end, ", ") if part.entries else (part.start + 1, "")
        return f"{self._text[:at]}{comma}{added}{self._text[at:]}"

    def _flow_item(self, part: Part, item: Plain) -> str:
        """A last element between brackets."""
        at, comma = (part.items[-1].end, ", ") if part.items else (part.start + 1, "")
        return f"{self._text[:at]}{comma}{written(item)}{self._text[at:]}"

    def _entry(self, part: Part, key: str, value: Plain) -> str:
        """A line in a mapping: after its name, or at its end; a list is always at the end."""
        assert part.entries
        lines, at = self._lines, part.end
        named = part.get("name")
        if named is not None and isinstance(value, dict):
            at = named.end
        column = lines.column(part.entries[0][0].start)
        return lines.inserted(lines.after(at), _entry_lines(column, key, value))

    def _item(self, part: Part, item: Plain) -> str:
        """Lines at the end of a list, written as its last element is."""
        assert part.items
        lines = self._lines
        column = lines.column(part.start)
        if part.items[-1].flow or not isinstance(item, dict):
            new = [f"{' ' * column}- {written(item)}"]
        else:
            new = _item_lines(column, item)
        return lines.inserted(lines.after(part.end), new)


def _entry_lines(column: int, key: str, value: Plain) -> list[str]:
    """A key with its value on one line; columns, and mappings in a list, have their own lines."""
    pad = " " * column
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        inner = [line for item in value for line in _item_lines(column + 2, item)]
        return [f"{pad}{written(key)}:", *inner]
    if isinstance(value, dict) and key == "columns":
        inner = [line for k, v in value.items() for line in _entry_lines(column + 2, k, v)]
        return [f"{pad}{key}:", *inner]
    return [f"{pad}{written(key)}: {written(value)}"]


def _item_lines(column: int, item: dict[str, Any]) -> list[str]:
    """A mapping as an element of a list."""
    first, *others = [
        line for key, value in item.items() for line in _entry_lines(column + 2, key, value)
    ]
    return [f"{' ' * column}- {first.lstrip()}", *others]
