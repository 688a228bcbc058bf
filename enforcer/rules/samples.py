"""Samples: the small worlds in which rules are tried."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from enforcer.rules.notices import Notice
from enforcer.rules.places import Place
from enforcer.rules.strict import Glob, Strict
from enforcer.rules.where import Choice


class Sample(Strict, frozen=True, kw_only=True):
    """A small world to try a rule in: SQL, and what is declared about its relations.

    `sql` is a script; `models` are queries by the name of the relation that each fills, as a
    dbt project has them. `relations` maps a dotted name to the facts of `meta.fieldgate`, to
    `kind`, `columns` and `reads`, and to the columns that are `tested`; `places`, `labels` and
    `notice` are as in a project's own files, `roles` and `functions` as in its parameters.
    Nothing but SQL may be written as a text.
    """

    leading_key: ClassVar[str] = "sql"

    sql: str = ""
    models: dict[str, str] = msgspec.field(default_factory=dict)
    dialect: str = "duckdb"
    today: date = date(2026, 1, 1)
    relations: dict[str, dict[str, str | tuple[str, ...]]] = msgspec.field(default_factory=dict)
    places: dict[str, Place] = msgspec.field(default_factory=dict)
    labels: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    roles: dict[Glob, Choice] = msgspec.field(default_factory=dict)
    seeds: dict[str, str] = msgspec.field(default_factory=dict)
    notice: Notice | None = None
    functions: dict[str, str] = msgspec.field(default_factory=dict)
