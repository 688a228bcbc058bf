"""Which columns a query asks to be equal: what joins rows that belong together, no more."""

from __future__ import annotations

import pytest

from lineage import analyze_sql

SCHEMA = {
    "a": {"k": "int", "d": "date", "n": "text"},
    "b": {"k": "int", "d": "date", "n": "text"},
    "c": {"k": "int", "m": "text"},
}


def equated(sql: str) -> set[tuple[str, ...]]:
    """The pairs of columns, each in the order of the alphabet."""
    analysis = analyze_sql(sql, dialect="duckdb", schema=SCHEMA)
    names = analysis.graph.columns
    return {tuple(sorted((str(names[x]), str(names[y])))) for x, y in analysis.equated}


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 from a join b on a.k = b.k",
        "select 1 from a left join b on b.k = a.k and a.d >= b.d",
        "select 1 from a, b where a.k = b.k and a.n <> b.n",
        "select 1 from a join b on lower(trim(a.k::text)) = b.k::text",
        "select 1 from a join b on sha256(a.k) = hmac(b.k, 'x')",
        "select 1 from a where exists (select 1 from b where b.k = a.k)",
        "select 1 from a join b using (k)",
        "with x as (select k from a), y as (select k from b) select 1 from x natural join y",
        "with x as (select * from a) select 1 from x join b on x.k = b.k",
        "update a set n = b.n from b where a.k = b.k",
        "merge into a using b on a.k = b.k when matched then update set n = b.n",
    ],
)
def test_an_equality_of_two_columns_is_told(sql: str) -> None:
    """However it is written: as a condition of a join or of a query, by name, or through a CTE."""
    found = equated(sql)
    bases = {name.rpartition(".")[2] for pair in found for name in pair}
    assert (len(found), bases) == (1, {"k"})


def test_every_equality_counts_once_a_column_is_in_several() -> None:
    """Three tables that are joined by one key hang together."""
    sql = "select 1 from a join b on a.k = b.k join c on a.k = c.k"
    assert equated(sql) == {("a.k", "b.k"), ("a.k", "c.k")}


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 from a join b on a.k <> b.k",
        "select 1 from a join b on a.d >= b.d",
        "select 1 from a join b on a.d between b.d and b.d + 1",
        "select 1 from a join b on a.k = b.k or a.n = b.n",
        "select 1 from a join b on not a.k = b.k",
        "select 1 from a join b on left(a.n, 1) = b.n",
        "select 1 from a join b on a.k = b.k % 10",
        "select 1 from a join b on a.k = 1 and b.k = 1",
        "select 1 from a join b on k = d",
        "select 1 from a cross join b",
    ],
)
def test_nothing_else_is(sql: str) -> None:
    """Another comparison, a choice, a part of a value, and a name that may mean either side."""
    assert equated(sql) == set()
