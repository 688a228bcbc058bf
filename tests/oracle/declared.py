"""Random tables whose columns are filled by more than what is put into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .expressions import Maker, Seen
from .worlds import STRUCT, TYPES

if TYPE_CHECKING:
    from .scripts import Scripts


def computed(scripts: Scripts, name: str) -> list[str]:
    """Columns that are computed of others, which may be computed themselves, in any places."""
    kept = scripts.random.sample(["k", "a", "name", "city", "flag"], 3)
    made = scripts.random.sample(["x", "s", "ok"], 2)
    seen = [Seen(c, TYPES[c]) for c in kept]
    written = {c: f"{c} {TYPES[c]}" for c in kept}
    for column in made:
        value = Maker(scripts.random, seen, None).make(TYPES[column], 1)
        word = scripts.random.choice(["as", "generated always as"])
        written[column] = f"{column} {TYPES[column]} {word} ({value})"
        seen.append(Seen(column, TYPES[column]))
    columns = scripts.random.sample(list(written), len(written))
    query = scripts.queries.make(1, tuple(c for c in columns if c in kept))
    scripts.note(name, tuple(columns), is_table=False)
    listed = ", ".join(written[c] for c in columns)
    rows = f"select * from ({query.sql}) q"
    return [f"create table {name} ({listed})", f"insert into {name} {rows}"]


def numbered(scripts: Scripts, name: str) -> list[str]:
    """Columns that a sequence and expressions fill where nothing else does."""
    query = scripts.queries.make(1, ("s",))
    columns = ("k", "s", "x")
    scripts.note(name, columns, is_table=True)
    how = scripts.random.choice([f"insert into {name} by name", f"insert into {name} (s)"])
    rows = f"select s from ({query.sql}) order by s"
    change = scripts.random.choice(
        [
            f"alter table {name} alter column x set default 7",
            f"alter table {name} add column y integer default 5",
            f"alter table {name} alter k drop default",
        ]
    )
    if "add column" in change:
        scripts.note(name, (*columns, "y"), is_table=True)
    key, other = f"k integer default nextval('n{name}')", "x integer default (length('abc'))"
    return [
        f"create sequence n{name} start 3",
        f"create table {name} ({key}, s varchar, {other})",
        f"{how} {rows}",
        change,
        f"{how} {rows}",
    ]


def empty(scripts: Scripts, name: str) -> list[str]:
    """A table like a query, without its rows, which come of another one."""
    query = scripts.queries.make(1)
    other = scripts.queries.make(1, query.columns)
    scripts.note(name, query.columns, is_table=True)
    made = f"create table {name} as {query.sql} with no data"
    if query.sql.startswith("(") or "limit" in query.sql:
        made = f"create table {name} as select * from ({query.sql}) q limit 0"
    return [made, f"insert into {name} select * from ({other.sql}) o"]


def chosen(scripts: Scripts, name: str) -> list[str]:
    """A column that holds a value of one type or of another."""
    one, two = scripts.queries.make(1, ("x",)), scripts.queries.make(1, ("s",))
    scripts.made[f"{name}u"] = ("v",)
    scripts.note(name, ("x", "s", "t"), is_table=True)
    read = scripts.random.choice(["v.s", "union_extract(v, 's')"])
    listed = f"v.x as x, {read} as s, union_tag(v)::varchar as t"
    return [
        f"create table {name}u (v union(x integer, s varchar))",
        f"insert into {name}u select x from ({one.sql}) q",
        f"insert into {name}u select s from ({two.sql}) q",
        f"create table {name} as select {listed} from {name}u",
    ]


def filled(scripts: Scripts, name: str) -> list[str]:
    """A struct that goes into a column whose fields are in another order."""
    query = scripts.queries.make(1, ("k", "s"))
    scripts.note(name, ("p", "x"), is_table=True)
    order = scripts.random.choice(["'k': k, 'city': s", "'city': s, 'k': k"])
    how = scripts.random.choice(["by name", "(x, p)"])
    other = f"{name}r"
    scripts.note(other, ("k", "city"), is_table=True)
    return [
        f"create table {name} (p {STRUCT}, x integer)",
        f"insert into {name} {how} select k as x, {{{order}}} as p from ({query.sql}) q",
        f"create table {other} as select p.k, p.city from {name}",
    ]


WAYS = (computed, numbered, empty, chosen, filled)
