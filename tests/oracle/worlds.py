"""Small worlds: a few tables with a few rows, and ways to change one column of one of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from random import Random

LIST = "INTEGER[]"
STRUCT = "STRUCT(k INTEGER, city VARCHAR)"
STRUCTS = f"{STRUCT}[]"
MAP = "MAP(VARCHAR, INTEGER)"
DOCUMENT = "JSON"
# A column's name gives its type, so that any two columns of one name can be compared.
TYPES = {
    **dict.fromkeys(("id", "k", "a", "b", "x", "y", "z"), "INTEGER"),
    **dict.fromkeys(("name", "city", "s", "t"), "VARCHAR"),
    **dict.fromkeys(("flag", "ok"), "BOOLEAN"),
    **dict.fromkeys(("nums", "l"), LIST),
    **dict.fromkeys(("who", "p"), STRUCT),
    **dict.fromkeys(("items", "o"), STRUCTS),
    **dict.fromkeys(("counts", "m"), MAP),
    **dict.fromkeys(("doc", "j"), DOCUMENT),
}
# The columns of tables that hold more than one value.
NESTED = ("nums", "who", "items", "counts", "doc")
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
        several = random.sample(["k", "a", "b", "name", "city", "flag"], random.choice([3, 3, 5]))
        columns = ["id", *several]
        if random.random() < 0.35:
            columns.append(random.choice(NESTED))
        table = Table(f"src{number}", tuple(columns), [])
        tables.append(renewed(random, table))
    return tables


def renewed(random: Random, table: Table) -> Table:
    """The table with other values throughout, but as many rows."""
    rows = [[make_value(random, c) for c in table.columns] for _ in range(ROWS)]
    return table._replace(rows=rows)


def make_value(random: Random, column: str) -> object:
    kind = TYPES[column]
    if kind == LIST:
        return [random.choice(_VALUES["INTEGER"]) for _ in range(random.randint(0, 3))]
    if kind == STRUCT:
        return _struct(random)
    if kind == DOCUMENT:
        return json.dumps(_struct(random))
    if kind == STRUCTS:
        return [_struct(random) for _ in range(random.randint(0, 2))]
    if kind == MAP:
        keys = random.sample(["u", "v", "w"], random.randint(0, 2))
        return {key: random.choice(_VALUES["INTEGER"]) for key in keys}
    return random.choice(_VALUES[kind])


def _struct(random: Random) -> dict[str, object]:
    return {"k": random.choice(_VALUES["INTEGER"]), "city": random.choice(_VALUES["VARCHAR"])}


def with_changed(random: Random, table: Table, columns: list[str], way: int) -> Table:
    """The table with some columns changed: all anew, one cell each, or their cells shuffled.

    A column that is filled anew has now and then the same value in each row.

    A shuffle puts the cells of one column into another order, each column by itself.
    """
    rows = [list(row) for row in table.rows]
    for column in columns:
        place = table.columns.index(column)
        values = [row[place] for row in rows]
        if way % 3 == 0:
            same = random.random() < 0.2  # what is the case for all, or for none
            values = [make_value(random, column) for _ in values[: 1 if same else None]]
            values *= len(rows) // max(len(values), 1)
        elif way % 3 == 1:
            values[random.randrange(len(values))] = make_value(random, column)
        else:
            random.shuffle(values)
        for row, value in zip(rows, values, strict=True):
            row[place] = value
    return table._replace(rows=rows)


def with_other_rows(random: Random, table: Table) -> Table:
    """The table with one row less, with one of its rows twice, or without any."""
    rows = list(table.rows)
    row = random.randrange(len(rows))
    return table._replace(
        rows=random.choice([rows[:row] + rows[row + 1 :], [*rows, rows[row]], []])
    )


def literal(value: object, kind: str = "") -> str:
    """A value of a world as SQL writes it."""
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]::{kind}"
    if isinstance(value, dict):
        fields = ", ".join(f"'{k}': {literal(v)}" for k, v in value.items())
        return f"map {{{fields}}}::{MAP}" if kind == MAP else f"{{{fields}}}"
    return f"'{value}'" if isinstance(value, str) else str(value).lower()
