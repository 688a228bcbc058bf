"""Labels that SQL itself declares: warehouse tags, policy tags and comments of columns.

What is said of a whole relation labels no column, for it does not say which. A tag whose
own comment holds a marker (`CREATE TAG pii COMMENT = 'fieldgate: user'`) means that category
wherever it is set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enforcer.labels.declared import checked, commented
from enforcer.labels.label import COMMENT, POLICY_TAG, WAREHOUSE_TAG, Label
from enforcer.labels.phrases import (
    denies,
    is_own,
    markers_in,
    narrowed,
    of_pair,
    of_tag,
    of_warehouse_tag,
)
from lineage import Column

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from enforcer.taxonomy import Taxonomy
    from lineage import Remark

_TAG: Final = "tag."
_OF_TAGS: Final = "tag:"
_SENSITIVITY: Final = "sensitivity."


def warehouse_labels(
    remarks: Iterable[Remark], taxonomy: Taxonomy
) -> Iterator[tuple[Column, Label]]:
    """The labels that remarks of DDL are.

    Raises `PolicyError`, where the remark is written, for a category that is none.
    """
    remarks = tuple(remarks)
    meanings: dict[str, set[str]] = {}
    for tag, category in _meanings(remarks, taxonomy):
        meanings.setdefault(tag, set()).add(category)
    for remark in remarks:
        if remark.column:
            for category, by in _of(remark, meanings, taxonomy):
                found = Label(category, by, remark.origin)
                yield Column(remark.relation, remark.column), found


def _meanings(remarks: Iterable[Remark], taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    """What a tag means by its own comment, by the last part of its name."""
    for remark in remarks:
        if remark.relation.startswith(_OF_TAGS) and remark.key == "comment":
            name = remark.relation.removeprefix(_OF_TAGS)
            for written in markers_in(remark.value):
                yield _last(name), checked(written, f"the tag {name}", remark.origin, taxonomy)


def _of(
    remark: Remark, meanings: Mapping[str, Collection[str]], taxonomy: Taxonomy
) -> Iterator[tuple[str, str]]:
    where = f"{remark.relation}.{remark.column}"
    if remark.key == "comment":
        for category in commented(remark.value, remark.column, where, remark.origin, taxonomy):
            yield category, COMMENT
    elif remark.key.startswith(_TAG):
        for category in _of_tag(remark, meanings, taxonomy):
            yield category, WAREHOUSE_TAG
    else:
        found = _of_other(remark, taxonomy)
        if found is not None:
            by = POLICY_TAG if remark.key == "policy_tag" else WAREHOUSE_TAG
            yield narrowed(found, remark.column, taxonomy), by


def _of_tag(
    remark: Remark, meanings: Mapping[str, Collection[str]], taxonomy: Taxonomy
) -> Iterator[str]:
    name = remark.key.removeprefix(_TAG)
    if is_own(name) or is_own(_last(name)):
        where = f"{remark.relation}.{remark.column}"
        yield checked(remark.value, where, remark.origin, taxonomy)
        return
    meant = () if denies(remark.value) else sorted(meanings.get(_last(name), ()))
    found = (of_warehouse_tag(name, remark.value, taxonomy), *meant)
    yield from (narrowed(category, remark.column, taxonomy) for category in found if category)


def _of_other(remark: Remark, taxonomy: Taxonomy) -> str | None:
    if remark.key == "policy_tag":
        return of_tag(remark.value, taxonomy)
    if remark.key == "masking_policy":
        return taxonomy.of_alias(remark.value) or taxonomy.of_alias(_last(remark.value))
    if remark.key.startswith(_SENSITIVITY):
        return of_pair(remark.key.removeprefix(_SENSITIVITY), remark.value, taxonomy)
    return None


def _last(name: str) -> str:
    """The end of a name, which stands in quotes or not as it is written."""
    return name.replace('"', "").rpartition(".")[2]
