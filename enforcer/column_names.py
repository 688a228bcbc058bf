"""Which category a column has, going by nothing but its name.

A name is taken apart into words; what counts is how it ends, for the last word says what a
thing is and those before it whose or which: `billing_email` is an e-mail address,
`email_count` is a count. Languages that say whose afterwards (`email_cliente`) are read with
that word moved to the front.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.rules import Strict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LONGEST: Final = 200
_REMEMBERED: Final = 50_000  # names
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DIVIDER: Final = re.compile(r"[\W_]+")
_DIGITS: Final = "0123456789"
_NAME: Final = "user.name"
_OF_FIRMS: Final = (_NAME, "user.contact")
# Letters that are no letter with a mark: what Unicode does not take apart.
_LETTERS: Final = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d"})


class NameHint(Strict, frozen=True, kw_only=True):
    """Names of one category: see the head of policies/taxonomy/names.yml."""

    end: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()


class NameHints(Strict, frozen=True, kw_only=True):
    """All hints, by category, and the words that decide whether one holds."""

    person: tuple[str, ...]
    person_after: tuple[str, ...]
    linking: tuple[str, ...]
    use: tuple[str, ...]
    not_about: tuple[str, ...]
    not_of: tuple[str, ...]
    ending: tuple[str, ...]
    things: tuple[str, ...]
    codes: tuple[str, ...]
    relation_ending: tuple[str, ...]
    hints: dict[str, NameHint]


class Hinted(msgspec.Struct, frozen=True):
    """What a name suggests, and the words in it that do, run together."""

    category: str
    phrase: str


class ColumnNames:
    """The hints in a form in which a name is looked up in a few steps."""

    __slots__ = (
        "_after",
        "_before",
        "_codes",
        "_ending",
        "_firms",
        "_heard",
        "_hints",
        "_linking",
        "_not_after",
        "_person",
        "_relation_ending",
        "_things",
        "_void",
    )

    def __init__(self, names: NameHints) -> None:
        self._after = _folded_set(names.person_after)
        self._linking = _folded_set(names.linking)
        self._person = _folded_set(names.person) | self._after
        self._before = self._person | _folded_set(names.use)
        self._void = _folded_set(names.not_about) | _folded_set(names.not_of)
        self._ending = _folded_set(names.ending)
        self._things, self._firms = _folded_set(names.things), _folded_set(names.not_of)
        self._codes = tuple(names.codes)
        self._relation_ending = _folded_set(names.relation_ending)
        self._hints: dict[str, dict[str, str]] = {"end": {}, "alone": {}, "person": {}}
        for category, hint in names.hints.items():
            for mode, phrases in self._hints.items():
                for phrase in getattr(hint, mode):
                    phrases[_folded(phrase).replace(" ", "")] = category
        self._heard: dict[str, Hinted | None] = {}
        self._not_after = {c: _folded_set(h.not_after) for c, h in names.hints.items()}

    def suggest(self, name: str) -> str | None:
        """The category that the name suggests, None when it suggests none."""
        found = self.hinted(name)
        return found.category if found is not None else None

    def hinted(self, name: str, relation: str = "") -> Hinted | None:
        """What the name suggests and by which words, None when it suggests nothing.

        A relation that is a list of people says whose its columns are (`customers.name`), and
        one of things that they are nobody's (`departments.full_name`).
        """
        found = self._by_itself(name)
        of = self._listed(relation) if relation else ""
        if found is None and of in self._person:
            found = self._read([of, *_words(name)], least=1)
        return None if found is not None and self._is_nobodys(found.category, of) else found

    def _by_itself(self, name: str) -> Hinted | None:
        """What a name suggests whosever it is; the same names come again and again."""
        if name not in self._heard:
            if len(self._heard) >= _REMEMBERED:
                self._heard.clear()
            self._heard[name] = self._read(_words(name))
        return self._heard[name]

    def _is_nobodys(self, category: str, of: str) -> bool:
        """Whether what a column seems to be is that of a firm or a thing."""
        if of in self._firms:
            return category.startswith(_OF_FIRMS)
        return of in self._things and category == _NAME

    def is_of_codes(self, relation: str) -> bool:
        """Whether a relation is by its dotted name a list of codes, which are nobody's."""
        words = f" {' '.join(_words(relation))} "
        return any(f" {phrase} " in words for phrase in self._codes)

    def _listed(self, relation: str) -> str:
        """What a relation is a list of, by its name: `stg_customers` is one of `customer`."""
        words = _words(relation)
        while words and (words[-1] in self._relation_ending or words[-1].isdigit()):
            words.pop()
        last = words[-1] if words else ""
        singular = (last, last.removesuffix("s"), last.removesuffix("es"), _of_ies(last))
        known = self._person | self._things | self._firms
        return next((word for word in singular if word in known), "")

    def _read(self, words: list[str], least: int = 0) -> Hinted | None:
        """What the words mean that begin at a place, from `least` on."""
        for reading in self._readings(words):
            for start in range(least, len(reading)):
                found = self._of_ending(reading, start)
                if found is not None:
                    return found
        return None

    def _readings(self, words: list[str]) -> Iterator[Sequence[str]]:
        """The name, shortened by what changes nothing, and with its person in front."""
        for reading in self._shortened(list(words)):
            yield reading
            if len(reading) > 1 and reading[-1] in self._after:
                rest = list(reading[:-1])
                while rest and rest[-1] in self._linking:
                    rest.pop()
                yield from ((reading[-1], *shorter) for shorter in self._shortened(rest))

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

    def _of_ending(self, words: Sequence[str], start: int) -> Hinted | None:
        """What the words from `start` on mean after the words before them."""
        phrase, before = "".join(words[start:]), words[:start]
        for mode, phrases in self._hints.items():
            category = phrases.get(phrase)
            if category and self._holds(mode, category, before):
                return Hinted(category, " ".join(words[start:]))
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

    def _of_run(self, phrase: str) -> Hinted | None:
        """Chinese is written without gaps: the longest hint with which the run ends."""
        for start in range(1, len(phrase)):
            category = self._hints["end"].get(phrase[start:])
            if category:
                return Hinted(category, phrase[start:])
        return None


def _words(name: str) -> list[str]:
    parts = _DIVIDER.split(name[:_LONGEST])
    return [_folded(word) for part in parts for word in _HUMP.split(part) if word]


def _folded(text: str) -> str:
    """In lower case, and letters without their marks: `Número` is `numero`."""
    lower = text.lower()
    if lower.isascii():
        return lower
    apart = unicodedata.normalize("NFKD", lower.translate(_LETTERS))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _folded_set(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_folded, words))


def _of_ies(word: str) -> str:
    return f"{word.removesuffix('ies')}y" if word.endswith("ies") else word
