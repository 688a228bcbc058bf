"""What has more of something than anybody writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.makers import leak, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.hostile.makers import Hostile

# The value that is selected, made of so many parts.
CHAINS: dict[str, Callable[[int], str]] = {
    "pluses": lambda n: " + ".join(["email"] * n),
    "pipes": lambda n: " || ".join(["email"] * n),
    "ors": lambda n: "case when " + " or ".join(["id = 1"] * n) + " then email end",
    "ands": lambda n: "case when " + " and ".join(["id = 1"] * n) + " then email end",
    "casts": lambda n: "email" + "::varchar" * n,
    "dots": lambda n: "email" + ".a" * n,
    "indexes": lambda n: "email" + "[1]" * n,
    "arrows": lambda n: "email" + " -> 'a'" * n,
    "whens": lambda n: "case " + "when id = 1 then email " * n + "end",
    "arguments": lambda n: "concat(" + ", ".join(["email"] * n) + ")",
    "compared": lambda n: " < ".join(["email"] * n),
    "likes": lambda n: "email" + " like 'a'" * n,
    "in_list": lambda n: "case when id in (" + ", ".join(map(str, range(n))) + ") then email end",
    "methods": lambda n: "email" + ".upper()" * n,
}
LENGTHS = (3_000, 8_000)

# Whole statements.
STATEMENTS: dict[str, Callable[[str], str]] = {
    "unions": lambda name: f"create table ads.{name} as "
    + " union all ".join(["select email from crm.users"] * 2_001),
    "unions_most": lambda name: f"create table ads.{name} as "
    + " union all ".join(["select email from crm.users"] * 2_000),
    "unions_of_cases": lambda name: f"create table ads.{name} as "
    + " UnIoN AlL ".join(["select email from crm.users"] * 5_000),
    "excepts": lambda name: f"create table ads.{name} as "
    + " except ".join(["select email from crm.users"] * 3_000),
    "ctes": lambda name: f"create table ads.{name} as with c0 as (select email from crm.users)"
    + "".join(f", c{n} as (select email from c{n - 1})" for n in range(1, 2_001))
    + " select email from c2000",
    "ctes_many": lambda name: f"create table ads.{name} as with c0 as (select email from crm.users)"
    + "".join(f", c{n} as (select * from c{n - 1})" for n in range(1, 5_000))
    + " select email from c4999",
    "columns": lambda name: leak(name, "email, " + ", ".join(f"id as c{n}" for n in range(20_000))),
    "columns_many": lambda name: leak(
        name, "email, " + ", ".join(f"id as c{n}" for n in range(30_000))
    ),
    "tables": lambda name: leak(
        name, "users.email", "".join(f", crm.t{n}" for n in range(20_000))
    ),
    "joins": lambda name: leak(
        name, "users.email", "".join(f" join crm.t{n} using (id)" for n in range(2_000))
    ),
    "conditions": lambda name: leak(name, "email", "where " + " and ".join(["id = 1"] * 20_000)),
    "groups": lambda name: leak(name, "email", "group by " + ", ".join(["email"] * 20_000)),
    "orders": lambda name: leak(name, "email", "order by " + ", ".join(["email"] * 20_000)),
    "windows": lambda name: leak(
        name, "email, " + ", ".join(f"sum(id) over (order by email) as c{n}" for n in range(5_000))
    ),
    "statements": lambda name: ";" * 5_001 + leak(name),
    "statements_most": lambda name: "select 1;" * 4_990 + leak(name),
    "statements_in_comments": lambda name: "/*;*/" * 6_000 + leak(name),
    "tokens": lambda name: leak(name, "email, " + ",".join(["1"] * 130_000)),
    "values": lambda name: "insert into crm.other values " + ", ".join(["(1, 2)"] * 20_000) + ";"
    + leak(name),
    "long_text": lambda name: leak(name, "email, '" + "x" * 900_000 + "' as x"),
    "long_comment": lambda name: "/*" + "x" * 900_000 + "*/" + leak(name),
    "long_name": lambda name: leak(name, 'email as "' + "x" * 900_000 + '"'),
    "long_number": lambda name: leak(name, "email, " + "9" * 900_000 + " as n"),
    "long_exponent": lambda name: leak(name, "email, 1e999999999 as n"),
    "blanks": lambda name: " " * 900_000 + leak(name),
    "line_ends": lambda name: "\n" * 900_000 + leak(name),
    "comments": lambda name: "--\n" * 300_000 + leak(name),
    "nested_comments": lambda name: "/*" * 300_000 + "*/" * 100_000 + leak(name),
    "too_large": lambda name: leak(name) + "-" * (1 << 20),
}  # fmt: skip


def inputs() -> Iterator[Hostile]:
    """Every chain at every length, and every statement."""
    for kind, make in CHAINS.items():
        for length in LENGTHS:
            name = f"chain_{kind}_{length}"
            yield made(name, leak(name, make(length) + " as v"))
    for kind, whole in STATEMENTS.items():
        name = f"wide_{kind}"
        yield made(name, whole(name))
