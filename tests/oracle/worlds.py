"""Small worlds: a few tables with a few rows, and ways to change one column of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from random import Random

# A column's name gives its type, so that any two columns of one name can be compared.
TYPES = {
    **dict.fromkeys(("id", "k", "a", "b", "x", "y", "z"), "INTEGER"),
    **dict.fromkeys(("name", "city", "s", "t"), "VARCHAR"),
    **dict.fromkeys(("flag", "ok"), "BOOLEAN"),
}
_VALUES: dict[str, tuple[object, ...]] = {
    "INTEGER": (0, 1, 2, 3, 4, None),
    "VARCHAR": ("u", "v", "w", "uv", "", None),
    "BOOLEAN": (True, False, None),
}
ROWS = 7

Cells = list[list[object]]


class Table(NamedTuple):
    """A base table: its columns and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: Cells


def make_world(random: Random) -> list[Table]:
    """Two or three tables that share some names of columns."""
    tables = []
    for number in range(random.randint(2, 3)):
        columns = ("id", *random.sample(["k", "a", "b", "name", "city", "flag"], 3))
        rows = [[make_value(random, c) for c in columns] for _ in range(ROWS)]
        tables.append(Table(f"src{number}", columns, rows))
    return tables


def make_value(random: Random, column: str) -> object:
    return random.choice(_VALUES[TYPES[column]])


def mutations(random: Random, table: Table, column: str, count: int) -> list[Table]:
    """The table with one column changed: all of it anew, one cell, or its cells shuffled."""
    place = table.columns.index(column)
    ways = (_renew, _poke, _shuffle)
    return [ways[n % len(ways)](random, table, place) for n in range(count)]


def _renew(random: Random, table: Table, place: int) -> Table:
    values = [make_value(random, table.columns[place]) for _ in table.rows]
    return _with(table, place, values)


def _poke(random: Random, table: Table, place: int) -> Table:
    values = [row[place] for row in table.rows]
    values[random.randrange(len(values))] = make_value(random, table.columns[place])
    return _with(table, place, values)


def _shuffle(random: Random, table: Table, place: int) -> Table:
    values = [row[place] for row in table.rows]
    random.shuffle(values)
    return _with(table, place, values)


def _with(table: Table, place: int, values: list[object]) -> Table:
    rows = [
        [*row[:place], value, *row[place + 1 :]]
        for row, value in zip(table.rows, values, strict=True)
    ]
    return table._replace(rows=rows)
