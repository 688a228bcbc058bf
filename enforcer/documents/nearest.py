"""The word that somebody most likely meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIKENESS: Final = 0.6
_LONGEST: Final = 100
_LISTED: Final = 16


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like `word`, None when none is."""
    by_folded = {name.lower(): name for name in sorted(known)}
    found = get_close_matches(word[:_LONGEST].lower(), by_folded, n=1, cutoff=_LIKENESS)
    return by_folded[found[0]] if found else None


def nearest_or_all(word: str, known: Iterable[str]) -> str:
    """What to do about an unknown word: `did you mean …?`, or all the words there are."""
    names = sorted(known)
    meant = nearest(word, names)
    if meant is not None:
        return f"did you mean `{meant}`?"
    if not names:
        return "there is none to name"
    listed = ", ".join(f"`{name}`" for name in names[:_LISTED])
    return f"use one of {listed}" + (" and others" if len(names) > _LISTED else "")


def quoted(text: str) -> str:
    """A text as a message shows it: in back-ticks, on one line, and not too long."""
    line = " ".join(text.split())
    return f"`{line[: _LONGEST - 1]}…`" if len(line) > _LONGEST else f"`{line}`"
