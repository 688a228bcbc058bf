"""What a base commit says of a project, held against a pull request that says something else.

A label of the base commit holds, whatever became of it: labels may be added and may say more,
and what says less, or that a column holds nothing, is shown and does not count. A column that
is gone may have been renamed: new relations inherit its label by its name, and where all is known
that a table had before, its new columns do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from enforcer.globs import matches
from enforcer.labels.declared import column_categories, relation_categories
from enforcer.labels.label import CONTRACT, DATASET, FILE, META, Described, Label, described
from enforcer.labels.warehouse import warehouse_labels
from enforcer.taxonomy import NONE, Taxonomy
from enforcer.words import PolicyError, Saying, SayingChange
from lineage import Column, Origin
from lineage.projects import DeclaredColumn, Relation, RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lineage import Analysis, Remark
    from lineage.projects import Project

    Labelled = tuple[Column, Label]
    Columns = Mapping[str, Sequence[str]]

One = TypeVar("One")
# Labels by these come of files that the configuration names, so they are those of the base.
_OF_CONFIGURATION = frozenset({FILE, CONTRACT, DATASET})


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What a base commit says: of relations by their names of today, and in DDL that has changed.

    `unchanged` are scripts that are as they were, `known` the relations that are not new, `stated`
    those that are stated as ever, `added` the tags and groups that known ones have newly got.
    `words` are the pull request's own, where these may be others.
    """

    project: Described = Described(())
    unchanged: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    stated: frozenset[str] = frozenset()
    added: frozenset[tuple[str, str]] = frozenset()
    words: Taxonomy | None = None

    def told(self, remarks: Iterable[Remark]) -> Described:
        """What the base commit says with what scripts remark that are as they were.

        For what a tag means one script may say, and another one where it stands.
        """
        still = (remark for remark in remarks if remark.origin.file in self.unchanged)
        remarks = (*self.project.remarks, *still)
        return Described(self.project.relations, self.project.columns, remarks)

    def decides(self, label: Label) -> bool:
        """True for a label of today that is one of the base commit as well, by where it stands."""
        return label.by in _OF_CONFIGURATION or label.origin.file in self.unchanged


class Settled(msgspec.Struct, frozen=True):
    """The labels that count, and what a pull request has changed of them.

    `told` are the columns of which not only the pull request says something.
    """

    labels: tuple[Labelled, ...]
    told: frozenset[Column]
    changes: tuple[SayingChange, ...] = ()


def settle_with(
    before: Before,
    today: Sequence[Labelled],
    now: Described,
    columns: Columns,
    taxonomy: Taxonomy,
    named: Iterable[Labelled] = (),
) -> Settled:
    """The labels of today and those of the base commit, and what became of the latter.

    `named` are those that files of the base commit give to what was there, by its names.
    """
    found = _Found(columns)
    was: set[Labelled] = set()
    lost: set[Labelled] = set()
    for column, label in said_in(before.told(now.remarks), taxonomy):
        there = found.columns(column)
        was.update((one, label) for one in there)
        lost.update(() if there else ((column, label),))
    declared = {relation.name for relation in before.project.relations if relation.columns}
    for column, label in named:
        there = found.columns(column)
        was.update((one, label) for one in there)
        # Of a table that is there still, only its own statement tells that a column was there.
        if not there and (column.relation in declared or not found.relations(column.relation)):
            lost.add((column, label))
    lowered = set(_lowered(was, today))
    inherited = set(_inherited({*lost, *lowered}, now, columns, before))
    denied = {
        (column, label)
        for column, label in today
        if label.category == NONE
        and not before.decides(label)
        and (column, NONE) not in {(c, one.category) for c, one in was}
    }
    said = {(column, label.category, label.by) for column, label in today}
    # What is still said is told of where it stands now.
    gone = {(c, label) for c, label in was if (c, label.category, label.by) not in said}
    counted = {*today, *gone, *inherited} - denied
    changes = {
        *(SayingChange(column, Saying.LOWERED, label.category) for column, label in lowered),
        *(SayingChange(column, Saying.DENIED, NONE) for column, _ in denied),
        *(
            SayingChange(column, Saying.LOST, label.category)
            for column, label in lost
            if label.category != NONE and column.relation not in before.stated
        ),
    }
    told = {column for column, label in today if before.decides(label)}
    told |= {column for column, _ in (*was, *inherited)}
    return Settled(tuple(sorted(counted)), frozenset(told), tuple(sorted(changes)))


def said_in(project: Described, taxonomy: Taxonomy) -> Iterator[Labelled]:
    """The labels that a project states in these words; a category that is none is no label."""
    for relation in project.relations:
        for column in relation.columns:
            said = column_categories(relation, column.name, column.facts, taxonomy)
            for category, by in _readable(said):
                yield Column(relation.name, column.name), Label(category, by, relation.origin)
        names = [column.name for column in relation.columns]
        for name, category in _readable(relation_categories(relation, names, taxonomy)):
            yield Column(relation.name, name), Label(category, META, relation.origin)
    meanings = [remark for remark in project.remarks if remark.relation.startswith("tag:")]
    for remark in project.remarks:
        # What a tag means is said by other remarks, so each is read beside all those of tags.
        beside = meanings if remark.key.startswith("tag.") else ()
        yield from _readable(warehouse_labels((*beside, remark), taxonomy))


def _readable(said: Iterator[One]) -> Iterator[One]:
    try:
        yield from said
    except PolicyError:
        return  # the base commit was let pass with it, or the pull request mends it


def open_columns(before: Before, analysis: Analysis, taxonomy: Taxonomy) -> tuple[Relation, ...]:
    """Columns with a label of the base commit that nothing declares or names any more.

    They are there all the same where nobody knows all columns of a relation and nothing in the
    project writes it: `select *` carries them on.
    """
    known = {relation.name: relation for relation in analysis.relations}
    graph = analysis.graph
    found = _Found(described(analysis, analysis.relations).known_columns())
    missing: dict[str, set[str]] = {}
    for column, _ in said_in(before.told(analysis.remarks), taxonomy):
        if found.columns(column):
            continue
        for name in found.relations(column.relation):
            declared = known.get(name)
            if declared is not None and declared.complete:
                continue
            if not any(graph.incoming(node) for node in graph.nodes_of(name)):
                missing.setdefault(name, set()).add(column.column)
    return tuple(_with(known.get(name), name, missing[name]) for name in sorted(missing))


def declaring(project: Project, relations: Iterable[Relation]) -> Project:
    """A project with relations that take the place of those of the same name."""
    known = {relation.name: relation for relation in (*project.relations, *relations)}
    return msgspec.structs.replace(project, relations=tuple(known[n] for n in sorted(known)))


def _with(relation: Relation | None, name: str, columns: Iterable[str]) -> Relation:
    added = tuple(DeclaredColumn(column) for column in sorted(columns))
    if relation is None:
        at = Origin(name, 1, 1)
        return Relation(name=name, kind=RelationKind.TABLE, origin=at, columns=added)
    return msgspec.structs.replace(relation, columns=(*relation.columns, *added))


class _Found:
    """The columns of today by the names that a base commit has for them.

    A name without its schema may mean several relations, and one without quotes several columns.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._by_end: dict[str, list[str]] = {}
        for name in sorted(columns):
            parts = name.lower().split(".")
            for start in range(len(parts)):
                self._by_end.setdefault(".".join(parts[start:]), []).append(name)

    def relations(self, name: str) -> list[str]:
        return [name] if name in self._columns else self._by_end.get(name.lower(), [])

    def columns(self, column: Column) -> list[Column]:
        found = []
        for relation in self.relations(column.relation):
            alike = [c for c in self._columns[relation] if c.lower() == column.column.lower()]
            meant = [column.column] if column.column in alike else alike
            found += [Column(relation, name) for name in meant]
        return found


def _inherited(
    lost: Iterable[Labelled], now: Described, columns: Columns, before: Before
) -> Iterator[Labelled]:
    new = [
        relation.name
        for relation in now.relations
        if relation.name not in before.known and relation.origin.file not in before.unchanged
    ]
    for column, label in lost:
        if label.category == NONE:
            continue
        for name in new:
            for there in columns.get(name, ()):
                if _is_called(there, column.column, label):
                    yield Column(name, there), label
        was = {name.lower() for name in before.project.columns.get(column.relation, ())}
        for there in columns.get(column.relation, ()) if was else ():
            if there.lower() not in was:
                yield Column(column.relation, there), label


def _is_called(name: str, before: str, label: Label) -> bool:
    """True for a name as it was before, which in a labels file may be a pattern."""
    return name.lower() == before.lower() or (label.by == FILE and matches(before, name))


def _lowered(was: Iterable[Labelled], today: Iterable[Labelled]) -> Iterator[Labelled]:
    """Labels of the base commit of which today nobody says as much."""
    said: dict[Column, list[str]] = {}
    for column, label in today:
        said.setdefault(column, []).append(label.category)
    for column, label in was:
        wanted = label.category
        there = said.get(column, ())
        if wanted != NONE and not any(c == wanted or c.startswith(f"{wanted}.") for c in there):
            yield column, label
