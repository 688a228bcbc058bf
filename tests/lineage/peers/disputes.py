"""Disputes: cases whose expectation is wrong, each with a proof that a database executes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import msgspec

from .cases import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

# The names of the columns, and the rows.
Table = tuple[list[str], list[tuple[object, ...]]]

_FILE = Path(__file__).parent.parent / "disputed_cases.yml"


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two runs of the case's own statement that differ in one source column.

    `world` makes the tables, `change` alters the values of `source`, and then `target`
    comes out different if and only if it `flows`. The target "*" stands for the number of
    rows. `observe` reads what a statement wrote. The engine is `duckdb` or `sqlite`.
    """

    world: str
    source: str
    target: str
    change: str
    flows: bool = True
    observe: str = ""
    engine: str = "duckdb"


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The statement has no meaning: what DuckDB says to it in a world where all names exist."""

    world: str
    message: str


class Dispute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case, what is expected, what Fieldgate says, and why that is right."""

    case: str
    expected: str
    fieldgate: str
    why: str
    proofs: tuple[Proof, ...] = ()
    refused: Refusal | None = None


def read_disputes() -> tuple[Dispute, ...]:
    """Every dispute, in the order of the file."""
    return msgspec.yaml.decode(_FILE.read_bytes(), type=tuple[Dispute, ...])


def shows_flow(sql: str, proof: Proof) -> bool:
    """Whether changing the source changes the target."""
    return _run(sql, proof, "") != _run(sql, proof, proof.change)


def refusal(sql: str, world: str) -> str:
    """What DuckDB says to a statement that it cannot run; empty where it can."""
    with duckdb.connect() as connection:
        connection.execute(world)
        try:
            connection.execute(sql)
        except duckdb.Error as error:
            return str(error)
    return ""


def _run(sql: str, proof: Proof, change: str) -> Sequence[object]:
    script = [proof.world, change, sql, proof.observe]
    run = _on_duckdb if proof.engine == "duckdb" else _on_sqlite
    names, rows = run([part for part in script if part])
    if proof.target == "*":
        return [len(rows)]
    position = [plain(name) for name in names].index(plain(proof.target))
    return sorted(repr(row[position]) for row in rows)


def _on_duckdb(script: list[str]) -> Table:
    with duckdb.connect() as connection:
        for part in script:
            connection.execute(part)
        return [column[0] for column in connection.description or ()], connection.fetchall()


def _on_sqlite(script: list[str]) -> Table:
    with closing(sqlite3.connect(":memory:")) as connection:
        *before, last = script
        connection.executescript(";".join(before))
        cursor = connection.execute(last)
        return [column[0] for column in cursor.description or ()], cursor.fetchall()
