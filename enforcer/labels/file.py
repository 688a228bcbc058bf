"""The labels file: categories for columns by pattern, where the project itself has no place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.config import Configuration, read_named
from enforcer.documents.nearest import quoted
from enforcer.globs import is_glob, matches, relation_matches
from enforcer.labels.label import FILE, Label
from enforcer.rules import Glob, Strict
from enforcer.words import PolicyError
from lineage import Column
from lineage.dialects import normalise_column
from lineage.fields import as_spelt
from lineage.projects import DeclaredColumn, Fact, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enforcer.documents import Document
    from enforcer.taxonomy import Taxonomy
    from lineage import Origin

_FACTS = ("subject", "subject_key", "token_map")
# Where dbt says which tags a relation has.
_TAGS: Final = ("tag", "config.tags")


class LabelEntry(Strict, frozen=True, kw_only=True):
    """Categories for the columns of the relations that match; keys and `relation` are globs.

    With a `tag`, a glob too, only relations match that the project's tool tags so. `subject`
    says whose data the relations hold, `subject_key` in which column that stands, `token_map`
    which column holds tokens for the values in all others.
    """

    relation: Glob
    tag: Glob = ""
    columns: dict[Glob, str | tuple[str, ...]] = msgspec.field(default_factory=dict)
    subject: str = ""
    subject_key: str = ""
    token_map: str = ""


class LabelsFile(Strict, frozen=True, kw_only=True):
    """The keys of a labels file."""

    labels: tuple[LabelEntry, ...]


def read_labels_files(configuration: Configuration) -> tuple[Document[LabelsFile], ...]:
    """The labels files that a configuration names; raises `PolicyError`."""
    names = configuration.settings.labels
    return tuple(read_named(configuration, name, LabelsFile) for name in names)


def labels_in(
    file: Document[LabelsFile],
    relations: Mapping[str, Relation],
    columns: Mapping[str, Sequence[str]],
    taxonomy: Taxonomy,
    *,
    of_base: bool = False,
) -> Iterator[tuple[Column, Label]]:
    """What a file says about the columns of each relation.

    `relations` are those that are declared, by name. In complete ones all columns are known.
    Elsewhere a name without a pattern labels a column that nothing has mentioned so far. Raises
    `PolicyError` for an entry that matches nothing, unless it is `of_base`, and for an unknown
    category.
    """
    for number, entry in enumerate(file.value.labels):
        named = [name for name in columns if relation_matches(entry.relation, name)]
        meant = [name for name in named if _is_tagged(entry, relations.get(name))]
        if not meant and not of_base:
            key = "tag" if named else "relation"
            what = f"{quoted(getattr(entry, key))} matches no relation of the project"
            at = file.origin("labels", number, key)
            raise PolicyError(at, what, "mend the pattern, or remove the entry")
        for pattern, written in entry.columns.items():
            where = ("labels", number, "columns", pattern)
            found = sorted(_columns(pattern, meant, columns, relations))
            if not found and not of_base:
                what = f"{quoted(pattern)} matches no column of {quoted(entry.relation)}"
                raise PolicyError(file.key_origin(*where), what, "mend the pattern, or remove it")
            for category, at in categories_at(file, where, written):
                label = Label(taxonomy.check(category, at), FILE, at)
                yield from ((column, label) for column in found)


def _columns(
    pattern: str,
    names: Iterable[str],
    columns: Mapping[str, Sequence[str]],
    relations: Mapping[str, Relation],
) -> Iterator[Column]:
    for name in names:
        found = [column for column in columns[name] if matches(pattern, column)]
        yield from (Column(name, column) for column in found)
        closed = name in relations and relations[name].complete
        if found or is_glob(pattern):
            continue
        if not closed:
            yield Column(name, pattern)
            continue
        whole, dot, path = pattern.partition(".")  # a field that no text reads by itself
        fields = [f"{c}.{path.lower()}" for c in columns[name] if dot and matches(whole, c)]
        yield from (Column(name, field) for field in fields)


def _is_tagged(entry: LabelEntry, relation: Relation | None) -> bool:
    """True when an entry asks for no tag, or for one that the relation has."""
    facts = relation.facts if relation is not None else ()
    tags = (fact.value for fact in facts if fact.key in _TAGS)
    return not entry.tag or any(matches(entry.tag, tag) for tag in tags)


def categories_at(
    file: Document[LabelsFile], where: tuple[str | int, ...], written: str | tuple[str, ...]
) -> Iterator[tuple[str, Origin]]:
    """The categories that are written at a place of a file, each with where it stands."""
    if not written:
        entry = file.value.labels[int(where[1])]
        what = f"{quoted(str(where[-1]))} of {quoted(entry.relation)} has no category"
        raise PolicyError(file.key_origin(*where), what, "write one, or `none`")
    if isinstance(written, str):
        yield written, file.origin(*where)
        return
    for number, category in enumerate(written):
        yield category, file.origin(*where, number)


def declare_labelled(
    relations: Sequence[Relation], files: Sequence[Document[LabelsFile]], dialect: str
) -> tuple[Relation, ...]:
    """The relations with what labels files say of them beside categories.

    Subjects and token maps become facts. A column that is labelled by its full name exists,
    so where not all columns of a relation are known it is declared, as the dialect spells its
    name: `select *` then carries it on.
    """
    entries = [entry for file in files for entry in file.value.labels]
    return tuple(_declared(relation, entries, dialect) for relation in relations)


def _spelt(name: str, dialect: str) -> str:
    return as_spelt(normalise_column(name, dialect))


def _declared(relation: Relation, entries: Iterable[LabelEntry], dialect: str) -> Relation:
    stated = [
        entry
        for entry in entries
        if relation_matches(entry.relation, relation.name) and _is_tagged(entry, relation)
    ]
    facts = {
        Fact(f"meta.fieldgate.{name}", getattr(entry, name))
        for entry in stated
        for name in _FACTS
        if getattr(entry, name)
    }
    known = {column.name.lower() for column in relation.columns}
    named = {} if relation.complete else {name: 0 for entry in stated for name in entry.columns}
    added = [n for n in named if not is_glob(n) and n.lower() not in known]
    if not facts and not added:
        return relation
    return msgspec.structs.replace(
        relation,
        facts=tuple(sorted({*relation.facts, *facts})),
        columns=(*relation.columns, *(DeclaredColumn(_spelt(n, dialect)) for n in added)),
    )
