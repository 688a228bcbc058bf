"""Grants: whether one lets somebody read, and which relations it is about."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lineage import Grant

_NOT_READING: Final = frozenset(
    {
        "alter",
        "create",
        "delete",
        "drop",
        "evolve schema",
        "execute",
        "index",
        "insert",
        "monitor",
        "references",
        "trigger",
        "truncate",
        "update",
        "usage",
    }
)


def may_read(grant: Grant) -> bool:
    """True when one of the privileges granted lets somebody read, or none is known."""
    privileges = {privilege.lower() for privilege in grant.privileges}
    return not privileges or not privileges <= _NOT_READING


def granted_relations(relations: Collection[str], granted: str) -> Sequence[str]:
    """The relations that a grant is about: one, those of a schema, or those a glob matches.

    Where none has that name, those that may be meant: a script that names the database once
    writes shorter names elsewhere.
    """
    if granted in relations:
        return (granted,)
    whole = granted.removesuffix(".*")
    inside = [
        name
        for name in relations
        if name.startswith(f"{whole}.") or ("*" in granted and fnmatchcase(name, granted))
    ]
    parts = granted.split(".")
    return inside or [name for name in relations if _may_be_meant(name.split("."), parts)]


def _may_be_meant(name: list[str], granted: list[str]) -> bool:
    """True when one name ends with the other, where a star is any one part."""
    if "*" in granted and len(name) > len(granted):
        return False
    if "*" not in granted and len(name) == len(granted):
        return False
    pairs = zip(reversed(name), reversed(granted), strict=False)
    return all(wanted in ("*", part) for part, wanted in pairs)
