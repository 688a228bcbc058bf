"""Cases: what the public suites of other tools expect of column lineage.

A file holds one JSON object a line. `expected_struct` are the expected flows as pairs of
relation and column; `partial` cases say something about the listed targets only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

SUITES = ("sqllineage", "sqlglot", "recce", "openlineage")

# A relation, None where the suite names none, and a column; "*" for all of them.
Name = tuple[str | None, str]


class Flow(msgspec.Struct, frozen=True):
    """One target and everything that it is expected to be made of."""

    target: Name
    sources: tuple[Name, ...]


class Case(msgspec.Struct, frozen=True, rename={"written": "sql", "expected": "expected_struct"}):
    """One case as its file holds it.

    `views` are queries that the statement reads by name. `predicates` are the columns that
    are expected to decide which rows there are, None where the suite does not say.
    """

    id: str
    dialect: str
    written: str
    schema: dict[str, dict[str, str]]
    expected: tuple[Flow, ...]
    partial: bool = False
    predicates: tuple[str, ...] | None = None
    views: dict[str, str] = msgspec.field(default_factory=dict, name="sources")

    @property
    def suite(self) -> str:
        """The name of the suite, which the id starts with."""
        return self.id.partition("/")[0]

    @property
    def sql(self) -> str:
        """The statement after the views that it reads."""
        views = [f"create view {name} as {query.strip()};" for name, query in self.views.items()]
        return "\n".join([*views, self.written])


def read_cases(folder: Path, suite: str) -> list[Case]:
    """The cases of a suite, in the order of its file."""
    lines = (folder / f"{suite}.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Case) for line in lines if line]


def same_relation(one: str | None, other: str | None) -> bool:
    """Whether two dotted names end alike, as far as both go; no name may be any."""
    if not one or not other:
        return True
    pairs = zip(reversed(parts(one)), reversed(parts(other)), strict=False)
    return all(left == right for left, right in pairs)


def parts(name: str) -> list[str]:
    """The parts of a dotted name, without case and quotes."""
    return [part.strip('"`[]').lower() for part in name.split(".")]


def plain(name: str) -> str:
    """A column's name without case and quotes."""
    return name.strip('"`[]').lower()
