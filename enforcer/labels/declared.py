"""Labels that stand in the project itself: in the meta and tags of columns and relations.

Fieldgate's own keys say a category by name, so an unknown one is an error. The words of
other conventions (`pii: true`, `classification: phi`, a tag) are taken where they are known
and are nobody's mistake where they are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enforcer.taxonomy import Taxonomy
    from lineage.projects import Fact, Relation

_METAS: Final = ("config.meta.", "meta.")
_CATEGORY: Final = "fieldgate.category"
_LABELS: Final = "fieldgate.labels."
_FIDES: Final = "fides.data_categories"
_CLASSES: Final = frozenset(
    {
        "classification",
        "data_category",
        "data_class",
        "data_classification",
        "data_sensitivity",
        "pii_category",
        "pii_type",
        "privacy",
        "sensitivity",
    }
)
_TRUE: Final = frozenset({"1", "true", "y", "yes"})
_ASKS: Final = re.compile(r"^(?:contains|has|is)_")
_PARTS: Final = re.compile(r"[:=/]")
META: Final = "meta"
TAG: Final = "tag"


def column_categories(
    relation: Relation, column: str, facts: Sequence[Fact], taxonomy: Taxonomy
) -> Iterator[tuple[str, str]]:
    """What a column's own facts say: category, and `meta` or `tag`.

    A word that only says "personal" is narrowed down to what the column's name suggests.
    Raises `PolicyError` where the relation is declared for an unknown category.
    """
    for written in (*_meta(facts, _CATEGORY), *_known(_meta(facts, _FIDES), taxonomy)):
        yield _checked(relation, column, written, taxonomy), META
    for category in _of_words(facts, taxonomy):
        yield _narrowed(category, column, taxonomy), META
    for fact in facts:
        found = _of_tag(fact.value, taxonomy) if fact.key in {"tag", "config.tags"} else None
        if found is not None:
            yield _narrowed(found, column, taxonomy), TAG


def relation_categories(
    relation: Relation, columns: Iterable[str], taxonomy: Taxonomy
) -> Iterator[tuple[str, str]]:
    """What `fieldgate.labels` of a relation says: column and category.

    Names are compared without letter case. Raises `PolicyError` for an unknown category, and
    for a column that a relation has not whose columns are all known.
    """
    known = {name.lower(): name for name in columns}
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
        column = known.get(name, name)
        for category in next(iter(by_meta.values())):
            yield column, _checked(relation, column, category, taxonomy)


def _meta(facts: Sequence[Fact], key: str) -> tuple[str, ...]:
    """The values of a key of meta; those under `config` win."""
    for meta in _METAS:
        found = tuple(fact.value for fact in facts if fact.key == meta + key)
        if found:
            return found
    return ()


def _known(categories: Iterable[str], taxonomy: Taxonomy) -> Iterator[str]:
    """Categories of another tool's taxonomy: one that was added there counts as its parent."""
    for category in categories:
        name = category
        while "." in name and taxonomy.of_alias(name) is None:
            name = name.rpartition(".")[0]
        yield name


def _checked(relation: Relation, column: str, category: str, taxonomy: Taxonomy) -> str:
    try:
        return taxonomy.check(category, relation.origin)
    except PolicyError as error:
        what = f"{error.message} on {relation.name}.{column}"
        raise PolicyError(error.origin, what, error.next_step) from None


def _of_words(facts: Sequence[Fact], taxonomy: Taxonomy) -> Iterator[str]:
    starts = [(fact.key, meta) for fact in facts for meta in _METAS if fact.key.startswith(meta)]
    keys = {key.removeprefix(meta) for key, meta in starts}
    for key in sorted(key for key in keys if "." not in key):
        said = taxonomy.of_alias(_ASKS.sub("", key.lower()))
        for value in _meta(facts, key) if said or key.lower() in _CLASSES else ():
            meant = taxonomy.of_alias(value)
            if meant is not None:
                yield meant
            elif said is not None and value.lower() in _TRUE:
                yield said


def _of_tag(tag: str, taxonomy: Taxonomy) -> str | None:
    """A tag is a word, or several with the narrowest last (`pii:email`)."""
    for word in (tag, *reversed(_PARTS.split(tag))):
        found = taxonomy.of_alias(word)
        if found is not None:
            return found
    return None


def _narrowed(category: str, column: str, taxonomy: Taxonomy) -> str:
    suggested = taxonomy.suggest(column)
    return suggested if suggested and taxonomy.covers(category, suggested) else category
