"""What is too large or too deep is a gap, found before it costs anything; the rest is analysed."""

from __future__ import annotations

import time

import pytest

from lineage import GapReason, analyze_sql
from lineage.limits import MAX_BYTES, MAX_DEPTH, MAX_STATEMENTS

BUDGET_SECONDS = 10.0  # generous: the machine may be busy

_NESTED = {
    "brackets": lambda n: "select " + "(" * n + "1" + ")" * n,
    "subqueries": lambda n: "select * from (" * n + "select 1 as a" + ")" * n,
    "arrays": lambda n: "select " + "[" * n + "1" + "]" * n,
    "case": lambda n: "select " + "case when a then " * n + "1" + " end" * n + " from t",
    "coalesce": lambda n: "select " + "coalesce(" * n + "a" + ", 1)" * n + " from t",
    "exists": lambda n: "select 1 where " + "exists (select 1 where " * n + "true" + ")" * n,
    "not": lambda n: "select " + "not " * n + "a from t",
    "minus": lambda n: "select " + "- " * n + "1",
    "ctes": lambda n: "with a as (" * n + "select 1 as x" + ") select * from a" * n,
    "named queries": lambda n: (
        "".join(f"with c{i} as (" for i in range(n))
        + "select a from t"
        + "".join(f") select a from c{i}" for i in reversed(range(n)))
    ),
    "types": lambda n: "select cast(a as " + "struct(x " * n + "int" + ")" * n + ") from t",
    "joins": lambda n: "select 1 from " + "(" * n + "t" + ")" * n,
}


@pytest.mark.parametrize("kind", _NESTED)
@pytest.mark.parametrize("share", [0.5, 1, 10])
def test_deep_nesting_never_crashes(kind: str, share: float) -> None:
    """Half the limit is analysed or a gap, ten times the limit is a gap, and nothing crashes."""
    start = time.monotonic()
    analysis = analyze_sql(_NESTED[kind](int(MAX_DEPTH * share)), dialect="duckdb")

    assert time.monotonic() - start < BUDGET_SECONDS
    if share > 1:
        assert {g.reason for g in analysis.gaps} == {GapReason.TOO_DEEP}


@pytest.mark.parametrize(("depth", "gaps"), [(MAX_DEPTH, 0), (MAX_DEPTH + 1, 1)])
def test_the_limit_of_depth_is_exact(depth: int, gaps: int) -> None:
    """As many levels as the limit says are read, one more is a gap."""
    analysis = analyze_sql("select " + "(" * depth + "1" + ")" * depth, dialect="duckdb")

    assert len(analysis.gaps) == gaps


def test_three_hundred_nested_queries_are_analysed() -> None:
    """What a generator of SQL may write is far inside the limit of depth."""
    sql = _NESTED["named queries"](300)
    analysis = analyze_sql(f"create table m as {sql}", dialect="duckdb")

    assert not analysis.gaps
    assert [(str(e.source), str(e.target)) for e in analysis.edges] == [("t.a", "m.a")]


@pytest.mark.parametrize(("count", "gaps"), [(MAX_STATEMENTS, 0), (MAX_STATEMENTS + 1, 1)])
def test_the_limit_of_statements_is_exact(count: int, gaps: int) -> None:
    """As many semicolons as the limit says are read, one more is a gap."""
    assert len(analyze_sql(";" * count, dialect="duckdb").gaps) == gaps


def test_the_limit_of_size_is_exact() -> None:
    """A text of the largest size is read, one character more is a gap."""
    text = "select 1 --" + "x" * (MAX_BYTES - 11)

    assert not analyze_sql(text, dialect="duckdb").gaps
    assert analyze_sql(text + "x", dialect="duckdb").gaps[0].reason is GapReason.TOO_LARGE


_LARGE = {
    "alias bomb": "select 1 as a0, "
    + ", ".join(f"a{n}+a{n} as a{n + 1}" for n in range(64))
    + " from t",
    "cte chain": "with c0 as (select a from t)"
    + "".join(f", c{n} as (select a from c{n - 1})" for n in range(1, 5000))
    + " select a from c4999",
    "union all": "create table m as " + " union all ".join(["select a from t"] * 10_000),
    "columns": "create table m as select " + ", ".join(f"c{n}" for n in range(50_000)) + " from t",
    "or chain": "select a from t where " + " or ".join(["a = 1"] * 10_000),
    "plus chain": "select " + " + ".join(["a"] * 10_000) + " from t",
    "statements": "select a from t;" * 4000,
}


@pytest.mark.parametrize("kind", _LARGE)
def test_large_texts_end_within_the_budget(kind: str) -> None:
    """A text that is large in any one way is analysed or a gap within the budget."""
    start = time.monotonic()
    analysis = analyze_sql(_LARGE[kind], dialect="duckdb")

    assert analysis.statements
    assert time.monotonic() - start < 2 * BUDGET_SECONDS


def test_flattening_a_bomb_of_aliases_ends() -> None:
    """Relation-to-relation edges of an alias bomb are found without walking every path."""
    analysis = analyze_sql(_LARGE["alias bomb"].replace("1 as a0", "x as a0"), dialect="duckdb")

    assert analysis.edges
