"""Any struct of ours with one text in every place that can hold a text."""

from __future__ import annotations

from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from enforcer.words import Message, verbatim

# Words of our own, which are no text of a project.
OURS = {
    **dict.fromkeys(("moved", "arrives", "before", "after"), "clear"),
    "at_least": "keyed",
    "refuses": ("clear", "truncated:6x4"),
    "protected_by": ("clear", "truncated:6x4"),
}


def filled(kind: Any, text: str) -> Any:  # noqa: ANN401, PLR0911 - any type, and a value of it
    """A value of a type whose texts are all `text`, and whose lists hold two of each."""
    if kind is str:
        return text
    if kind in {int, bool}:
        return kind(1)
    if kind is Message:
        return verbatim(text)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind).items()
        return kind(**{name: OURS.get(name) or filled(hint, text) for name, hint in hints})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        several = arguments[1:] == (...,)
        parts = [arguments[0]] * 2 if several else arguments
        return tuple(filled(part, text) for part in parts)
    if origin in {Union, UnionType}:
        return filled(next(part for part in arguments if part is not type(None)), text)
    raise TypeError(f"no value of {kind}")
