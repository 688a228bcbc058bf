"""Stars that filter and rename: which columns they mean, and what they call them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.link.segments import ANY
from lineage.objects import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineage.objects import Star

MAX_NAME = 128  # a longer name fits every pattern, so that none takes long to match


def fits(star: Star, name: str) -> bool:
    """Whether a column is one of those that a star means."""
    if not star.pattern:
        return True
    if len(name) > MAX_NAME:
        return True
    try:
        return re.search(star.pattern, name) is not None
    except re.error:
        return True


def called(star: Star, name: str) -> str:
    r"""The name that a template gives to a column; `\1` is a group of what the pattern found."""
    if not star.called:
        return name
    template = star.called.replace("\\0", name)
    if "\\" not in template:
        return template
    found = re.search(star.pattern, name) if star.pattern and len(name) <= MAX_NAME else None
    try:
        return (found.expand(template) if found is not None else "") or name
    except (re.error, IndexError):
        return name


def uncalled(star: Star, name: str) -> str | None:
    """The column that a template gave a name to, None where that cannot be told."""
    before, found, after = star.called.partition("\\0")
    if not found or "\\" in before + after or name == ANY:
        return None
    fits = name.startswith(before) and name.endswith(after)
    return name[len(before) : len(name) - len(after)] if fits else ""


def gives_names(star: Star) -> bool:
    """Whether a star puts out columns under names that its source does not have."""
    return bool(star.renamed or star.called or star.source == FIELDS)


def may_give(star: Star, name: str) -> bool:
    """Whether a star may be what gives this name, as far as one can tell without its columns."""
    if star.source == FIELDS or any(new == name for _old, new in star.renamed):
        return True
    return bool(star.called) and uncalled(star, name) != ""


def given_by(star: Star, name: str, columns: Iterable[str]) -> list[str]:
    """The columns to which a star gives a name; `columns` are those that are known."""
    old = [column for column, new in star.renamed if new == name]
    if not star.called:
        return old
    before = uncalled(star, name)
    candidates = columns if before is None else [before] if before else []
    return old + [c for c in candidates if fits(star, c) and called(star, c) == name]
