"""Settling: what holds of all that is said of one column.

The stricter of two sources holds. A category is stricter than `none`, a category below
another one is stricter than that, and of two that have nothing to do with each other both
hold, for a column may be two things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.labels.label import Label
from enforcer.taxonomy import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lineage import Column


class Said(msgspec.Struct, frozen=True):
    """What one source says of a column, and which other it gives way to, if it does not hold."""

    label: Label
    yields_to: Label | None = None

    @property
    def holds(self) -> bool:
        """True when no other label of the column outweighs it."""
        return self.yields_to is None


def settle(labels: Iterable[Label]) -> tuple[Said, ...]:
    """Everything that is said of one column, sorted, what holds first.

    Two sources that say the same both hold.
    """
    ordered = sorted(set(labels))
    said = [Said(label, _stricter(label, ordered)) for label in ordered]
    return tuple(sorted(said, key=lambda one: (not one.holds, one.label)))


def _stricter(label: Label, labels: Sequence[Label]) -> Label | None:
    """The label to which one gives way: the first of those that outweigh it the most."""
    if label.category == NONE:
        found = [other for other in labels if other.category != NONE]
    else:
        found = [other for other in labels if other.category.startswith(f"{label.category}.")]
    return min(found, key=lambda other: (-other.category.count("."), other), default=None)


def holding(labels: Iterable[Label]) -> tuple[Label, ...]:
    """The labels that hold, one for each category."""
    first: dict[str, Label] = {}
    for said in settle(labels):
        if said.holds:
            first.setdefault(said.label.category, said.label)
    return tuple(first.values())


def disagreements(said: Mapping[Column, Sequence[Label]]) -> tuple[Column, ...]:
    """The columns of which two sources say what cannot both be meant, sorted.

    That is a category beside `none`, and two categories of which neither covers the other
    where no source says both.
    """
    return tuple(column for column, labels in sorted(said.items()) if _disagree(labels))


def _disagree(labels: Sequence[Label]) -> bool:
    categories = {label.category for label in labels}
    if len(categories) < 2:  # noqa: PLR2004 - it takes two to disagree
        return False
    if NONE in categories:
        return True
    held = {label.category for label in holding(labels)}
    sources = [
        {x.category for x in labels if (x.by, x.origin) == source}
        for source in {(label.by, label.origin) for label in labels}
    ]
    return len(held) > 1 and not any(held <= said for said in sources)
