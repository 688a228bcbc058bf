"""Sources: the labelled columns that rules speak of."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import msgspec

from enforcer.shared import shared
from enforcer.taxonomy import Form
from lineage import Column, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enforcer.estate import Estate
    from enforcer.labels import Label


class Source(msgspec.Struct, frozen=True, order=True):
    """A labelled column that a rule speaks of, and where its label is written."""

    column: Column
    category: str
    origin: Origin
    enumerable: bool = False
    form: Form = Form()


def categories_used(estate: Estate) -> Mapping[str, Sequence[int]]:
    """The categories that columns are labelled with, each with the numbers of these columns."""
    return _numbers(estate)


@shared
def labelled(estate: Estate, categories: frozenset[str]) -> tuple[Source, ...]:
    """The columns that are labelled with some of these categories, one entry each, sorted."""
    numbers, sole = _numbers(estate), _sole(estate)
    chosen = sorted({number for category in categories for number in numbers[category]})
    return tuple(sole[number] or _of_several(estate, number, categories) for number in chosen)


@shared
def _labels(estate: Estate) -> tuple[tuple[Column, tuple[Label, ...]], ...]:
    return tuple(sorted(estate.labels.items()))


@shared
def _numbers(estate: Estate) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = {}
    for number, (_, labels) in enumerate(_labels(estate)):
        for label in labels:
            found.setdefault(label.category, []).append(number)
    return found


@shared
def _sole(estate: Estate) -> Sequence[Source | None]:
    """The source of each labelled column, None where its label is not the only one."""
    return [
        _source(estate, column, labels) if len(labels) == 1 else None
        for column, labels in _labels(estate)
    ]


def _of_several(estate: Estate, number: int, categories: frozenset[str]) -> Source:
    column, labels = _labels(estate)[number]
    return _source(estate, column, [x for x in labels if x.category in categories])


def _source(estate: Estate, column: Column, labels: Sequence[Label]) -> Source:
    """The source that a column is by some labels.

    The one whose values can be tried comes first, since it asks for more; of what they let a
    cut leave the least holds.
    """
    taxonomy = estate.taxonomy
    first = next((x for x in labels if taxonomy.is_enumerable(x.category)), labels[0])
    tried = taxonomy.is_enumerable(first.category)
    form = reduce(Form.stricter, (taxonomy.form_of(label.category) for label in labels))
    return Source(column, first.category, first.origin, tried, form)
