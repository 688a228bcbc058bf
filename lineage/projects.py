"""What a reader hands over: the relations, texts and files of one project.

Nothing here is specific to dbt or to any other tool; what a tool says about a relation
arrives as facts, flat `key = value` pairs, so that nobody needs its file format.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable


class RelationKind(StrEnum):
    """What holds the columns."""

    MODEL = "model"
    SOURCE = "source"
    SEED = "seed"
    SNAPSHOT = "snapshot"
    TABLE = "table"
    VIEW = "view"
    EXTERNAL = "external"
    EXPOSURE = "exposure"
    RESULT = "result"


class Fact(msgspec.Struct, frozen=True, order=True, gc=False):
    """One declared thing: a dotted key and a scalar as text.

    A list becomes one fact an element with the same key; `meta: {fieldgate: {purposes:
    [a, b]}}` is `meta.fieldgate.purposes = a` and `meta.fieldgate.purposes = b`.
    """

    key: str
    value: str


class DeclaredColumn(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A column as the project declares it, in its yaml, catalog, seed header or DDL."""

    name: str
    type: str = ""
    facts: tuple[Fact, ...] = ()


class Relation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A relation that the project declares.

    `columns` is `complete` when it is known to list every column (a catalog, a seed's
    header, DDL) and not merely the documented ones. Every column of `reads` flows into a
    relation without a text of its own (an exposure, a Python model).
    """

    name: str
    kind: RelationKind
    origin: Origin
    columns: tuple[DeclaredColumn, ...] = ()
    complete: bool = False
    facts: tuple[Fact, ...] = ()
    reads: tuple[str, ...] = ()


class Unit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One SQL text to analyse.

    A text with a `target` is one query whose result becomes that relation (a dbt model);
    without, it is a script of statements. `written` is the text as a person wrote it when
    `text` was generated from it (dbt's raw and compiled code); origins refer to `text`.
    `uncompiled` are words, in lower case, that only another run would put into it: some may be
    columns of what it reads, and `*` is all of them.
    """

    file: str
    text: str
    dialect: str
    target: str = ""
    written: str = ""
    uncompiled: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What became of an input file."""

    ANALYSED = "analysed"
    REFUSED = "refused"
    ERROR = "error"
    OUT_OF_SCOPE = "out_of_scope"


class Input(msgspec.Struct, frozen=True, order=True, kw_only=True, gc=False):
    """A file that was read, and what became of it; `size` in bytes, `sha256` in hex."""

    path: str
    kind: str
    sha256: str
    size: int
    outcome: Outcome = Outcome.ANALYSED
    reason: str = ""


def settled(inputs: Iterable[Input], gaps: Iterable[Gap]) -> tuple[Input, ...]:
    """The inputs with what became of them once they were analysed; `gaps` are of the analysis.

    The reason names what could not be analysed, also where the rest of a file was.
    """
    found: dict[str, set[GapReason]] = {}
    for gap in gaps:
        found.setdefault(gap.origin.file, set()).add(gap.reason)
    return tuple(_settled(given, found.get(given.path)) for given in inputs)


def _settled(given: Input, reasons: set[GapReason] | None) -> Input:
    if not reasons or given.outcome is not Outcome.ANALYSED:
        return given
    outcome = Outcome.ANALYSED
    if any(reason.refuses for reason in reasons):
        outcome = Outcome.REFUSED
    elif GapReason.PARSE_ERROR in reasons:
        outcome = Outcome.ERROR
    named = sorted(reason.value for reason in reasons)
    told = ", ".join([given.reason, *named] if given.reason else named)
    return msgspec.structs.replace(given, outcome=outcome, reason=told)


class Project(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Everything a reader found. Paths are relative to the root the reader was given."""

    dialect: str
    relations: tuple[Relation, ...] = ()
    units: tuple[Unit, ...] = ()
    gaps: tuple[Gap, ...] = ()
    inputs: tuple[Input, ...] = ()
