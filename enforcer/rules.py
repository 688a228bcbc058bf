"""The language of rules, as values: what a rule file says once it has been read.

The field names are the keys of the YAML, so this module is the language's grammar; the
published JSON Schema is generated from it. `enforcer.policy` reads the files.
"""

from __future__ import annotations

from datetime import date

import msgspec

from enforcer.words import Phase, Protection, RuleCard, Severity
from lineage.projects import RelationKind


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything a person writes: an unknown key is an error, never ignored."""


class Accepts(Strict):
    """The protections under which data may pass: a rung of the ladder, or a set of methods."""

    at_least: Protection | None = None
    accept: tuple[Protection, ...] = ()


class Choice(Strict):
    """One of `any_of`, and none of `none_of`; patterns are globs. Empty means everything."""

    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


class Where(Strict):
    """Which relations a rule looks at. Every key that is given must match.

    `place` and `purpose`, `region` take a name, a list, or `{not: [...]}`; `place` may be
    written before any place is declared only in rules that are shipped.
    """

    kind: tuple[RelationKind, ...] = ()
    place: Choice = Choice()
    region: Choice = Choice()
    purpose: Choice = Choice()
    partner: bool | None = None
    subject: bool | None = None
    history: bool | None = None


class GuardTest(Strict):
    """A guard that excuses a flow: a column tested to equal a value on every row that flows.

    `column` is a glob on the dotted name of the tested column, matched at its end.
    """

    column: str
    equals: str = "true"


class Deny(Strict):
    """What must not be. Exactly one of the last six keys, or `into`, says what is judged.

    into: data of these categories must not arrive there; granted_to: nor be readable by
    these principals; together: these categories must not meet in one relation; unlabelled:
    a column whose name suggests one must carry a label; unused: a labelled source column
    must be used; literal: values of these kinds must not stand in SQL or seeds.
    """

    data: tuple[str, ...] = ()
    unless_protected: Accepts | None = None
    via: tuple[str, ...] = ("direct",)
    source: Where | None = msgspec.field(default=None, name="from")
    into: Where | None = None
    granted_to: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    unlabelled: tuple[str, ...] = ()
    unused: bool = False
    literal: tuple[str, ...] = ()


class RetentionLimit(Strict):
    """At most `within` (ISO 8601 duration), or not longer than that of any source."""

    within: str | None = None
    not_longer_than_source: bool = False


class Require(Strict):
    """What must be, of relations that match `of` and hold `data`. Exactly one of the rest.

    declared: these facts are stated (keys of `meta.fieldgate`); contract: the partner's
    contract is in force and permits the category; deletion_duty: the recipient must
    delete; erasable: a subject's rows can be erased there; known_place: some place is
    declared for it; retention: a limit; group_size: an aggregate of the data is taken over
    at least this many subjects.
    """

    of: Where = Where()
    data: tuple[str, ...] = ()
    unless_protected: Accepts | None = None
    declared: tuple[str, ...] = ()
    contract: bool = False
    deletion_duty: bool = False
    erasable: bool = False
    known_place: bool = False
    retention: RetentionLimit | None = None
    group_size: int = 0


class Excuse(Strict):
    """A refinement of a rule: where all its keys match, the rule does not apply."""

    guard: GuardTest | None = None
    data: tuple[str, ...] = ()
    into: Where | None = None


class Sample(Strict):
    """A small world to try a rule in: a script, and what is declared about its relations.

    `relations` maps a dotted name to the facts of `meta.fieldgate` and to `kind`;
    `places` and `labels` are as in a project's own files.
    """

    sql: str = ""
    dialect: str = "duckdb"
    today: date = date(2026, 1, 1)
    relations: dict[str, dict[str, str | tuple[str, ...]]] = {}
    places: dict[str, Place] = {}
    labels: dict[str, dict[str, str]] = {}
    seeds: dict[str, str] = {}


class Match(Strict):
    """How relations belong to a place: globs, any of which suffices."""

    relations: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    exposures: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    uris: tuple[str, ...] = ()
    kinds: tuple[RelationKind, ...] = ()


class Partner(Strict):
    """A recipient outside: the contract, until when, which categories, how it deletes."""

    name: str
    contract: str = ""
    expires: date | None = None
    permits: tuple[str, ...] = ()
    deletion: str = ""


class Place(Strict):
    """A named part of the world where data may rest or go."""

    match: Match
    region: str = ""
    purposes: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    partner: Partner | None = None
    encryption: str = ""
    retention: str = ""


class Rule(Strict):
    """One requirement, its documentation and its test. `id` is the file's name."""

    id: str
    title: str
    phase: Phase
    severity: Severity = Severity.ERROR
    deny: Deny | None = None
    require: Require | None = None
    unless: tuple[Excuse, ...] = ()
    law: tuple[str, ...] = ()
    why: str
    fix: str
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
        )
