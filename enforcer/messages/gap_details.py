"""What lineage says of a gap, in the language of whoever reads it.

Lineage knows no languages: its sentences are matched with those of a catalogue.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Final

from enforcer.documents import read_document
from enforcer.rules import Strict
from enforcer.shipped import policies_folder
from enforcer.words import Spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST: Final = 2_000  # beyond it nothing is looked for


class Detail(Strict, frozen=True, kw_only=True):
    """A sentence about a gap, with names for what differs, and the same in Chinese."""

    en: str
    zh: str


class Details(Strict, frozen=True, kw_only=True):
    """The file of such sentences; of several that match, the first one holds."""

    details: tuple[Detail, ...]


def spoken_detail(text: str) -> Spoken:
    """A gap's text with its Chinese; without where nobody has written that down."""
    return Spoken(text, _in_chinese(text) if len(text) <= _LONGEST else "")


def _in_chinese(text: str) -> str:
    for pattern, detail in _patterns():
        found = pattern.fullmatch(text)
        if found:
            parts = {name: _in_chinese(part) or part for name, part in found.groupdict().items()}
            return detail.zh.format(**parts)
    return ""


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Detail], ...]:
    document = read_document(policies_folder(), "messages/gaps.yml", Details)
    return tuple(
        (re.compile("".join(_pieces(detail.en)), re.DOTALL), detail)
        for detail in document.value.details
    )


def _pieces(template: str) -> Iterator[str]:
    for before, name, _join, _conversion in Formatter().parse(template):
        yield re.escape(before)
        if name is not None:
            yield f"(?P<{name}>.+?)"
