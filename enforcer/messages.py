"""Messages into words: the catalogue of a language in `policies/messages`, and what fills it."""

from __future__ import annotations

from enum import Enum
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from enforcer.documents import Document, read_document
from enforcer.documents.nearest import quoted
from enforcer.rules import Strict
from enforcer.shipped import policies_folder
from enforcer.words import ENGLISH, Message, PolicyError, Protection
from lineage import GapReason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from enforcer.words import Lang, Value

    Words = Callable[[Message], str]

# What the keys begin with that name the members of a family of words.
FAMILIES: Final[Mapping[type[Enum], str]] = {GapReason: "reason-", Protection: "protection-"}
_LIST: Final = "list"


class Phrase(Strict, frozen=True, kw_only=True):
    """How a message is said; `one` is its form where its `count` is one."""

    leading_key: ClassVar[str] = "other"

    other: str
    one: str = ""


class CatalogueFile(Strict, frozen=True, kw_only=True):
    """A catalogue as it is written: messages by key, and what stands between the parts of lists."""

    joins: dict[str, str]
    messages: dict[str, Phrase]


class Hole(msgspec.Struct, frozen=True):
    """A placeholder: the name of what fills it, and of the join if that is a list."""

    name: str
    join: str


Template = tuple[str | Hole, ...]


class Catalogue:
    """What every message says in one language."""

    __slots__ = ("_forms", "_joins", "lang")

    def __init__(
        self, lang: Lang, forms: Mapping[str, tuple[Template, Template]], joins: Mapping[str, str]
    ) -> None:
        self.lang = lang
        self._forms = forms
        self._joins = joins

    def words(self, message: Message) -> str:
        """The message in words. Values are put in as they are, and are no templates themselves."""
        return self._said(message.key, dict(message.values))

    def holes(self, key: str) -> frozenset[str] | None:
        """The names that the message of a key has placeholders for; None when there is none."""
        forms = self._forms.get(key)
        if forms is None:
            return None
        return frozenset(part.name for form in forms for part in form if isinstance(part, Hole))

    def keys(self) -> tuple[str, ...]:
        """The keys of all messages, in the order in which they are written."""
        return tuple(self._forms)

    def _said(self, key: str, values: Mapping[str, Value]) -> str:
        one, other = self._forms[key]
        return "".join(
            part if isinstance(part, str) else self._text(values[part.name], part.join)
            for part in (one if values.get("count") == 1 else other)
        )

    def _text(self, value: Value, join: str = _LIST) -> str:
        if isinstance(value, Message):
            return self.words(value)
        if isinstance(value, tuple):
            return self._joins[join].join(map(self._text, value))
        if isinstance(value, Enum):
            family = FAMILIES.get(type(value))
            return self._said(f"{family}{value.value}", {}) if family else str(value.value)
        return str(value)


def words_in(lang: Lang) -> Words:
    """What puts messages into the words of a language."""
    return catalogue(lang).words


@cache
def catalogue(lang: Lang = ENGLISH) -> Catalogue:
    """The catalogue of a language.

    Raises `PolicyError` for one that cannot be read, and for one that has not the same keys
    and placeholders as the English one.
    """
    document = read_document(policies_folder(), f"messages/{lang}.yml", CatalogueFile)
    found = document.value
    forms = {}
    for key, phrase in found.messages.items():
        other = _template(document, key, phrase.other)
        forms[key] = (_template(document, key, phrase.one) if phrase.one else other, other)
    made = Catalogue(lang, forms, found.joins)
    if lang != ENGLISH:
        _check_alike(document, made, catalogue())
    return made


def _template(document: Document[CatalogueFile], key: str, text: str) -> Template:
    parts: list[str | Hole] = []
    origin = document.origin("messages", key)
    try:
        for before, name, join, conversion in Formatter().parse(text):
            parts += [before] if before else []
            if name is None:
                continue
            if not name.isidentifier() or conversion or (join or _LIST) not in _joins(document):
                what = f"placeholder {quoted(name)} of {quoted(key)} cannot be filled"
                raise PolicyError(origin, what, "write `{name}`, or `{name:join}` for a list")
            parts.append(Hole(name, join or _LIST))
    except ValueError as error:
        raise PolicyError(origin, f"{quoted(key)}: {error}", "close every brace") from None
    return tuple(parts)


def _joins(document: Document[CatalogueFile]) -> Mapping[str, str]:
    return document.value.joins


def _check_alike(document: Document[CatalogueFile], made: Catalogue, model: Catalogue) -> None:
    for key in sorted({*made.keys(), *model.keys()}):
        here, there = made.holes(key), model.holes(key)
        if here is None or there is None:
            what = f"message {quoted(key)} is not in each language"
            raise PolicyError(document.origin("messages", key), what, "write it in all of them")
        if here != there:
            what = f"message {quoted(key)} has other placeholders than in English"
            step = f"name {', '.join(sorted(there)) or 'none'}"
            raise PolicyError(document.origin("messages", key), what, step)
