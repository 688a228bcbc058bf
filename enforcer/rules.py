"""The language of rules, as values: what a rule file says once it has been read.

The field names are the keys of the YAML, so this module is the language's grammar; the
published JSON Schema is generated from it. `enforcer.policy` reads the files. A struct with
a `leading_key` may be written short, as nothing but the value of that key.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec

from enforcer.words import Method, Phase, Protection, RuleCard, Severity, Wording
from lineage.projects import RelationKind

Via = Literal[
    "direct", "join", "group_by", "filter", "sort", "window", "conditional", "indirect", "any"
]
ValueKind = Literal["email", "pan", "ssn", "cn_id", "iban"]
# Patterns are short: matching them takes time that grows with their length.
Glob = Annotated[
    str, msgspec.Meta(max_length=500, description="a pattern of at most 500 characters")
]
# Where an empty list would silently judge or match nothing.
Some = Annotated[tuple[Glob, ...], msgspec.Meta(min_length=1)]
RuleId = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        description="an id of small letters, digits and single hyphens",
    ),
]
Duration = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^P(?=[0-9])([0-9]{1,4}Y)?([0-9]{1,5}M)?([0-9]{1,5}W)?([0-9]{1,6}D)?$",
        description="a duration such as P24M or P30D",
    ),
]


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything a person writes: an unknown key is an error, never ignored."""


class Accepts(Strict, frozen=True, kw_only=True):
    """The protections under which data may pass: a rung of the ladder, or a set of methods.

    A method may be named with its detail (`truncated:6x4`). What `refuse` names does not pass
    even if the other key lets it.
    """

    at_least: Protection | None = None
    accept: Annotated[tuple[Method, ...], msgspec.Meta(min_length=1)] = ()
    refuse: Annotated[tuple[Method, ...], msgspec.Meta(min_length=1)] = ()


class Choice(Strict, frozen=True, kw_only=True):
    """One of `any`, and none of `not`; patterns are globs. Empty means everything."""

    leading_key: ClassVar[str] = "any"

    any_of: tuple[Glob, ...] = msgspec.field(default=(), name="any")
    none_of: tuple[Glob, ...] = msgspec.field(default=(), name="not")


class Where(Strict, frozen=True, kw_only=True):
    """Which relations a rule looks at. Every key that is given must match.

    `place` and `purpose`, `region` take a name, a list, or `{not: [...]}`; `place` may be
    written before any place is declared only in rules that are shipped. `outside` is true
    of what leaves the house: files, stages and shares, and the places of partners.
    `encryption` is the level that a relation or a place of it states (`disk`, `column`).
    """

    kind: tuple[RelationKind, ...] = ()
    place: Choice = Choice()
    region: Choice = Choice()
    purpose: Choice = Choice()
    encryption: Choice = Choice()
    partner: bool | None = None
    outside: bool | None = None
    subject: bool | None = None
    history: bool | None = None


class GuardTest(Strict, frozen=True, kw_only=True):
    """A guard that excuses a flow: a column tested to equal a value on every row that flows.

    `column` is a glob on the dotted name of the tested column, matched at its end.
    """

    column: Glob
    equals: str = "true"


class Deny(Strict, frozen=True, kw_only=True):
    """What must not be. Exactly one of the last seven keys, or `into`, says what is judged.

    into: data of these categories must not arrive there; granted_to: nor be readable by
    these principals; together: these categories must not meet in one relation; residency:
    data whose relation states in which regions it must stay must not leave them; unlabelled:
    a column whose name suggests one must carry a label; unused: a labelled source column
    must be used; literal: values of these kinds must not stand in SQL or seeds. Beside
    granted_to, together and residency, `into` only narrows down which relations are judged.
    """

    data: tuple[Glob, ...] = ()
    unless_protected: Accepts | None = None
    via: Annotated[tuple[Via, ...], msgspec.Meta(min_length=1)] = ("direct",)
    source: Where | None = msgspec.field(default=None, name="from")
    into: Where | None = None
    granted_to: Some = ()
    together: Some = ()
    residency: bool = False
    unlabelled: Some = ()
    unused: bool = False
    literal: Annotated[tuple[ValueKind, ...], msgspec.Meta(min_length=1)] = ()


class RetentionLimit(Strict, frozen=True, kw_only=True):
    """At most `within` (ISO 8601 duration), or not longer than that of any source."""

    within: Duration | None = None
    not_longer_than_source: bool = False


class Require(Strict, frozen=True, kw_only=True):
    """What must be, of relations that match `of` and hold `data`. Exactly one of the rest.

    declared: these facts are stated (keys of `meta.fieldgate`); contract: the partner's
    contract is in force and permits the category; deletion_duty: the recipient must
    delete; erasable: a subject's rows can be erased there; known_place: some place is
    declared for it; retention: a limit; group_size: an aggregate of the data is taken over
    at least this many subjects.
    """

    of: Where = Where()
    data: tuple[Glob, ...] = ()
    unless_protected: Accepts | None = None
    declared: Some = ()
    contract: bool = False
    deletion_duty: bool = False
    erasable: bool = False
    known_place: bool = False
    retention: RetentionLimit | None = None
    group_size: Annotated[int, msgspec.Meta(ge=2)] = 0


class Excuse(Strict, frozen=True, kw_only=True):
    """A refinement of a rule: where all its keys match, the rule does not apply.

    `purpose` is that of the relation the data arrives in, as in `into`.
    """

    guard: GuardTest | None = None
    purpose: Choice = Choice()
    data: tuple[Glob, ...] = ()
    into: Where | None = None


class Sample(Strict, frozen=True, kw_only=True):
    """A small world to try a rule in: a script, and what is declared about its relations.

    `relations` maps a dotted name to the facts of `meta.fieldgate` and to `kind`;
    `places` and `labels` are as in a project's own files. Nothing but SQL may be written
    as a text.
    """

    leading_key: ClassVar[str] = "sql"

    sql: str = ""
    dialect: str = "duckdb"
    today: date = date(2026, 1, 1)
    relations: dict[str, dict[str, str | tuple[str, ...]]] = {}
    places: dict[str, Place] = {}
    labels: dict[str, dict[str, str]] = {}
    seeds: dict[str, str] = {}


class Match(Strict, frozen=True, kw_only=True):
    """How relations belong to a place: globs, any of which suffices."""

    relations: Some = ()
    paths: Some = ()
    tags: Some = ()
    groups: Some = ()
    exposures: Some = ()
    roles: Some = ()
    stages: Some = ()
    uris: Some = ()
    kinds: Annotated[tuple[RelationKind, ...], msgspec.Meta(min_length=1)] = ()


class Partner(Strict, frozen=True, kw_only=True):
    """A recipient outside: the contract, until when, which categories, how it deletes."""

    name: str
    contract: str = ""
    expires: date | None = None
    permits: tuple[Glob, ...] = ()
    deletion: str = ""


class Place(Strict, frozen=True, kw_only=True):
    """A named part of the world where data may rest or go."""

    match: Match
    region: str = ""
    purposes: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    partner: Partner | None = None
    encryption: str = ""
    retention: Duration = ""


class Rule(Strict, frozen=True, kw_only=True):
    """One requirement, its documentation and its test. `id` is the file's name.

    `zh` is what title, why and fix say in Chinese.
    """

    id: RuleId
    title: str
    phase: Phase
    severity: Severity = Severity.ERROR
    deny: Deny | None = None
    require: Require | None = None
    unless: tuple[Excuse, ...] = ()
    law: tuple[str, ...] = ()
    why: str
    fix: str
    zh: Wording | None = None
    avoid: Sample
    prefer: Sample

    def card(self, pack: str) -> RuleCard:
        """What a report needs to know of this rule."""
        return RuleCard(
            id=self.id,
            title=self.title,
            pack=pack,
            phase=self.phase,
            severity=self.severity,
            law=self.law,
            why=self.why,
            fix=self.fix,
            zh=self.zh,
        )
