"""Which category a column has, going by nothing but its name.

A name is taken apart into words; what counts is how it ends, for the last word says what a
thing is and those before it whose or which: `billing_email` is an e-mail address,
`email_count` is a count.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enforcer.rules import Strict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST: Final = 200
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DIVIDER: Final = re.compile(r"[\W_]+")
_DIGITS: Final = "0123456789"


class NameHint(Strict, frozen=True, kw_only=True):
    """Names of one category: see the head of policies/taxonomy/names.yml."""

    end: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()


class NameHints(Strict, frozen=True, kw_only=True):
    """All hints, by category, and the words that decide whether one holds."""

    person: tuple[str, ...]
    use: tuple[str, ...]
    not_about: tuple[str, ...]
    not_of: tuple[str, ...]
    ending: tuple[str, ...]
    hints: dict[str, NameHint]


class ColumnNames:
    """The hints in a form in which a name is looked up in a few steps."""

    __slots__ = ("_before", "_ending", "_hints", "_not_after", "_person", "_void")

    def __init__(self, names: NameHints) -> None:
        self._person = frozenset(names.person)
        self._before = self._person | frozenset(names.use)
        self._void = frozenset(names.not_about) | frozenset(names.not_of)
        self._ending = frozenset(names.ending)
        self._hints: dict[str, dict[str, str]] = {"end": {}, "alone": {}, "person": {}}
        for category, hint in names.hints.items():
            for mode, phrases in self._hints.items():
                for phrase in getattr(hint, mode):
                    phrases[phrase.replace(" ", "")] = category
        self._not_after = {c: frozenset(h.not_after) for c, h in names.hints.items()}

    def suggest(self, name: str) -> str | None:
        """The category that the name suggests, None when it suggests none."""
        for words in self._shortened(_words(name)):
            for start in range(len(words)):
                found = self._of_ending(words, start)
                if found is not None:
                    return found
        return None

    def _shortened(self, words: list[str]) -> Iterator[Sequence[str]]:
        """The name, and what it is without digits and words at its end that change nothing."""
        while words:
            yield tuple(words)
            last = words.pop()
            shorter = last.rstrip(_DIGITS)
            if last in self._ending or not shorter:
                continue
            if shorter == last:
                return
            words.append(shorter)

    def _of_ending(self, words: Sequence[str], start: int) -> str | None:
        """What the words from `start` on mean after the words before them."""
        phrase, before = "".join(words[start:]), words[:start]
        for mode, phrases in self._hints.items():
            category = phrases.get(phrase)
            if category and self._holds(mode, category, before):
                return category
        if not before and not phrase.isascii():
            return self._of_run(phrase)
        return None

    def _holds(self, mode: str, category: str, before: Sequence[str]) -> bool:
        void = self._void | self._not_after[category]
        if any(word in void for word in before):
            return False
        if mode == "end":
            return True
        allowed = self._before if mode == "alone" else self._person
        return before[-1] in allowed if before else mode == "alone"

    def _of_run(self, phrase: str) -> str | None:
        """Chinese is written without gaps: the longest hint with which the run ends."""
        ends = (self._hints["end"].get(phrase[start:]) for start in range(1, len(phrase)))
        return next((category for category in ends if category), None)


def _words(name: str) -> list[str]:
    parts = _DIVIDER.split(name[:_LONGEST])
    return [word.lower() for part in parts for word in _HUMP.split(part) if word]
