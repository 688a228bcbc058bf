"""Which relations and categories a rule speaks of."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from enforcer.rules.strict import Amount, Duration, Glob, Some, Strict
from lineage.projects import RelationKind


class Choice(Strict, frozen=True, kw_only=True):
    """One of `any`, and none of `not`; patterns are globs. Empty means everything.

    Of categories a pattern is a category, which covers its children, or `set:` and the name
    of a set of them.
    """

    leading_key: ClassVar[str] = "any"

    any_of: tuple[Glob, ...] = msgspec.field(default=(), name="any")
    none_of: tuple[Glob, ...] = msgspec.field(default=(), name="not")


class FactTest(Strict, frozen=True, kw_only=True):
    """What is asked of a fact. Every key that is given must hold.

    any, not: its values, as globs, as in a choice; stated: that something is said, or
    nothing; at_least, at_most: a number or a duration; fresh: the date that it states is at
    most so long ago; ahead: the date has not passed. A value that cannot be read as what it
    is compared with never passes a requirement, and never hides a relation from a rule.
    """

    leading_key: ClassVar[str] = "any"

    any_of: tuple[Glob, ...] = msgspec.field(default=(), name="any")
    none_of: tuple[Glob, ...] = msgspec.field(default=(), name="not")
    stated: bool | None = None
    at_least: Amount = ""
    at_most: Amount = ""
    fresh: Duration = ""
    ahead: bool = False


# Names are the keys of `meta.fieldgate`, dotted; with `config.` in front, those of the tool.
FactTests = Annotated[dict[Glob, FactTest], msgspec.Meta(min_length=1)]


class Where(Strict, frozen=True, kw_only=True):
    """Which relations a rule looks at. Every key that is given must match.

    Choices take a name, a list, or `{not: [...]}`; `place` may be written before any place
    is declared only in rules that are shipped. `name` is the end of a dotted name, `tag` and
    `group` what the project's tool says. `region` and `country` match what is written and
    the jurisdictions that it lies in (`EU`, `CN`); `jurisdiction` those of its regions, of its
    recipient's country and those that it states. Of several purposes, regions, countries or
    jurisdictions one that is chosen is enough. `subject` is whose data a relation holds,
    `audience` who may read it, `recipient` the name of a partner, `role` and `country` what
    that partner is and where. `claims` is what a relation says that its data is (`anonymous`,
    `deidentified`, `safe_harbor`, `limited_data_set`). `collected` is true of where data enters:
    sources, seeds, and whatever nothing here but files flows into. `outside` is true of what
    leaves the house: files, stages and shares, and the places of partners. `encryption` is the
    level that a relation or a place of it states (`disk`, `column`). `holds`: data of these
    categories lies in it, a row a person. `facts`: what is stated about it passes these tests.
    `either`: one of these matches it as well.
    """

    kind: tuple[RelationKind, ...] = ()
    name: Choice = Choice()
    tag: Choice = Choice()
    group: Choice = Choice()
    place: Choice = Choice()
    region: Choice = Choice()
    environment: Choice = Choice()
    zone: Choice = Choice()
    audience: Choice = Choice()
    recipient: Choice = Choice()
    role: Choice = Choice()
    country: Choice = Choice()
    jurisdiction: Choice = Choice()
    subject: Choice = Choice()
    purpose: Choice = Choice()
    encryption: Choice = Choice()
    materialized: Choice = Choice()
    claims: Choice = Choice()
    partner: bool | None = None
    outside: bool | None = None
    subject_key: bool | None = None
    history: bool | None = None
    collected: bool | None = None
    holds: Annotated[tuple[Glob, ...], msgspec.Meta(min_length=1)] | None = None
    facts: FactTests | None = None
    either: Annotated[tuple[Where, ...], msgspec.Meta(min_length=1)] = ()


__all__ = ["Amount", "Choice", "FactTest", "FactTests", "Some", "Where"]
