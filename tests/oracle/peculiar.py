"""Random statements that only DuckDB has, or that reach tables by a way of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .expressions import Maker, Seen
from .worlds import TYPES

if TYPE_CHECKING:
    from .scripts import Scripts

_PLAIN = {"INTEGER", "VARCHAR", "BOOLEAN"}


def summarized(scripts: Scripts, name: str) -> list[str]:
    """What is the case in all rows of each column, as rows."""
    query = scripts.queries.make(1, scripts.random.choice([("k", "s"), ("a", "ok", "t")]))
    table, _columns = scripts.random.choice(sorted(scripts.queries.bases.items()))
    scripts.made[name] = ("s", "t")
    whole = f"select * from ({query.sql}) q"
    ways = [
        f"min as s, max as t from (summarize {whole})",
        f"column_name as s, min || max as t from (summarize from {table})",
        f"column_name as s, column_type as t from (describe {whole})",
    ]
    return [f"create table {name} as select {scripts.random.choice(ways)}"]


def filed(scripts: Scripts, name: str) -> list[str]:
    """Rows that go into a file, and out of it."""
    query = scripts.queries.make(1)
    file = f"'out/{name}.parquet'"
    scripts.note(name, query.columns, is_table=True)
    writes = [f"copy ({query.sql}) to {file}"]
    if scripts.random.random() < 0.3:
        writes = [f"create temp table {name}f as {query.sql}", f"copy {name}f to {file}"]
    reads = [
        f"create table {name} as from {file}",
        f"create table {name} as select * from read_parquet({file})",
        f"create table {name} as select {', '.join(query.columns)} from parquet_scan([{file}])",
    ]
    return [*writes, scripts.random.choice(reads)]


def attached(scripts: Scripts, name: str) -> list[str]:
    """A table in another database that is called like one in this."""
    first, body = scripts.queries.make(1), scripts.queries.make(1)
    own = scripts.random.choice([f"other.{name}", f"other.main.{name}"])
    scripts.note(name, first.columns, is_table=True)
    scripts.note(f"{name}b", body.columns, is_table=True)
    return [
        "attach ':memory:' as other",
        f"create table {own} as {first.sql}",
        f"create table {name} as select {', '.join(first.columns)} from {own}",
        f"create table {name}b as {body.sql}",
    ]


def used(scripts: Scripts, name: str) -> list[str]:
    """A schema that names without one are looked for in first.

    Nothing else names the table: who does not know it takes such a name for the one that is made.
    """
    table, columns = scripts.random.choice(sorted(scripts.queries.bases.items()))
    if scripts.made:
        return scripts.plain(name)
    maker = Maker(scripts.random, [Seen(f"b.{c}", TYPES[c]) for c in columns], None)
    listed = ", ".join(f"{maker.make(TYPES[c], 1)} as {c}" for c in columns)
    source = f"select {listed} from main.{table} b where {maker.make('BOOLEAN', 1)}"
    kind = scripts.random.choice(["table", "view"])
    ways = ["use side", "set schema = 'side'", "set search_path = 'side,main'"]
    body = scripts.queries.make(1)
    scripts.note(name, body.columns, is_table=True)
    scripts.queries.relations.pop(table)
    scripts.queries.bases.pop(table)
    return [
        "create schema side",
        f"create {kind} side.{table} as {source}",
        scripts.random.choice(ways),
        f"create table main.{name} as {body.sql}",
        "use main",
    ]


def asked(scripts: Scripts, name: str) -> list[str]:
    """A query in a text, which lineage tells as a gap: nothing else reads what it makes."""
    query = scripts.queries.make(1)
    text = query.sql.replace("'", "''")
    scripts.made[name] = query.columns
    return [f"create table {name} as select * from query('{text}')"]


def remembered(scripts: Scripts, name: str) -> list[str]:
    """Variables that hold lists and structs, one made of another."""
    query = scripts.queries.make(1, ("x", "s"))
    table, columns = scripts.random.choice(sorted(scripts.queries.bases.items()))
    texts = [c for c in columns if TYPES[c] == "VARCHAR"]
    if not texts:
        return scripts.plain(name)
    scripts.made[name] = ("s", "x", "t")
    many, both, key = f"getvariable('v{name}')", f"getvariable('w{name}')", texts[0]
    listed = f"{key} as s, {both}.x as x, {both}.l[1] as t"
    where = f"where {key} in (select unnest({many}))"
    return [
        f"set variable v{name} = (select list(s order by s) from ({query.sql}) q)",
        f"set variable w{name} = (select {{'x': max(x), 'l': {many}}} from ({query.sql}) q)",
        f"create table {name} as select {listed} from {table} {where}",
    ]


def overloaded(scripts: Scripts, name: str) -> list[str]:
    """A macro that is a table, with a parameter that may be left out, or with one more."""
    queries = scripts.queries
    table, columns = scripts.random.choice(sorted(queries.bases.items()))
    other, others = scripts.random.choice(sorted(queries.bases.items()))

    def body(relation: str, have: tuple[str, ...], parameters: str) -> str:
        seen = [Seen(f"b.{c}", TYPES[c]) for c in have]
        maker = Maker(scripts.random, seen + [Seen(p, "INTEGER") for p in parameters], None)
        return (
            f"select {maker.make('INTEGER', 1)} as x, {maker.make('VARCHAR', 1)} as s"
            f" from {relation} b where {maker.make('BOOLEAN', 1)}"
        )

    one, two = body(table, columns, "u"), body(other, others, "uv")
    table_of = f"create macro m{name}(u) as table {one}, (u, v) as table {two}"
    calls = [f"m{name}(1)", f"m{name}(1, 2)", f"m{name}(v := 2, u := 1)"]
    if scripts.random.random() < 0.5:
        table_of = f"create macro m{name}(u, v := 2) as table ({one} union all {two})"
    scripts.note(name, ("x", "s"), is_table=True)
    return [table_of, f"create table {name} as from {scripts.random.choice(calls)}"]


def sampled(scripts: Scripts, name: str) -> list[str]:
    """A sample of a query, the same one each time."""
    table, columns = scripts.random.choice(sorted(scripts.queries.bases.items()))
    way = scripts.random.choice(["reservoir(3 rows)", "bernoulli(50%)", "reservoir(50%)"])
    kept = [c for c in columns if TYPES[c] in _PLAIN]
    scripts.note(name, tuple(kept), is_table=True)
    listed = ", ".join(kept)
    return [
        f"create table {name} as select {listed} from {table} using sample {way} repeatable (3)"
    ]


def executed(scripts: Scripts, name: str) -> list[str]:
    """A prepared query that makes a table, with values that have names."""
    query = scripts.queries.make(1, ("x", "s"))
    scripts.note(name, ("x", "s"), is_table=True)
    return [
        f"create table {name} (x integer, s varchar)",
        f"prepare e{name} as insert into {name} select x + $n, s from ({query.sql}) q where x > $m",
        f"execute e{name}(n := 1, m := 0)",
    ]


WAYS = (
    *(summarized, filed, attached, used, asked),
    *(remembered, overloaded, sampled, executed),
)
