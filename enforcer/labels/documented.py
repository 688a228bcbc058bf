"""What other standards' documents say of relations: contracts and datasets, in one form.

Such a document often describes more than a project holds. So what it names and nothing in
the project is called is noted; only a file of which nothing is known here is an error.
"""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.documents.nearest import quoted
from enforcer.labels.label import Label
from enforcer.words import PolicyError
from lineage import Column, Origin
from lineage.dialects import normalise_column
from lineage.projects import DeclaredColumn, Fact, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# What nobody but a contract can say of a column: that its values come encrypted.
ENCRYPTED_COLUMN: Final = "contract.encrypted"
RETENTION: Final = "meta.fieldgate.retention"
_DURATION: Final = re.compile(
    r"P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?", re.ASCII
)


class DocumentedField(msgspec.Struct, frozen=True):
    """A field: its name, with those of the fields around it before it, and what is said of it.

    `names` are alternatives, the most exact first. `facts` are of the column.
    """

    names: tuple[tuple[str, ...], ...]
    origin: Origin
    categories: tuple[tuple[str, Origin], ...] = ()
    facts: tuple[Fact, ...] = ()


class Documented(msgspec.Struct, frozen=True):
    """A relation in a document: what it may be called, the most exact first; and by whom."""

    names: tuple[str, ...]
    by: str
    origin: Origin
    fields: tuple[DocumentedField, ...] = ()
    facts: tuple[Fact, ...] = ()


class Unmatched(msgspec.Struct, frozen=True, order=True):
    """A name in a document, or of DDL, that nothing in the project is called."""

    origin: Origin
    name: str


def relations_meant(document: Documented, names: Iterable[str]) -> tuple[str, ...]:
    """The relations that a document speaks of, by the most exact of its names that any has."""
    known = [(name, name.lower()) for name in names]
    for wanted in (name.lower() for name in document.names):
        found = [n for n, low in known if low == wanted or low.endswith(f".{wanted}")]
        if found:
            return tuple(found)
    return ()


def documented_labels(
    documents: Sequence[Documented],
    columns: Mapping[str, Sequence[str]],
    closed: frozenset[str],
    *,
    of_base: bool = False,
) -> tuple[list[tuple[Column, Label]], list[Unmatched]]:
    """The labels that documents state, and the names that nothing is called.

    Raises `PolicyError` for a file that speaks of no relation of the project, unless it is
    `of_base`.
    """
    labels: list[tuple[Column, Label]] = []
    unmatched: list[Unmatched] = []
    heard: dict[str, bool] = {}
    for document in documents:
        relations = relations_meant(document, columns)
        file = document.origin.file
        heard[file] = heard.get(file, False) or bool(relations)
        if not relations:
            unmatched.append(Unmatched(document.origin, document.names[-1]))
        for field in document.fields if relations else ():
            found = [c for name in relations for c in _meant(field, name, columns[name], closed)]
            labels += [
                (column, Label(category, document.by, origin))
                for category, origin in field.categories
                for column in found
            ]
            if field.categories and not found:
                shown = ".".join((document.names[-1], *field.names[-1]))
                unmatched.append(Unmatched(field.origin, shown))
    if not of_base:
        _refuse_unheard(documents, heard)
    return labels, unmatched


def _refuse_unheard(documents: Iterable[Documented], heard: Mapping[str, bool]) -> None:
    for document in documents:
        if not heard[document.origin.file]:
            what = f"no relation of the project is called {quoted(document.names[-1])}"
            step = "mend the name, or do not name this file in the configuration"
            raise PolicyError(document.origin, f"{what}, nor anything else in the file", step)


def _meant(
    field: DocumentedField, relation: str, columns: Sequence[str], closed: frozenset[str]
) -> Iterator[Column]:
    """The columns of a relation, in any letter case, that a field is, or that it is a part of."""
    for names in field.names:
        for name in (".".join(names), names[0]):
            found = [known for known in columns if known.lower() == name.lower()]
            if found:
                yield from (Column(relation, known) for known in found)
                return
    if relation not in closed:
        yield Column(relation, field.names[0][0])


def declare_documented(
    relation: Relation, documents: Iterable[Documented], dialect: str
) -> Relation:
    """A relation with the facts and columns that documents which speak of it state.

    Where not all of its columns are known, the documented ones are: `select *` carries them on.
    """
    facts: set[Fact] = set()
    columns = {column.name.lower(): column for column in relation.columns}
    for document in documents:
        facts |= set(document.facts)
        for field in document.fields:
            keys = [name.lower() for names in field.names for name in (".".join(names), names[0])]
            known = next((key for key in keys if key in columns), None)
            if known is not None:
                columns[known] = _with_facts(columns[known], field.facts)
            elif not relation.complete:
                name = normalise_column(field.names[0][0], dialect)
                columns[name.lower()] = DeclaredColumn(name, "", field.facts)
    return msgspec.structs.replace(
        relation, columns=tuple(columns.values()), facts=_with_stated(relation.facts, facts)
    )


def _with_stated(stated: tuple[Fact, ...], facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """What a project states, and what documents state beside it.

    The project's own words hold, but for how long rows may stay: there the shortest does.
    """
    found = list(stated)
    for fact in sorted(facts):
        key = fact.key
        same = [f for f in found if f.key.removeprefix("config.") == key]
        if key == RETENTION:
            kept = min([*same, fact], key=lambda f: days_in(f.value))
            found = [f for f in found if f not in same]
            found.append(kept)
        elif not same or same[0] not in stated:
            found.append(fact)
    return tuple(sorted(set(found)))


def _with_facts(column: DeclaredColumn, facts: tuple[Fact, ...]) -> DeclaredColumn:
    if not facts:
        return column
    return msgspec.structs.replace(column, facts=tuple(sorted({*column.facts, *facts})))


def days_in(duration: str) -> float:
    """About how many days an ISO 8601 duration is; without end where it is none."""
    found = _DURATION.fullmatch(duration.strip().upper())
    if found is None:
        return inf
    parts = zip(found.groups(), (365, 365 / 12, 7, 1), strict=True)
    return sum(int(number or 0) * unit for number, unit in parts)
