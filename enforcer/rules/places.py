"""Places, as people write them: what lies there, and what is said of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from enforcer.rules.strict import Duration, Glob, Some, Strict
from lineage.projects import RelationKind


class Match(Strict, frozen=True, kw_only=True):
    """How relations belong to a place: globs, any of which suffices.

    `roles` are whom a relation is granted to: who reads from another place has the data there.
    """

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
    """A recipient outside: who, in which role and country, and what was agreed.

    `permits`, `subjects` and `purposes` are what the contract covers; what is left out of the
    last two is not limited by it. `onward` says by what approval the partner may pass the data
    on; `true` alone is none.
    """

    name: str
    role: str = ""
    country: str = ""
    contract: str = ""
    expires: date | None = None
    permits: tuple[Glob, ...] = ()
    subjects: tuple[Glob, ...] = ()
    purposes: tuple[Glob, ...] = ()
    onward: str = ""
    deletion: str = ""


class Place(Strict, frozen=True, kw_only=True):
    """A named part of the world where data may rest or go.

    `facts` are stated of every relation that lies there and does not say otherwise.
    """

    match: Match
    region: str = ""
    environment: str = ""
    zone: str = ""
    purposes: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    partner: Partner | None = None
    encryption: str = ""
    retention: Duration = ""
    facts: dict[str, str | tuple[str, ...]] = msgspec.field(default_factory=dict)
