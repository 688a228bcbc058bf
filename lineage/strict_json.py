"""JSON text to values, with limits and without surprises.

The decoder takes the last of two equal keys, and how deep it goes depends on the Python that
runs it. A person who reads the file may see the first, and a verdict must not depend on a
machine: both are decided here, before anybody looks at a value.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DEPTH: Final = 200  # far above what tools write, and below where any supported Python stops

_Kind = TypeVar("_Kind")
_BYTE: Final = re.compile(r"\(byte (\d+)\)")
_LONGEST: Final = 100  # of a key that is shown


class NotJsonError(ValueError):
    """What is wrong, and in which 1-based line and column, where that is known."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


class TooDeepError(NotJsonError):
    """It is nested more than `MAX_DEPTH` deep."""

    def __init__(self) -> None:
        super().__init__(f"nested more than {MAX_DEPTH} deep")


class NotUtf8Error(NotJsonError):
    """Its bytes are no UTF-8."""


class WrongShapeError(NotJsonError):
    """It is JSON, and not of the type that is wanted."""


def decode(data: bytes, kind: type[_Kind]) -> _Kind:
    """The value of a type that a JSON text in UTF-8 says.

    Raises `NotJsonError` for what is malformed, of another shape, nested too deeply, or has a
    key twice. The decoder's own words name places and types, never values.
    """
    try:
        value = msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise WrongShapeError(str(error)) from None
    except msgspec.DecodeError as error:
        raise _malformed(data, str(error)) from None
    except UnicodeDecodeError:
        raise NotUtf8Error("text that is not UTF-8") from None
    except RecursionError:
        raise TooDeepError from None
    _check_strictly(data)
    return value


def _malformed(data: bytes, message: str) -> NotJsonError:
    found = _BYTE.search(message)
    offset = int(found.group(1)) if found else len(data)
    start = data.rfind(b"\n", 0, offset) + 1
    column = len(data[start:offset].decode("utf-8", "replace")) + 1
    what = "not JSON" if found else "JSON that is cut off"
    return NotJsonError(what, data.count(b"\n", 0, offset) + 1, column)


def _check_strictly(data: bytes) -> None:
    """What the decoder lets pass; the text is well-formed."""
    try:
        depth = json.loads(
            data.decode(),
            object_pairs_hook=_depth_of_object,
            parse_int=str,  # those that are left are depths
            parse_float=str,
        )
    except UnicodeDecodeError:
        raise NotUtf8Error("text that is not UTF-8") from None
    except json.JSONDecodeError as error:  # what the one decoder takes and the other does not
        raise NotJsonError("not JSON", error.lineno, error.colno) from None
    except RecursionError:
        raise TooDeepError from None
    if _depth_of((depth,)) > MAX_DEPTH + 1:
        raise TooDeepError


def _depth_of_object(pairs: list[tuple[str, Any]]) -> int:
    """How deep an object is nested, in whose place the number stands; keeps nothing else of it."""
    if not pairs:
        return 1
    entries = dict(pairs)
    if len(entries) != len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        shown = twice if len(twice) <= _LONGEST else f"{twice[: _LONGEST - 1]}…"
        raise NotJsonError(f"the key {shown!r} is written twice")
    return _depth_of(entries.values())


def _depth_of(values: Iterable[Any]) -> int:
    deepest = 0
    for value in values:
        kind = value.__class__
        if kind is str:
            continue
        depth = value if kind is int else _depth_of(value) if kind is list else 0
        if depth > deepest:  # noqa: PLR1730 - quicker than `max`, a million times
            deepest = depth
    return deepest + 1
