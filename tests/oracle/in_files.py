"""A script as the files of a project: nobody says in which order they run.

What a session keeps, its tables, variables and search path, stands in one file, beside another one.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

from lineage import analyze
from lineage.projects import DeclaredColumn, Project, Relation, RelationKind, Unit
from lineage.words import Origin

from .worlds import TYPES

if TYPE_CHECKING:
    from lineage import Analysis

    from .cases import Case

_OF_SESSION = re.compile(
    r"\b(temp|temporary|use|set (?!data)|prepare|execute|attach|variable|getvariable)\b",
    re.IGNORECASE,
)
_ELSEWHERE = "select 1"
_SHOWN = re.compile(r"@\d+\.sql$")


def analysis_in_files(case: Case) -> Analysis:
    """What is said of a case whose statements stand in several files, its tables declared."""
    parts = _parts(case.statements)
    Random(case.sql).shuffle(parts)  # noqa: S311 - a seeded generator of tests
    units = tuple(
        Unit(file=f"{number}.sql", text=";\n".join(part), dialect="duckdb")
        for number, part in enumerate(parts)
    )
    relations = tuple(
        Relation(
            name=table.name,
            kind=RelationKind.TABLE,
            origin=Origin("tables.yml", 1, 1),
            columns=tuple(DeclaredColumn(c, TYPES[c]) for c in table.columns),
            complete=True,
        )
        for table in sorted(case.world, key=lambda table: table.name)
    )
    return analyze(Project(dialect="duckdb", relations=relations, units=units), jobs=0)


def _parts(statements: list[str]) -> list[list[str]]:
    if any(_OF_SESSION.search(statement) for statement in statements):
        return [statements, [_ELSEWHERE]]
    if len(statements) % 2:
        return [[statement] for statement in statements]
    half = len(statements) // 2
    return [part or [_ELSEWHERE] for part in (statements[:half], statements[half:])]


def without_file(relation: str) -> str:
    """The name of a table of a session without the file that makes it."""
    return _SHOWN.sub("", relation)
