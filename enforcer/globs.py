"""Patterns by which people name relations and columns.

`*` is any text and `?` any character, dots and slashes too. Letter case does not count,
since it is the warehouse that decides how a name is stored.
"""

from __future__ import annotations

from fnmatch import fnmatchcase


def matches(pattern: str, text: str) -> bool:
    """True when the whole text matches."""
    return fnmatchcase(text.lower(), pattern.lower())


def relation_matches(pattern: str, name: str) -> bool:
    """True when a dotted name matches, or its end from some dot on, as `raw.x` is `shop.raw.x`.

    A file or stage is no dotted name and matches as a whole.
    """
    folded, wanted = name.lower(), pattern.lower()
    if fnmatchcase(folded, wanted):
        return True
    if "/" in folded or folded.startswith("@"):
        return False
    return any(fnmatchcase(end, wanted) for end in _ends(folded, "."))


def path_matches(pattern: str, path: str) -> bool:
    """True when a path matches, or its end from some slash on; letter case counts."""
    return fnmatchcase(path, pattern) or any(fnmatchcase(end, pattern) for end in _ends(path, "/"))


def _ends(text: str, divider: str) -> list[str]:
    parts = text.split(divider)
    return [divider.join(parts[start:]) for start in range(1, len(parts))]


def is_glob(pattern: str) -> bool:
    """True when a pattern may match more than one name."""
    return any(sign in pattern for sign in "*?[")
