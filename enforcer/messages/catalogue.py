"""The catalogue of a language: what every message says, with a name for whatever fills it."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from enforcer.documents.nearest import nearest_or_all, quoted
from enforcer.rules import Strict
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.documents import Document

LIST: Final = "list"


class Phrase(Strict, frozen=True, kw_only=True):
    """How a message is said; `one` is its form where its `count` is one."""

    leading_key: ClassVar[str] = "other"

    other: str
    one: str = ""


class Catalogue(Strict, frozen=True, kw_only=True):
    """A catalogue as it is written: messages by key, and what stands between the parts of lists."""

    joins: dict[str, str]
    messages: dict[str, Phrase]


class Hole(msgspec.Struct, frozen=True):
    """A placeholder: the name of what fills it, and of the join if that is a list."""

    name: str
    join: str


Template = tuple[str | Hole, ...]


class Form(msgspec.Struct, frozen=True):
    """A message, taken apart at its placeholders: as it is said of one, and otherwise."""

    one: Template
    other: Template

    @property
    def holes(self) -> frozenset[str]:
        """The names of its placeholders."""
        return frozenset(p.name for p in (*self.one, *self.other) if isinstance(p, Hole))


def forms_of(document: Document[Catalogue]) -> Mapping[str, Form]:
    """The messages of a catalogue by key.

    Raises `PolicyError` for one whose placeholders cannot be read.
    """
    forms = {}
    for key, phrase in document.value.messages.items():
        other = _template(document, key, phrase.other)
        one = _template(document, key, phrase.one) if phrase.one else other
        forms[key] = Form(one, other)
    return forms


def check_alike(
    document: Document[Catalogue], forms: Mapping[str, Form], model: Mapping[str, Form]
) -> None:
    """Raise `PolicyError` unless a catalogue has the messages and placeholders of `model`."""
    for key in sorted({*forms, *model}):
        at = document.origin("messages", key)
        if key not in forms:
            raise PolicyError(at, f"message {quoted(key)} is missing", "write it here too")
        if key not in model:
            what = f"message {quoted(key)} is not in English"
            raise PolicyError(at, what, nearest_or_all(key, model))
        if forms[key].holes != model[key].holes:
            names = ", ".join(sorted(model[key].holes)) or "none"
            what = f"message {quoted(key)} has other placeholders than in English"
            raise PolicyError(at, what, f"name {names}")


def _template(document: Document[Catalogue], key: str, text: str) -> Template:
    parts: list[str | Hole] = []
    try:
        for before, name, join, conversion in Formatter().parse(text):
            if before:
                parts.append(before)
            if name is None:
                continue
            known = (join or LIST) in document.value.joins
            if conversion or not known or not name.isidentifier():
                raise ValueError(f"nothing fills {quoted(name)}")  # noqa: TRY301 - as the parser
            parts.append(Hole(name, join or LIST))
    except ValueError as error:
        at, what = document.origin("messages", key), f"message {quoted(key)}: {error}"
        step = "write `{name}`, `{name:join}` for a list, and `{{` for a brace"
        raise PolicyError(at, what, step) from None
    return tuple(parts)
