"""Macros and variables: a script that names one begins with a statement that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .expressions import MACROS, MOOD, PICK, ROWS_OF, VARIABLE, Maker, Seen
from .worlds import TYPES

if TYPE_CHECKING:
    from random import Random

    from .queries import Queries


def routines_of(random: Random, queries: Queries, statements: list[str]) -> list[str]:
    """What makes the macros and the variable that these statements name."""
    text = "\n".join(statements)
    made = []
    for kind, name in MACROS.items():
        if f"{name}(" in text:
            made.append(_macro(random, queries, kind, name))
            text += made[-1]
    if f"{ROWS_OF}(" in text:
        made.append(_table_macro(random, queries))
        text += made[-1]
    if f"{PICK}(" in text:
        made.append(f"create macro {PICK}(name) as table select * from query_table(name)")
    if VARIABLE in text:
        made.append(_variable(random, queries))
    if MOOD in text:
        made.append(f"create type {MOOD} as enum ('w', 'u', 'v', 'uv')")
    return made[::-1]


def _inside(random: Random, queries: Queries, seen: list[Seen]) -> Maker:
    """Expressions of a macro, which name no other macro that is made later."""
    return Maker(random, seen, queries.subquery(1) if random.random() < 0.4 else None)


def _macro(random: Random, queries: Queries, kind: str, name: str) -> str:
    types = {"INTEGER": ("INTEGER", "INTEGER"), "VARCHAR": ("VARCHAR", "INTEGER")}[kind]
    seen = [Seen("u", types[0]), Seen("v", types[1])]
    body = _inside(random, queries, seen).make(kind)
    for other in (*MACROS.values(), ROWS_OF):
        body = body if f"{other}(" not in body else "u"
    word = random.choice(["macro", "function", "temp macro", "or replace macro"])
    default = random.choice(["1", "null"])
    if random.random() < 0.15:
        return f"create {word} {name}(u) as u, (u, v) as {body}"
    return f"create {word} {name}(u, v := {default}) as {body}"


def _table_macro(random: Random, queries: Queries) -> str:
    table, columns = random.choice(sorted(queries.bases.items()))
    seen = [Seen(f"b.{c}", TYPES[c]) for c in columns] + [Seen("u", "INTEGER")]
    maker = Maker(random, seen, None)
    parts = [maker.make("INTEGER", 1), maker.make("VARCHAR", 1), maker.make("BOOLEAN", 1)]
    named = [p if not any(f"{m}(" in p for m in MACROS.values()) else "null" for p in parts]
    one, two, test = named
    return (
        f"create macro {ROWS_OF}(u) as table select {one} as x, {two} as s"
        f" from {table} b where {test}"
    )


def _variable(random: Random, queries: Queries) -> str:
    table, columns = random.choice(sorted(queries.bases.items()))
    column = random.choice([c for c in columns if TYPES[c] == "INTEGER"])
    return f"set variable {VARIABLE} = (select max({column}) from {table})"
