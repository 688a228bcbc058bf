"""Roles: who may read which categories, as a project's parameters say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enforcer.config import Configuration
    from enforcer.documents import Document
    from enforcer.rules import Choice
    from enforcer.taxonomy import Taxonomy

    Roles = tuple[tuple[str, Choice], ...]


def load_roles(configuration: Configuration, taxonomy: Taxonomy) -> Roles:
    """The roles of a configuration, sorted. Raises `PolicyError` for an unknown category."""
    roles = configuration.settings.parameters.roles
    if configuration.document is not None:
        check_roles(roles, configuration.document, ("parameters", "roles"), taxonomy)
    return tuple(sorted(roles.items()))


def check_roles(
    roles: Mapping[str, Choice],
    document: Document[Any],
    path: tuple[str | int, ...],
    taxonomy: Taxonomy,
) -> None:
    """Whether the roles written at `path` of a document make sense; raises `PolicyError`."""
    for role, data in roles.items():
        for key, patterns in (("any", data.any_of), ("not", data.none_of)):
            long = key in document.keys(*path, role)
            for number, pattern in enumerate(patterns):
                at = (*path, role, key, number) if long else (*path, role, number)
                taxonomy.check_pattern(pattern, document.origin(*at))
