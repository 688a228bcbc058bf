"""What files of a base commit say of relations and columns by their names, as these were there.

Labels files, contracts and datasets name what they are about. So a pull request that calls it
otherwise is rid of the label, unless it is known what the names meant before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enforcer.globs import relation_matches
from enforcer.labels.documented import documented_labels
from enforcer.labels.file import categories_at, labels_in
from enforcer.labels.label import FILE, Label
from lineage import Column

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from enforcer.documents import Document
    from enforcer.labels.file import LabelsFile
    from enforcer.labels.label import Described
    from enforcer.labels.sources import LabelSources
    from enforcer.taxonomy import Taxonomy
    from lineage.projects import Relation


def named_before(
    was: Described, now: Collection[str], sources: LabelSources, taxonomy: Taxonomy
) -> Iterator[tuple[Column, Label]]:
    """The labels that files give to what was there; `now` are the relations of today.

    An entry of a labels file that matches neither is about what a pull request has removed, so
    its own names stand for what they meant.
    """
    columns, relations = was.known_columns(), _merged(was)
    for file in sources.files:
        yield from labels_in(file, relations, columns, taxonomy, of_base=True)
        if sources.of_base:
            yield from _unmatched(file, (*columns, *now), taxonomy)
    labels, _ = documented_labels(sources.documents, columns, was.closed, of_base=True)
    yield from labels


def _merged(was: Described) -> dict[str, Relation]:
    """The relations by name, each with all that is stated of it."""
    found: dict[str, Relation] = {}
    for one in was.relations:
        other = found.get(one.name, one)
        facts = tuple(sorted({*other.facts, *one.facts}))
        found[one.name] = msgspec.structs.replace(one, facts=facts)
    return found


def _unmatched(
    file: Document[LabelsFile], names: Collection[str], taxonomy: Taxonomy
) -> Iterator[tuple[Column, Label]]:
    for number, entry in enumerate(file.value.labels):
        if any(relation_matches(entry.relation, name) for name in names):
            continue
        for pattern, written in entry.columns.items():
            where = ("labels", number, "columns", pattern)
            for category, at in categories_at(file, where, written):
                label = Label(taxonomy.check(category, at), FILE, at)
                yield Column(entry.relation, pattern), label
