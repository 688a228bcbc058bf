"""What is nested deeper than anybody writes, and what hides how deep it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.makers import leak, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.hostile.makers import Hostile

DEPTHS = (160, 321, 8_000)

NESTED: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: "(" * n + "email" + ")" * n,
    "coalesce": lambda n: "coalesce(" * n + "email" + ", 'x')" * n,
    "case": lambda n: "case when id > 1 then " * n + "email" + " end" * n,
    "subqueries": lambda n: "(select " * n + "email" + ")" * n,
    "arrays": lambda n: "[" * n + "email" + "]" * n,
    "structs": lambda n: "{'a': " * n + "email" + "}" * n,
    "exists": lambda n: "email, " + "exists (select 1 where " * n + "true" + ")" * n + " as x",
    "types": lambda n: "cast(email as " + "struct(x " * n + "int" + ")" * n + ")",
    "lists": lambda n: "email, id in (" * min(n, 9_000) + "1" + ")" * min(n, 9_000) + " as y",
    "lambdas": lambda n: "email, " + "list_transform(id, x -> " * n + "x" + ")" * n + " as y",
    "indexes": lambda n: "email, a[" * 1 + "a[" * n + "1" + "]" * n + "] as y",
    "casts": lambda n: "cast(" * n + "email" + " as varchar)" * n,
}

# Each is deep, and looks shallow to whoever counts what is in texts, comments and names.
HIDDEN: dict[str, Callable[[int], str]] = {
    "closed_in_texts": lambda n: "(')' || " * n + "email" + ")" * n,
    "closed_in_names": lambda n: '(")" || ' * n + "email" + ")" * n,
    "closed_in_comments": lambda n: "( /* ) */ " * n + "email" + ")" * n,
    "ended_in_columns": lambda n: "case when users.end then " * n + "email" + " end" * n,
    "ended_in_names": lambda n: 'case when "end" then ' * n + "email" + " end" * n,
    "cases_in_letters": lambda n: "CaSe wHeN id > 1 tHeN " * n + "email" + " eNd" * n,
    "mixed_kinds": lambda n: "(case when [1] = [1] then (" * n + "email" + ") end)" * n,
}

PREFIXES = {"nots": "not ", "minuses": "- ", "tildes": "~ ", "pluses": "+ ", "ats": "@ "}


def inputs() -> Iterator[Hostile]:
    """Every kind at every depth, and runs of what stands in front of a value."""
    for kind, make in {**NESTED, **HIDDEN}.items():
        for depth in DEPTHS:
            name = f"deep_{kind}_{depth}"
            yield made(name, leak(name, make(depth)))
    for kind, prefix in PREFIXES.items():
        for length in (201, 8_000):
            name = f"run_{kind}_{length}"
            yield made(name, leak(name, prefix * length + "email"))
    for depth in DEPTHS:
        name = f"deep_ctes_{depth}"
        inner = "with a as (" * depth + "select email from crm.users" + ") select * from a" * depth
        yield made(name, f"create table ads.{name} as {inner};")
        name = f"deep_joins_{depth}"
        rest = ", " + "(" * depth + "crm.users as x" + ")" * depth
        yield made(name, leak(name, "users.email", rest))
        name = f"deep_blocks_{depth}"
        block = "begin " * depth + leak(name) + "end; " * depth
        yield made(name, block, "snowflake")
        name = f"deep_texts_{depth}"
        yield made(name, f"unload ('{leak(name, '(' * depth + 'email' + ')' * depth)}') "
                   f"to 's3://ads/{name}' iam_role 'x';", "redshift")  # fmt: skip
