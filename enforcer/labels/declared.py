"""Labels that stand in the project itself: in the meta and tags of columns and relations.

Fieldgate's own keys say a category by name, so an unknown one is an error. The words of
other conventions (`pii: true`, `classification: phi`, a tag) are taken where they are known
and are nobody's mistake where they are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.labels.label import COMMENT, DESCRIPTION, META, POLICY_TAG, TAG
from enforcer.labels.phrases import (
    in_taxonomy,
    markers_in,
    narrowed,
    of_comment,
    of_pair,
    of_tag,
)
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enforcer.taxonomy import Taxonomy
    from lineage import Origin
    from lineage.projects import Fact, Relation

_METAS: Final = ("config.meta.", "meta.")
_CATEGORY: Final = "fieldgate.category"
_LABELS: Final = "fieldgate.labels."
_FIDES: Final = "fides.data_categories"
_TAGS: Final = {"tag": TAG, "config.tags": TAG, "policy_tag": POLICY_TAG}
_TEXTS: Final = {"description": DESCRIPTION, "catalog.comment": COMMENT}


def column_categories(
    relation: Relation, column: str, facts: Sequence[Fact], taxonomy: Taxonomy
) -> Iterator[tuple[str, str]]:
    """What a column's own facts say: category, and by what.

    A word that only says "personal" is narrowed down to what the column's name suggests.
    Raises `PolicyError` where the relation is declared for an unknown category.
    """
    at, where = relation.origin, f"{relation.name}.{column}"
    fides = (in_taxonomy(name, taxonomy) for name in _meta(facts, _FIDES))
    for written in (*_meta(facts, _CATEGORY), *fides):
        yield checked(written, where, at, taxonomy), META
    for category in _of_words(facts, taxonomy):
        yield narrowed(category, column, taxonomy), META
    for fact in facts:
        if fact.key in _TEXTS:
            for category in commented(fact.value, column, where, at, taxonomy):
                yield category, _TEXTS[fact.key]
        found = of_tag(fact.value, taxonomy) if fact.key in _TAGS else None
        if found is not None:
            yield narrowed(found, column, taxonomy), _TAGS[fact.key]


def commented(text: str, column: str, where: str, at: Origin, taxonomy: Taxonomy) -> Iterator[str]:
    """The categories that a comment says; raises `PolicyError` for a marker of an unknown one."""
    for written in markers_in(text):
        yield checked(written, where, at, taxonomy)
    for category in of_comment(text, taxonomy):
        yield narrowed(category, column, taxonomy)


def relation_categories(
    relation: Relation, columns: Iterable[str], taxonomy: Taxonomy
) -> Iterator[tuple[str, str]]:
    """What `fieldgate.labels` of a relation says: column and category.

    Names are compared without letter case. Raises `PolicyError` for an unknown category, and
    for a column that a relation has not whose columns are all known.
    """
    known = spellings(columns)
    written: dict[str, dict[str, list[str]]] = {}
    for meta in _METAS:
        for fact in relation.facts:
            name = fact.key.removeprefix(meta + _LABELS)
            if name != fact.key:
                written.setdefault(name.lower(), {}).setdefault(meta, []).append(fact.value)
    for name, by_meta in sorted(written.items()):
        if name not in known and relation.complete:
            what = f"`meta.fieldgate.labels` names `{name}`, no column of {relation.name}"
            raise PolicyError(relation.origin, what, "mend the name, or remove it")
        for column in known.get(name, [name]):
            for category in next(iter(by_meta.values())):
                where = f"{relation.name}.{column}"
                yield column, checked(category, where, relation.origin, taxonomy)


def spellings(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by what they are in lower case: people declare no quotes."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(name.lower(), []).append(name)
    return found


def checked(category: str, where: str, at: Origin, taxonomy: Taxonomy) -> str:
    """The category that is meant; raises `PolicyError`, which names the column, for none."""
    try:
        return taxonomy.check(category, at)
    except PolicyError as error:
        what = f"{error.message} on {where}"
        raise PolicyError(error.origin, what, error.next_step) from None


def _meta(facts: Sequence[Fact], key: str) -> tuple[str, ...]:
    """The values of a key of meta; those under `config` win."""
    for meta in _METAS:
        found = tuple(fact.value for fact in facts if fact.key == meta + key)
        if found:
            return found
    return ()


def _of_words(facts: Sequence[Fact], taxonomy: Taxonomy) -> Iterator[str]:
    starts = [(fact.key, meta) for fact in facts for meta in _METAS if fact.key.startswith(meta)]
    keys = {key.removeprefix(meta) for key, meta in starts}
    for key in sorted(key for key in keys if "." not in key):
        for value in _meta(facts, key):
            category = of_pair(key, value, taxonomy)
            if category is not None:
                yield category
