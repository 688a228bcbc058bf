"""What the words of tags, classifications and markers mean, whoever's convention they are of.

A word that Fieldgate's own key brings must be a category, so an unknown one is an error. A
word of another convention is taken where it is known and is nobody's mistake where it is not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.taxonomy import Taxonomy

CLASSES: Final = frozenset(
    {
        "classification",
        "data_category",
        "data_class",
        "data_classification",
        "data_sensitivity",
        "information_type",
        "masking_policy",
        "pii_category",
        "pii_type",
        "privacy",
        "privacy_category",
        "semantic_category",
        "semantic_type",
        "sensitivity",
    }
)
_OWN: Final = frozenset({"fieldgate", "fieldgate.category", "fieldgate_category"})
_TRUE: Final = frozenset({"1", "true", "y", "yes"})
_FALSE: Final = frozenset({"0", "false", "n", "no", "off"})
_ASKS: Final = re.compile(r"^(?:contains|has|is)_")
_PARTS: Final = re.compile(r"[:=/]")

_WORD: Final = r"[\w-]+(?:\.[\w-]+)*"
_MARKER: Final = re.compile(rf"\bfieldgate(?:[._]category)?\s*[:=]\s*[\"'`]?({_WORD})", re.ASCII)
_PAIR: Final = re.compile(rf"(?<![\w.])({_WORD})=[\"'`]?({_WORD})", re.ASCII)


def is_own(key: str) -> bool:
    """True for a key of Fieldgate's own, whose value is a category or a mistake."""
    return key.lower() in _OWN


def denies(value: str) -> bool:
    """True for the value of a tag that says that the tag does not apply."""
    return value.lower() in _FALSE


def of_pair(key: str, value: str, taxonomy: Taxonomy) -> str | None:
    """The category that `key: value` says: `pii: true`, `classification: phi`, `pii: email`."""
    whole = taxonomy.of_alias(f"{key}={value}")
    said = taxonomy.of_alias(_ASKS.sub("", key.lower()))
    if whole is not None or (said is None and key.lower() not in CLASSES):
        return whole
    meant = taxonomy.of_alias(value)
    if meant is not None:
        return meant
    return said if value.lower() in _TRUE else None


def of_warehouse_tag(name: str, value: str, taxonomy: Taxonomy) -> str | None:
    """The category that a tag of a warehouse says, by its dotted name and its value.

    A tag that stands for a category holds with any value that does not deny it.
    """
    last = name.rpartition(".")[2]
    for key in dict.fromkeys((name, last)):
        found = of_pair(key, value, taxonomy)
        if found is not None:
            return found
    if denies(value):
        return None
    known = (taxonomy.of_alias(_ASKS.sub("", key)) for key in (name, last))
    return next((category for category in known if category), None)


def of_tag(tag: str, taxonomy: Taxonomy) -> str | None:
    """A tag is a word, or several with the narrowest last (`pii:email`)."""
    for word in (tag, *reversed(_PARTS.split(tag))):
        found = taxonomy.of_alias(word)
        if found is not None:
            return found
    return None


def markers_in(text: str) -> Iterator[str]:
    """The categories that a comment names as Fieldgate's own: `fieldgate: user.contact.email`."""
    for found in _MARKER.finditer(text):
        yield found[1]


def of_comment(text: str, taxonomy: Taxonomy) -> Iterator[str]:
    """The categories that pairs in a comment say: `pii=email`, `classification=phi`."""
    for key, value in _PAIR.findall(text):
        found = None if is_own(key) else of_pair(key, value, taxonomy)
        if found is not None:
            yield found


def narrowed(category: str, column: str, taxonomy: Taxonomy) -> str:
    """A word that only says "personal", narrowed down to what the column's name suggests."""
    suggested = taxonomy.suggest(column)
    return suggested if suggested and taxonomy.covers(category, suggested) else category


def in_taxonomy(category: str, taxonomy: Taxonomy) -> str:
    """A category of another tool's taxonomy: one that was added there counts as its parent."""
    name = category
    while name and taxonomy.of_alias(name) is None:
        name = name.rpartition(".")[0]
    return name or category
