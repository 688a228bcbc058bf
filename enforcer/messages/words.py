"""The words of a language: what puts a message, and whatever fills it, into a text."""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final

from enforcer.documents import read_document
from enforcer.messages.catalogue import LIST, Catalogue, check_alike, forms_of
from enforcer.shipped import policies_folder
from enforcer.words import (
    ENGLISH,
    Change,
    Decides,
    Message,
    Phase,
    Protection,
    Severity,
    Spoken,
)
from lineage import GapReason, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.messages.catalogue import Form
    from enforcer.words import Lang, Value

# What the keys begin with that name the members of a family of words.
FAMILIES: Final[Mapping[type[Enum], str]] = {
    Change: "change-",
    Decides: "decides-",
    GapReason: "reason-",
    Phase: "phase-",
    Protection: "protection-",
    Severity: "severity-",
    TransformSubtype: "how-",
}


class Words:
    """What can be said in one language: `words(message)` is the message as a text."""

    __slots__ = ("_forms", "_joins", "lang")

    def __init__(self, lang: Lang, forms: Mapping[str, Form], joins: Mapping[str, str]) -> None:
        self.lang = lang
        self._forms = forms
        self._joins = joins

    def __call__(self, value: Value) -> str:
        """A message or what may stand in one. Texts stay as they are, and are no templates."""
        return self._text(value, LIST)

    @property
    def forms(self) -> Mapping[str, Form]:
        """All messages by key, in the order in which they are written."""
        return self._forms

    def _text(self, value: Value, join: str) -> str:
        if isinstance(value, Message):
            return self._said(value.key, dict(value.values))
        if isinstance(value, Spoken):
            return value.zh if self.lang == "zh" and value.zh else value.en
        if isinstance(value, tuple):
            return self._joins[join].join(self._text(part, LIST) for part in value)
        if isinstance(value, Enum):
            family = FAMILIES.get(type(value))
            return self._said(f"{family}{value.value}", {}) if family else str(value.value)
        return str(value)

    def _said(self, key: str, values: Mapping[str, Value]) -> str:
        form = self._forms[key]
        return "".join(
            part if isinstance(part, str) else self._text(values[part.name], part.join)
            for part in (form.one if values.get("count") == 1 else form.other)
        )


@cache
def words_in(lang: Lang = ENGLISH) -> Words:
    """The words of a language.

    Raises `PolicyError` for a catalogue that cannot be read, and for one that has not the
    same messages and placeholders as the English one.
    """
    document = read_document(policies_folder(), f"messages/{lang}.yml", Catalogue)
    forms = forms_of(document)
    if lang != ENGLISH:
        check_alike(document, forms, words_in().forms)
    return Words(lang, forms, document.value.joins)
