"""The input document, version 1: everything that a rule in Rego can see, as types.

The published JSON Schema is generated from it, and what a rule reads is checked against it.
Every key is always there; a list that is empty is an empty list. Within version 1 keys may
be added; none changes its meaning or goes away.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from enforcer.words import Protection
from lineage.projects import RelationKind
from lineage.words import GapReason

VERSION: Final = 1
GROUP_SIZE: Final = "group_size"  # the parameter that every rule has

FlowKind: TypeAlias = Literal[
    "direct", "join", "group_by", "filter", "sort", "window", "conditional"
]
Category = Annotated[str, msgspec.Meta(description="a category of the taxonomy", title="Category")]
SourceNumber = Annotated[int, msgspec.Meta(ge=0, description="the index of a source in `sources`")]


class Holding(msgspec.Struct, frozen=True, order=True):
    """A category that has arrived in a relation by direct flow, and under which protection."""

    category: Category
    protection: Protection


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """A table, view, source, exposure or file.

    `materialized` as dbt says it, else empty. `outside`: what goes there leaves the house;
    `history`: rows outlive their source; `shared`: a share carries it to other accounts. From
    `places` to `countries` it is what the relation states and what its places state;
    `recipients`, `roles` and `countries` are of partners. `facts` are what `meta.fieldgate`
    declares, by key; `numbers` those of them that are whole numbers, `days` those that are
    durations or dates: how many days, or days since 1970. `retention` is how many days rows
    stay, `subject_keys` the columns that say whose row it is, `reads` the relations it is made
    from, `holds` the categories that are in it.
    """

    name: str
    kind: RelationKind
    file: str
    line: int
    materialized: str
    outside: bool
    history: bool
    shared: bool
    places: tuple[str, ...]
    regions: tuple[str, ...]
    environments: tuple[str, ...]
    zones: tuple[str, ...]
    subjects: tuple[str, ...]
    purposes: tuple[str, ...]
    encryption: tuple[str, ...]
    recipients: tuple[str, ...]
    roles: tuple[str, ...]
    countries: tuple[str, ...]
    facts: dict[str, tuple[str, ...]]
    numbers: dict[str, int]
    days: dict[str, int]
    subject_keys: tuple[str, ...]
    reads: tuple[str, ...]
    holds: tuple[Holding, ...]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled column that data is followed from: one that is no copy of another one.

    `enumerable`: all values of the category can be tried, so an unkeyed hash is `clear`.
    """

    relation: str
    column: str
    category: Category
    enumerable: bool


class Guard(msgspec.Struct, frozen=True, order=True):
    """A test that holds on every way of a flow, while a value still belongs to its row.

    `column` is what is tested, dotted. A column that is a copy of another one is tested under
    both names, an entry each.
    """

    column: str
    operator: str
    value: str
    function: str


class Flow(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Data of a category that arrives in a relation, by a flow, under one protection.

    `sources` are all from which it does so under the same guards.
    """

    relation: str
    category: Category
    flow: FlowKind
    protection: Protection
    guards: tuple[Guard, ...]
    sources: tuple[SourceNumber, ...]


class Content(msgspec.Struct, frozen=True, order=True):
    """Data of a category that is in a column by direct flow, and from which sources."""

    category: Category
    protection: Protection
    sources: tuple[SourceNumber, ...]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column that carries a label or holds labelled data. `labels` are its own categories."""

    relation: str
    column: str
    type: str
    labels: tuple[Category, ...]
    holds: tuple[Content, ...]


class Unlabelled(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a relation that carry no label and hold no labelled data."""

    relation: str
    columns: tuple[str, ...]


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """All that tools and people said of a relation, or of a `column` of it, as flat keys."""

    relation: str
    column: str
    facts: dict[str, tuple[str, ...]]


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A privilege as SQL gives it; `reads` says that it lets somebody read."""

    relation: str
    principal: str
    kind: str
    privileges: tuple[str, ...]
    reads: bool
    file: str
    line: int


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who may read a relation, by grant, configuration or place; `public` is everybody."""

    relation: str
    principal: str


class Delete(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that removes rows: the own columns it tests, the relations it consults."""

    relation: str
    columns: tuple[str, ...]
    reads: tuple[str, ...]
    file: str
    line: int


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be analysed, why, and the relations it touches."""

    reason: GapReason
    message: str
    relations: tuple[str, ...]
    file: str
    line: int


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient outside, and what was agreed. `expires` is a date or empty."""

    name: str
    role: str
    country: str
    contract: str
    expires: str
    permits: tuple[str, ...]
    subjects: tuple[str, ...]
    purposes: tuple[str, ...]
    deletion: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place as the project declares it. `days` has its retention, where there is one."""

    name: str
    region: str
    environment: str
    zone: str
    purposes: tuple[str, ...]
    audience: tuple[str, ...]
    encryption: str
    days: dict[str, int]
    facts: dict[str, tuple[str, ...]]
    partner: Partner | None


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How many statements there are, and how many of them were analysed."""

    statements: int
    analysed: int


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule in Rego sees. Lists are sorted; `relations` and `places` are by name.

    `flows` are direct, `influences` all others. `day` is `today` as days since 1970;
    `parameters` are the rule's own and the project's; `sets` the taxonomy's sets of
    categories, with all that a parent covers.
    """

    version: Annotated[int, msgspec.Meta(ge=1, le=1)]
    today: date
    day: int
    parameters: dict[str, Any]
    sets: dict[str, tuple[Category, ...]]
    relations: dict[str, Relation]
    sources: tuple[Source, ...]
    flows: tuple[Flow, ...]
    influences: tuple[Flow, ...]
    columns: tuple[Column, ...]
    unlabelled: tuple[Unlabelled, ...]
    metadata: tuple[Metadata, ...]
    grants: tuple[Grant, ...]
    readers: tuple[Reader, ...]
    deletes: tuple[Delete, ...]
    gaps: tuple[Gap, ...]
    places: dict[str, Place]
    coverage: Coverage
