"""Patterns by which people name relations and columns.

`*` is any text and `?` any character, dots and slashes too. Letter case does not count,
since it is the warehouse that decides how a name is stored.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from lineage.addresses import spelt_plainly
from lineage.dialects import IN_QUOTES, is_path, lower, own_name
from lineage.uris import FILE_ENDINGS

if TYPE_CHECKING:
    import re

_NO_DIVIDER = "\0"  # no name holds one


def matches(pattern: str, text: str) -> bool:
    """True when the whole text matches."""
    return fnmatchcase(lower(text), lower(pattern))


def relation_matches(pattern: str, name: str) -> bool:
    """True when a dotted name matches, or its end from some dot on, as `raw.x` is `shop.raw.x`.

    A dot in quotes divides nothing. A session's table has its own name. A file or stage is no
    dotted name: it matches as a whole, one beside us without its `./` too, and no pattern that is
    about a schema.
    """
    name = own_name(name)
    folded, wanted = _undivided(lower(name)), _undivided(lower(pattern))
    if is_path(name):
        if not name.startswith("@") and _is_about_a_schema(wanted):
            return False
        return fnmatchcase(lower(spelt_plainly(name)), lower(spelt_plainly(pattern)))
    return fnmatchcase(folded, wanted) or any(
        fnmatchcase(end, wanted) for end in _ends(folded, ".")
    )


def place_matches(pattern: str, place: str) -> bool:
    """True when a stage, a file or an address matches as a whole, however both are spelt.

    Letter case counts where it does outside: not in the names of stages and hosts. What is put
    into `s3://b/x` is in `s3://b/x/*`.
    """
    plain, wanted = spelt_plainly(place), spelt_plainly(pattern)
    return fnmatchcase(plain, wanted) or fnmatchcase(f"{plain}/", wanted)


def _is_about_a_schema(pattern: str) -> bool:
    """True for a pattern with dots that is neither a path's nor ends as files do."""
    return "." in pattern and "/" not in pattern and not pattern.endswith(FILE_ENDINGS)


def _undivided(name: str) -> str:
    """A name in which another sign stands for the dots in quotes."""
    return IN_QUOTES.sub(_without_dots, name) if '"' in name else name


def _without_dots(found: re.Match[str]) -> str:
    return found.group().replace(".", _NO_DIVIDER)


def path_matches(pattern: str, path: str) -> bool:
    """True when a path matches, or its end from some slash on; letter case counts."""
    return fnmatchcase(path, pattern) or any(fnmatchcase(end, pattern) for end in _ends(path, "/"))


def _ends(text: str, divider: str) -> list[str]:
    parts = text.split(divider)
    return [divider.join(parts[start:]) for start in range(1, len(parts))]


def is_glob(pattern: str) -> bool:
    """True when a pattern may match more than one name."""
    return any(sign in pattern for sign in "*?[")
