"""Random statements about relations that hide others, stand on them, or are made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .expressions import Maker, Seen
from .worlds import TYPES

if TYPE_CHECKING:
    from .scripts import Scripts


def hidden(scripts: Scripts, name: str) -> list[str]:
    """A temporary relation by the name of a table, which it hides; both are then read."""
    table, columns = scripts.random.choice(sorted(scripts.queries.bases.items()))
    query = scripts.queries.make(1, columns)
    kind = scripts.random.choice(["table", "table", "view"])
    own = scripts.random.choice([table, f"temp.{table}", f"main.{table}"])
    body = scripts.queries.make(1)
    scripts.note(name, body.columns, is_table=True)
    # a view that read itself would be no view
    if kind == "view" and table in query.sql:
        kind = "table"
    picked = ", ".join(c for c in columns if TYPES[c] in {"INTEGER", "VARCHAR"})
    reads = f"create table {name} as {body.sql}"
    if scripts.random.random() < 0.4:
        scripts.note(name, tuple(picked.split(", ")), is_table=True)
        reads = f"create table {name} as select {picked} from {own}"
    drop = [f"drop {kind} {table}"] if scripts.random.random() < 0.3 else []
    made = [f"create temp {kind} {table} as {query.sql}", *drop, reads]
    return made if drop else [*made, f"drop {kind} {table}"]


def elsewhere(scripts: Scripts, name: str) -> list[str]:
    """A relation in another schema, which may be called like one that is made in this one."""
    table = scripts.random.choice([name, *(m for m in sorted(scripts.made) if "." not in m)])
    own = f"side.{table}"
    query = scripts.queries.make(1)
    if own in scripts.made:
        return scripts.plain(name)
    makes = [] if any(m.startswith("side.") for m in scripts.made) else ["create schema side"]
    kind = scripts.random.choice(["table", "view"])
    scripts.note(own, query.columns, is_table=kind == "table")
    return [*makes, f"create {kind} {own} as {query.sql}", *scripts.plain(name)]


def below(scripts: Scripts, name: str) -> list[str]:
    """A view over a relation that is made anew once the view is there."""
    lower, upper = name, f"{name}up"
    first = scripts.queries.make(1)
    second = scripts.queries.make(1, first.columns)
    kind = scripts.random.choice(["view", "table"])
    scripts.note(lower, first.columns, is_table=False)
    over = scripts.queries.make(1)
    while lower not in over.sql:
        over = scripts.queries.make(1)
    scripts.note(upper, over.columns, is_table=False)
    return [
        f"create {kind} {lower} as {first.sql}",
        f"create view {upper} as {over.sql}",
        f"create or replace {kind} {lower} as {second.sql}",
    ]


def recursive(scripts: Scripts, name: str) -> list[str]:
    """A recursive view, each of whose rows makes the next one."""
    queries = scripts.queries
    table, columns = scripts.random.choice(sorted(queries.bases.items()))
    first = queries.make(1, ("k", "s"))
    seen = [Seen(f"j.{c}", TYPES[c]) for c in columns] + [Seen("r.s", "VARCHAR")]
    text = Maker(scripts.random, seen, None).make("VARCHAR", 1)
    scripts.note(name, ("k", "s"), is_table=False)
    step = f"select r.k + 1, {text} from {name} r join {table} j on j.id = r.k where r.k < 3"
    start = f"select k, s from ({first.sql}) f"
    return [f"create recursive view {name}(k, s) as {start} union {step}"]


def returned(scripts: Scripts, name: str) -> list[str]:
    """A table of what a change in a CTE returns."""
    target, columns = scripts.target()
    seen = [Seen(c, TYPES[c]) for c in columns]
    maker = Maker(scripts.random, seen, None)
    query = scripts.queries.make(1, columns)
    test, column = maker.make("BOOLEAN", 1), scripts.random.choice(columns)
    change = scripts.random.choice(
        [
            f"insert into {target} {query.sql}",
            f"delete from {target} where {test}",
            f"update {target} set {column} = {maker.make(TYPES[column], 1)} where {test}",
        ]
    )
    names = scripts.queries.names(None)
    items = ", ".join(f"{maker.make(TYPES[c], 1)} as {c}" for c in names)
    scripts.note(name, names, is_table=True)
    return [f"create table {name} as with c as ({change} returning {items}) select * from c"]


def retyped(scripts: Scripts, _name: str) -> list[str]:
    """A column of a table that is computed anew while it gets its type."""
    target, columns = scripts.target()
    column = scripts.random.choice(columns)
    seen = [Seen(c, TYPES[c]) for c in columns]
    value = Maker(scripts.random, seen, None).make(TYPES[column])
    words = scripts.random.choice([f"{column} type", f"column {column} set data type"])
    return [f"alter table {target} alter {words} {TYPES[column]} using {value}"]


def prepared(scripts: Scripts, name: str) -> list[str]:
    """A statement that is prepared, and run with a value."""
    target, columns = scripts.target()
    query = scripts.queries.make(1, columns)
    statement = f"insert into {target} {query.sql}"
    if "INTEGER" in {TYPES[c] for c in columns}:
        column = next(c for c in columns if TYPES[c] == "INTEGER")
        statement = f"update {target} set {column} = {column} + $1"
        return [f"prepare p{name} as {statement}", f"execute p{name}(1)"]
    return [f"prepare p{name} as {statement}", f"execute p{name}"]
