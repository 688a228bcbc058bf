"""Declared types of structs: which fields a column has, as each engine writes it.

`STRUCT<a STRING, b ARRAY<STRUCT<c INT64>>>`, `struct<a:string>`, `ROW(a VARCHAR)`,
`STRUCT(a VARCHAR)[]`, `Tuple(a String)` and `OBJECT(a VARCHAR)` say the same thing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The path to a struct within a column, and the names of its fields in order.
Struct = tuple[tuple[str, ...], tuple[str, ...]]

_TOKEN = re.compile(r"""\s*("(?:[^"]|"")*"|`[^`]*`|'(?:[^']|'')*'|\w+|\S)""")
_OPEN, _CLOSE = frozenset("<("), frozenset(">)")
_ENDS_TYPE = _OPEN | _CLOSE | {","}
_STRUCTS = frozenset({"struct", "row", "tuple", "nested", "object", "record"})
_ARRAYS = frozenset({"array", "list"})
_LONGEST = 200_000  # characters; a longer type says nothing
_DEEPEST = 16


def structs_in(written: str) -> tuple[Struct, ...]:
    """The structs in a type, outside in; none where it is something else, or cannot be read."""
    start = written[:8].lower().lstrip()
    if not start.startswith((*_STRUCTS, *_ARRAYS)) or len(written) > _LONGEST:
        return ()
    try:
        return tuple(_Reader(_TOKEN.findall(written)).structs())
    except IndexError:
        return ()


class _Reader:
    """Reads one type, token by token; raises `IndexError` where it ends too early."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._found: list[Struct] = []

    def structs(self) -> Iterator[Struct]:
        self._type(())
        yield from sorted(self._found)

    def _type(self, path: tuple[str, ...]) -> None:
        """A type, up to the comma or bracket behind it; what is too deep says nothing."""
        name = self._next().lower()
        opens = self._at < len(self._tokens) and self._tokens[self._at] in _OPEN
        if opens and name in _STRUCTS and len(path) < _DEEPEST:
            self._at += 1
            self._members(path)
        elif opens and name in _ARRAYS:
            self._at += 1
            self._type(path)
            self._next()  # the bracket that ends the elements, not what the array is in
        self._skip()

    def _members(self, path: tuple[str, ...]) -> None:
        names: list[str] = []
        while True:
            name = _unquoted(self._next())
            here = self._tokens[self._at]
            if here == ":":
                self._at += 1
            elif here in _ENDS_TYPE or name in names:  # a type without a name
                name = str(len(names) + 1)
                self._at -= 1
            names.append(name)
            self._type((*path, name))
            if self._next() != ",":
                break
        self._found.append((path, tuple(names)))

    def _skip(self) -> None:
        """Go on to the comma or bracket that ends what is being read."""
        depth = 0
        while self._at < len(self._tokens):
            read = self._tokens[self._at]
            if depth == 0 and (read == "," or read in _CLOSE):
                return
            depth += (read in _OPEN) - (read in _CLOSE)
            self._at += 1

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name[:1] in {'"', "`"} else name
