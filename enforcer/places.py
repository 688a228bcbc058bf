"""Places: the named parts of the world where data may rest or go, and what lies in which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enforcer.config import Configuration, read_named
from enforcer.documents.nearest import quoted
from enforcer.globs import is_glob, matches, path_matches, place_matches, relation_matches
from enforcer.rules import Match, Place
from enforcer.words import PolicyError
from lineage.projects import Relation, RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enforcer.documents import Document
    from enforcer.taxonomy import Taxonomy

_EXPOSURE = "exposure:"
_TAGS = ("tag", "config.tags")
_GROUPS = ("group", "config.group")


def load_places(configuration: Configuration, taxonomy: Taxonomy) -> Mapping[str, Place]:
    """The places that a configuration declares or names, by name.

    Raises `PolicyError` for a place that nothing can match and for an unknown category.
    """
    written = configuration.settings.places
    if isinstance(written, str):
        if not written:
            return {}
        document = read_named(configuration, written, dict[str, Place])
        check_places(document.value, document, (), taxonomy)
        return document.value
    if configuration.document is not None:
        check_places(written, configuration.document, ("places",), taxonomy)
    return written


def check_places(
    places: Mapping[str, Place],
    document: Document[Any],
    path: tuple[str | int, ...],
    taxonomy: Taxonomy,
) -> None:
    """Whether places written at `path` of a document make sense; raises `PolicyError`."""
    for name, place in places.items():
        if is_glob(name) or not name.strip():
            what = f"{quoted(name)} is no name for a place"
            raise PolicyError(document.key_origin(*path, name), what, "use letters and digits")
        if place.match == Match():
            what = f"place {quoted(name)} matches nothing"
            step = "name relations, paths, tags, groups, exposures, roles, stages, uris or kinds"
            raise PolicyError(document.origin(*path, name, "match"), what, step)
        for number, category in enumerate(place.partner.permits if place.partner else ()):
            at = document.origin(*path, name, "partner", "permits", number)
            taxonomy.check_pattern(category, at)


def places_of(relation: Relation, places: Mapping[str, Place]) -> tuple[str, ...]:
    """The names of the places that a relation lies in, sorted."""
    return tuple(name for name in sorted(places) if _lies_in(relation, places[name].match))


def find_places(
    relations: Sequence[Relation], places: Mapping[str, Place]
) -> Mapping[str, tuple[str, ...]]:
    """The places of every relation that lies in one, by the relation's name."""
    found = ((relation.name, places_of(relation, places)) for relation in relations)
    return {name: names for name, names in found if names}


def _lies_in(relation: Relation, match: Match) -> bool:
    return (
        relation.kind in match.kinds
        or any(relation_matches(pattern, relation.name) for pattern in match.relations)
        or any(path_matches(pattern, relation.origin.file) for pattern in match.paths)
        or _stated(relation, _TAGS, match.tags)
        or _stated(relation, _GROUPS, match.groups)
        or _is_outside(relation, match)
    )


def _stated(relation: Relation, keys: Iterable[str], patterns: Sequence[str]) -> bool:
    values = [fact.value for fact in relation.facts if fact.key in keys] if patterns else ()
    return any(matches(pattern, value) for pattern in patterns for value in values)


def _is_outside(relation: Relation, match: Match) -> bool:
    """Exposures, stages and files. A file's name counts with its letter case, as it is stored."""
    name = relation.name
    if relation.kind is RelationKind.EXPOSURE:
        exposure = name.removeprefix(_EXPOSURE)
        return any(matches(pattern, exposure) for pattern in match.exposures)
    if relation.kind is not RelationKind.EXTERNAL:
        return False
    if name.startswith("@"):
        return any(place_matches(_stage(pattern), name) for pattern in match.stages)
    return any(place_matches(pattern, name) for pattern in match.uris)


def _stage(pattern: str) -> str:
    return pattern if pattern.startswith(("@", "*")) else f"@{pattern}"
