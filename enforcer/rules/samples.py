"""Samples: the two small worlds in which a rule is tried."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from enforcer.rules.notices import Notice
from enforcer.rules.places import Place
from enforcer.rules.strict import Glob, Strict
from enforcer.rules.where import Choice


class Sample(Strict, frozen=True, kw_only=True):
    """A small world to try a rule in: a script, and what is declared about its relations.

    `relations` maps a dotted name to the facts of `meta.fieldgate`, to `kind`, and to the
    columns that are `tested`; `places`, `labels` and `notice` are as in a project's own files,
    `roles` as in its parameters.
    Nothing but SQL may be written as a text.
    """

    leading_key: ClassVar[str] = "sql"

    sql: str = ""
    dialect: str = "duckdb"
    today: date = date(2026, 1, 1)
    relations: dict[str, dict[str, str | tuple[str, ...]]] = msgspec.field(default_factory=dict)
    places: dict[str, Place] = msgspec.field(default_factory=dict)
    labels: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    roles: dict[Glob, Choice] = msgspec.field(default_factory=dict)
    seeds: dict[str, str] = msgspec.field(default_factory=dict)
    notice: Notice | None = None
