"""Telling who says what of a column, where, and what of it holds: for people who ask why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.labels.settling import Said, settle
from lineage.shown import brief, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.labels.labelling import Labelling
    from lineage import Column


def said_of(labelling: Labelling, column: Column) -> tuple[Said, ...]:
    """Everything that is said of a column, what holds first; nothing of one without a label."""
    return settle(labelling.said.get(column, ()))


def tell_labels(labelling: Labelling, column: Column) -> Iterator[str]:
    """A line for each thing that is said of a column, safe to be shown.

    `user.contact.email, says meta (models/users.yml:3:5)`; what does not hold says why.
    """
    for said in said_of(labelling, column):
        label = said.label
        where = plain(str(label.origin)) if label.origin.file else "the project"
        line = f"{brief(label.category)}, says {label.by} ({where})"
        yield line if said.holds else f"{line}: does not hold, for {said.why}"
