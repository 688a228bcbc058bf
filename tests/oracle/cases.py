"""A case: one random script over one random world."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from lineage import Column
from lineage.graph import ROWS

from .scripts import Scripts
from .worlds import Table, make_world


class Case(NamedTuple):
    """One random script over one random world, and the columns of what it makes."""

    world: list[Table]
    statements: list[str]
    targets: dict[str, tuple[str, ...]]

    @property
    def sql(self) -> str:
        """All statements as one text."""
        return ";\n".join(self.statements)

    @property
    def used(self) -> list[Table]:
        """The tables that the script may name."""
        sql = self.sql.lower()
        return [t for t in self.world if t.name in sql]


def make_case(seed: int) -> Case:
    """The case of a seed, always the same one."""
    random = Random(seed)  # noqa: S311 - a seeded generator of tests
    world = make_world(random)
    scripts = Scripts(random, world)
    return Case(world, scripts.make(), scripts.made)


def sources_of(case: Case) -> list[Column]:
    """Every column that may be changed, and the rows of every table."""
    return [Column(t.name, c) for t in case.used for c in (*t.columns, ROWS)]
