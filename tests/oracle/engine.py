"""Running scripts on DuckDB: what every column of every relation holds in the end."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from itertools import pairwise
from math import inf
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

import duckdb

from lineage import Column
from lineage.graph import ROWS

from .worlds import TYPES, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .cases import Case
    from .worlds import Table

_LONGEST = 4.0  # seconds, for joins of joins of joins
_AGAIN = 0.1  # seconds between two interrupts: one between two statements is not heard
_MOST_ROWS = 100_000  # of one relation; nobody changes a cell of so many and sees which

_ATTACHES = re.compile("attach ", re.IGNORECASE)
_OUT = re.compile("'out/", re.IGNORECASE)

Results = dict[Column, Counter[str]]


def pair(one: Column, two: Column) -> Column:
    """What stands for two columns of a relation whose values are looked at side by side."""
    return Column(one.relation, f"{one.column}, {two.column}")


class StoppedError(Exception):
    """A run took too long, or came to too much, and says nothing about its script."""


class Engine:
    """One connection in memory, in which each run is rolled back.

    What a script calls the folder `out` is one that goes with the engine.
    """

    def __init__(self, longest: float = _LONGEST) -> None:
        self._longest = longest
        self._stopped, self._until = False, inf
        self._lock = Lock()
        self.refusal = ""  # what the engine said against the script that it ran last
        self._files = TemporaryDirectory()
        self._connect()
        Thread(target=self._watch, daemon=True).start()

    def _connect(self) -> None:
        # a join that explodes fails in memory, and leaves nothing on the disk
        limits = {"threads": 1, "memory_limit": "300MB", "temp_directory": ""}
        self._connection = duckdb.connect(config=limits)
        self._connection.execute("set enable_progress_bar = false")
        self._connection.execute("set order_by_non_integer_literal = true")
        # planning is most of a run, and what is to be run is small
        self._connection.execute("pragma disable_optimizer")

    def run(
        self, world: Iterable[Table], statements: list[str], targets: Iterable[str]
    ) -> Results | None:
        """What the targets hold after the statements; None where one of them fails.

        Raises `StoppedError` where that takes longer than it may.
        """
        self.refusal = ""
        attaches = any(_ATTACHES.match(statement) for statement in statements)
        if not attaches:  # a transaction writes to one database only
            self._connection.execute("begin")
        try:
            with self._watched():
                self._connection.execute(";".join(_filled(table) for table in world))
                for statement in statements:
                    self._connection.execute(_OUT.sub(f"'{self._files.name}/", statement))
                return {k: v for name in targets for k, v in self._read(name).items()}
        except duckdb.Error as error:
            if self._stopped:
                raise StoppedError from error
            self.refusal = str(error)
            return None
        finally:
            self._undo(anew=attaches)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Interrupt what runs in here once it has taken too long, until it obeys."""
        with self._lock:
            self._stopped, self._until = False, monotonic() + self._longest
        try:
            yield
        finally:
            with self._lock:
                self._until = inf

    def _watch(self) -> None:
        while True:
            sleep(_AGAIN)
            with self._lock:
                if monotonic() > self._until:
                    self._stopped = True
                    self._connection.interrupt()

    def results(self, case: Case, world: Iterable[Table]) -> Results | None:
        """What a case's script leaves behind in a world."""
        names = {t.name for t in case.used}
        used = [t for t in world if t.name in names]
        return self.run(used, case.statements, case.targets)

    def _undo(self, *, anew: bool) -> None:
        """Roll back; an engine that a script has broken, or filled, is left for another one."""
        try:
            if not anew:
                self._connection.execute("rollback")
                self._connection.execute("use memory.main")
        except duckdb.Error:
            anew = True
        if anew:
            self._connect()

    def _read(self, name: str) -> Results:
        cursor = self._connection.execute(f"select * from {name}")
        names = [d[0].lower() for d in cursor.description]
        rows = cursor.fetchmany(_MOST_ROWS + 1)
        if len(rows) > _MOST_ROWS:
            raise StoppedError
        found: Results = {Column(name, ROWS): Counter([str(len(rows))])}
        shown = [[repr(row[place]) for row in rows] for place in range(len(names))]
        for column, values in zip(names, shown, strict=True):
            found[Column(name, column)] = Counter(values)
        for one, two in pairwise(range(len(names))):
            both = pair(Column(name, names[one]), Column(name, names[two]))
            found[both] = Counter(map("|".join, zip(shown[one], shown[two], strict=True)))
        return found


ENGINE = Engine()


def _filled(table: Table) -> str:
    columns = ", ".join(f"{c} {TYPES[c]}" for c in table.columns)
    kinds = [TYPES[c] for c in table.columns]
    rows = ", ".join(
        f"({', '.join(literal(v, k) for v, k in zip(row, kinds, strict=True))})"
        for row in table.rows
    )
    filled = f"; insert into {table.name} values {rows}" if rows else ""
    return f"create table {table.name} ({columns}){filled}"
