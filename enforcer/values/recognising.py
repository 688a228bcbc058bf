"""Of which kind a value is, and whether it is a published one that is nobody's."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cache
from typing import TYPE_CHECKING, Final

from enforcer.documents import read_document
from enforcer.shipped import policies_folder
from enforcer.value_kinds import ValueKind
from enforcer.values.kinds import KINDS
from enforcer.values.reach import is_public_ip

if TYPE_CHECKING:
    from collections.abc import Iterator

Kinds = tuple[ValueKind, ...]

_SHORTEST: Final = 3
_LONGEST: Final = 10_000
_DIVIDERS: Final = str.maketrans("", "", " .()/-")
_DIGIT: Final = re.compile(r"[0-9]")
_WITH_AT: Final = frozenset({ValueKind.EMAIL, ValueKind.SECRET})
_WITHOUT_DIGITS: Final = frozenset({ValueKind.MRZ, ValueKind.SECRET})


def kinds_of(value: str, year: int, wanted: Kinds = tuple(KINDS)) -> Iterator[ValueKind]:
    """The kinds whose form and check digits a value has, of those wanted, specimens too.

    `year` is the present one: nobody was born after it.
    """
    text = value.strip()
    if not _SHORTEST <= len(text) <= _LONGEST:
        return
    if "@" in text:  # most texts are spared most questions
        wanted = _those(wanted, _WITH_AT)
    elif _DIGIT.search(text) is None:
        wanted = _those(wanted, _WITHOUT_DIGITS)
    yield from (kind for kind in wanted if KINDS[kind].passes(text, year))


@cache
def _those(wanted: Kinds, possible: frozenset[ValueKind]) -> Kinds:
    return tuple(kind for kind in wanted if kind in possible)


def kinds_shown(value: str, year: int) -> Iterator[ValueKind]:
    """The same, with the kinds of which a value is a published specimen, whatever its digits.

    A column of specimens is one for such values, although none of them is anybody's.
    """
    text = value.strip()
    passed = set(kinds_of(text, year))
    for kind in KINDS:
        pattern = _specimens().get(kind)
        if kind in passed or (pattern is not None and _is_listed(pattern, text)):
            yield kind


def kind_of(value: str, year: int, wanted: Kinds = tuple(KINDS)) -> ValueKind | None:
    """The kind that a value most likely is of, None when it is of none or only a specimen."""
    found = next(kinds_of(value, year, wanted), None)
    return None if found is None or is_specimen(found, value.strip()) else found


def is_specimen(kind: ValueKind, value: str) -> bool:
    """Whether a value of a kind is published, reserved or of a role, and so is nobody's."""
    if kind is ValueKind.IP and not is_public_ip(value):
        return True
    pattern = _specimens().get(kind)
    return pattern is not None and _is_listed(pattern, value)


def _is_listed(pattern: re.Pattern[str], value: str) -> bool:
    text = value.lower()
    return pattern.fullmatch(text) is not None or bool(pattern.fullmatch(text.translate(_DIVIDERS)))


@cache
def _specimens() -> dict[ValueKind, re.Pattern[str]]:
    """The patterns of policies/taxonomy/specimens.yml, one for each kind."""
    folder = policies_folder() / "taxonomy"
    listed = read_document(folder, "specimens.yml", dict[ValueKind, tuple[str, ...]]).value
    return {
        kind: re.compile("|".join(translate(glob.lower()) for glob in globs))
        for kind, globs in listed.items()
    }
