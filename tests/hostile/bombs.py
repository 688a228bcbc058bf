"""What is small as a text and large as anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.makers import leak, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.hostile.makers import Hostile

BOMBS: dict[str, Callable[[str], str]] = {
    # 64 aliases, each twice the one before: 2**64 terms once they are spread out
    "aliases": lambda name: leak(
        name, "email as a0, " + ", ".join(f"a{n} + a{n} as a{n + 1}" for n in range(64))
    ),
    "nested_aliases": lambda name: f"create table ads.{name} as "
    "with c0 as (select email as a from crm.users)"
    + "".join(f", c{n} as (select a + a + a as a from c{n - 1})" for n in range(1, 300))
    + " select a from c299",
    # stars that double what the one before put out
    "stars": lambda name: f"create table ads.{name} as "
    + "select *, * from (" * 24 + "select email from crm.users" + ")" * 24,
    "stars_of_ctes": lambda name: f"create table ads.{name} as with c0 as (select * from crm.users)"
    + "".join(f", c{n} as (select *, * from c{n - 1})" for n in range(1, 100))
    + " select * from c99",
    "stars_of_joins": lambda name: f"create table ads.{name} as "
    "with c0 as (select * from crm.users)"
    + "".join(f", c{n} as (select x.*, y.* from c{n - 1} x, c{n - 1} y)" for n in range(1, 40))
    + " select * from c39",
    "stars_of_tables": lambda name: "create table crm.s0 as select email from crm.users;"
    + "".join(f"create table crm.s{n} as select *, * from crm.s{n - 1};" for n in range(1, 300))
    + f"create table ads.{name} as select * from crm.s299;",
    "unions": lambda name: f"create table ads.{name} as with c0 as (select email from crm.users)"
    + "".join(
        f", c{n} as (select * from c{n - 1} union all select * from c{n - 1})"
        for n in range(1, 100)
    )
    + " select * from c99",
    "structs": lambda name: f"create table ads.{name} as "
    "with c0 as (select email as a from crm.users)"
    + "".join(f", c{n} as (select {{'a': a, 'b': a}} as a from c{n - 1})" for n in range(1, 100))
    + " select a from c99",
    "spread_structs": lambda name: f"create table ads.{name} as "
    "with c0 as (select {'a': email, 'b': email} as a from crm.users)"
    + "".join(
        f", c{n} as (select {{'a': a, 'b': a}} as a, unnest(a, recursive := true) from c{n - 1})"
        for n in range(1, 30)
    )
    + " select * from c29",
    # any of so many names may be of any of so many tables
    "unqualified": lambda name: leak(
        name,
        "users.email, " + ", ".join(f"q{n}" for n in range(1_000)),
        "".join(f", crm.t{n}" for n in range(1_000)),
    ),
    "cube": lambda name: leak(
        name, "email", "group by cube (" + ", ".join(f"c{n}" for n in range(30)) + "), email"
    ),
    "patterns": lambda name: leak(name, "email, columns('(a+)+(b|c|d)*$')"),
    "recursion": lambda name: f"create table ads.{name} as with recursive c as ("
    "select email from crm.users union all select c.email from c, c d) select email from c",
    "recursion_of_stars": lambda name: f"create table ads.{name} as with recursive c as ("
    "select * from crm.users union all select *, * from c) select * from c",
    "circle": lambda name: "".join(
        f"create view crm.o{n} as select * from crm.o{(n + 1) % 200};" for n in range(200)
    )
    + leak(name, "users.email", ", crm.o1"),
    "own_source": lambda name: f"create table ads.{name} as select *, * from ads.{name};"
     f"insert into ads.{name} select email from crm.users;",
    "windows": lambda name: leak(
        name,
        "email, sum(id) over w0 as s",
        "window w0 as (partition by email)"
        + "".join(f", w{n} as (w{n - 1} order by email)" for n in range(1, 500)),
    ),
    "long_functions": lambda name: leak(
        name,
        "".join(f"{'f' * 900}{n}(" for n in range(300))
        + ", ".join(["email"] * 20_000)
        + ")" * 300,
    ),
    "long_relations": lambda name: f'create table "{"r" * 500_000}" as select * from crm.users;'
    + "".join(f"create table crm.l{n} as select * from crm.l{n - 1};" for n in range(1, 400))
    + leak(name),
    "texts_in_texts": lambda name: "do $a1$ " * 1
    + "".join(f"begin execute $b{n}$ " for n in range(60))
    + leak(name)
    + "".join(f"$b{n}$; end; " for n in reversed(range(60)))
    + "$a1$;",
    "templates": lambda name: "{{ config(x='" + "{{" * 1_000 + "') }}" + leak(name),
    "pivots": lambda name: f"create table ads.{name} as select * from crm.users pivot ("
    + ", ".join(f"max(email) as m{n}" for n in range(100))
    + " for id in (" + ", ".join(map(str, range(2_000))) + "));",
    "grouping_sets": lambda name: leak(
        name, "email", "group by grouping sets (" + ", ".join(["(email, id)"] * 20_000) + ")"
    ),
    "laterals": lambda name: leak(
        name, "users.email", "".join(f", lateral (select email) l{n}" for n in range(500))
    ),
    "merges": lambda name: f"merge into ads.{name} using crm.users on true "
    + "when not matched then insert (email) values (users.email) " * 2_000,
}  # fmt: skip


def inputs() -> Iterator[Hostile]:
    """Every bomb."""
    for kind, make in BOMBS.items():
        name = f"bomb_{kind}"
        yield made(name, make(name), "postgres" if kind == "texts_in_texts" else "duckdb")
