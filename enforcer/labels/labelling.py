"""Labelling: which categories the columns of a project have, by all that is said of them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.labels.before import Settled, said_in, settle_with
from enforcer.labels.declared import column_categories, relation_categories, spellings
from enforcer.labels.documented import Unmatched, documented_labels
from enforcer.labels.file import labels_in
from enforcer.labels.label import META, NAME, Described, Label, Labels
from enforcer.labels.named import named_before
from enforcer.labels.settling import Said, holding, settle
from enforcer.labels.sources import LabelSources
from enforcer.labels.warehouse import warehouse_labels
from enforcer.taxonomy import NONE
from enforcer.words import SayingChange
from lineage import Column, Origin
from lineage.projects import DeclaredColumn, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enforcer.labels.before import Before
    from enforcer.taxonomy import Taxonomy

# A column of such a type cannot hold what its name suggests, it tells whether it is there.
_TELLS_WHETHER: Final = frozenset({"bit", "bool", "boolean", "tinyint(1)"})


class Labelling(msgspec.Struct, frozen=True):
    """What is said of columns, and what of it holds; a column of which nothing is said is in none.

    `said` is everything, by column and sorted; `labels` what holds, one for each category;
    `unmatched` the names that nothing in the project is called, `changes` what a pull request
    says otherwise than its base commit. `stated` is true where not only names and a pull request
    say something.
    """

    said: Labels
    labels: Labels
    unmatched: tuple[Unmatched, ...] = ()
    changes: tuple[SayingChange, ...] = ()
    stated: bool = False


NO_SOURCES: Final = LabelSources()


def label(
    project: Described,
    taxonomy: Taxonomy,
    sources: LabelSources = NO_SOURCES,
    *,
    propose: bool,
    before: Before | None = None,
) -> Labelling:
    """Everything that is said of the columns of a project, sorted by column.

    With `propose` a column of which nothing is said gets the label that its name suggests.
    What the base commit of a pull request said `before` counts as well, and it alone keeps a
    name from suggesting one. Raises `PolicyError` for unknown categories and for labels of what
    does not exist.
    """
    columns = project.known_columns()
    documented, unmatched = documented_labels(
        sources.documents, columns, project.closed, of_base=sources.of_base
    )
    written = [*_in_files(project, columns, sources, taxonomy), *documented]
    for column, one in _heard(project, columns, taxonomy, before):
        # `meta` may name a column that nothing has mentioned so far; DDL has made its own.
        if one.by == META or column.column in columns.get(column.relation, ()):
            written.append((column, one))
        else:
            unmatched.append(Unmatched(one.origin, str(column)))
    settled = Settled(tuple(written), frozenset(column for column, _ in written))
    if before is not None:
        named = named_before(before.project, columns, sources, taxonomy)
        settled = settle_with(before, written, project, columns, taxonomy, named)
    found: dict[Column, set[Label]] = {}
    for column, one in settled.labels:
        found.setdefault(column, set()).add(one)
    if propose:
        for column, one in _proposed(project, columns, taxonomy):
            if column not in settled.told:
                found.setdefault(column, set()).add(one)
    said = {column: tuple(sorted(found[column])) for column in sorted(found)}
    return Labelling(
        MappingProxyType(said),
        MappingProxyType({column: holding(labels) for column, labels in said.items()}),
        tuple(sorted(set(unmatched))),
        settled.changes,
        bool(settled.told),
    )


def said_of(labelling: Labelling, column: Column) -> tuple[Said, ...]:
    """Everything that is said of a column, what holds first; nothing of one without a label."""
    return settle(labelling.said.get(column, ()))


def _heard(
    project: Described,
    columns: Mapping[str, Sequence[str]],
    taxonomy: Taxonomy,
    before: Before | None,
) -> Iterator[tuple[Column, Label]]:
    """What the project says itself, in all words that count.

    Words of a pull request add to what is said by the base commit's: another meaning takes none
    away, and that something is nothing the base commit has to say.
    """
    words = before.words if before is not None and before.words is not None else taxonomy
    said = [*_written(project, columns, words), *warehouse_labels(project.remarks, words)]
    if words is taxonomy:
        yield from said
        return
    own = set(said_in(project, taxonomy))
    denied = {column for column, one in own if one.category == NONE}
    yield from own
    yield from (pair for pair in said if pair[1].category != NONE or pair[0] in denied)


def _in_files(
    project: Described,
    columns: Mapping[str, Sequence[str]],
    sources: LabelSources,
    taxonomy: Taxonomy,
) -> Iterator[tuple[Column, Label]]:
    declared = {relation.name: relation for relation in project.relations}
    for file in sources.files:
        yield from labels_in(file, declared, columns, taxonomy, of_base=sources.of_base)


def _written(
    project: Described, columns: Mapping[str, Sequence[str]], taxonomy: Taxonomy
) -> Iterator[tuple[Column, Label]]:
    remarked: dict[tuple[str, str], set[Fact]] = {}
    for remark in project.remarks:
        at = remark.relation, remark.column
        remarked.setdefault(at, set()).add(Fact(remark.key, remark.value))
    for relation in project.relations:
        declared = {column.name for column in relation.columns}  # others only texts name
        mentioned = spellings(n for n in columns[relation.name] if n not in declared)
        for column in relation.columns:
            own = _without(column, remarked.get((relation.name, column.name)))
            for category, by in column_categories(relation, column.name, own, taxonomy):
                for name in (column.name, *mentioned.get(column.name.lower(), ())):
                    yield Column(relation.name, name), Label(category, by, relation.origin)
        for name, category in relation_categories(relation, columns[relation.name], taxonomy):
            yield Column(relation.name, name), Label(category, META, relation.origin)


def _without(column: DeclaredColumn, remarked: set[Fact] | None) -> tuple[Fact, ...]:
    """The facts of a column that DDL has not said, for what it says is known with its place."""
    if not remarked:
        return column.facts
    return tuple(fact for fact in column.facts if fact not in remarked)


def _proposed(
    project: Described, columns: Mapping[str, Sequence[str]], taxonomy: Taxonomy
) -> Iterator[tuple[Column, Label]]:
    by_name = {relation.name: relation for relation in project.relations}
    for name, known in columns.items():
        relation = by_name.get(name)
        origin = relation.origin if relation else Origin(name, 1, 1)
        typed = {c.name: c.type.lower() for c in relation.columns} if relation else {}
        for column in known:
            category = taxonomy.suggest(column)
            if category is not None and typed.get(column) not in _TELLS_WHETHER:
                yield Column(name, column), Label(category, NAME, origin)
