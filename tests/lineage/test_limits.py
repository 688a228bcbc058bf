"""What is too large or too deep is a gap, found before it costs anything; the rest is analysed."""

from __future__ import annotations

import time

import pytest

from lineage import GapReason, analyze_sql
from lineage.limits import (
    MAX_BRANCHES,
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_FUNCTIONS,
    MAX_LINKS,
    MAX_NAMED_QUERIES,
    MAX_RUN,
    MAX_STATEMENTS,
)
from lineage.link import joining, segments

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


def test_three_hundred_nested_queries_are_analysed() -> None:
    """What a generator of SQL may write is far inside the limit of depth."""
    sql = _NESTED["named queries"](300)
    analysis = analyze_sql(f"create table m as {sql}", dialect="duckdb")

    assert not analysis.gaps
    assert [(str(e.source), str(e.target)) for e in analysis.edges] == [("t.a", "m.a")]


_QUERY = "select a from t"
_EXACT = {
    "depth": (MAX_DEPTH, lambda n: "select " + "(" * n + "1" + ")" * n),
    "case": (
        MAX_DEPTH,
        lambda n: "select " + "case when a then " * n + "1" + " end" * n + " from t",
    ),
    "run": (MAX_RUN, lambda n: "select " + "not " * n + "a" + _BRACKETS),
    "indexes": (MAX_LINKS, lambda n: "select (a)" + "[1]" * n + _BRACKETS),
    "methods": (MAX_LINKS, lambda n: "select (a)" + ".f()" * n + _BRACKETS),
    "functions": (MAX_FUNCTIONS, lambda n: "select a" + "::int" * n + " from t"),
    "branches": (MAX_BRANCHES, lambda n: " union all ".join([_QUERY] * n)),
    "named queries": (
        MAX_NAMED_QUERIES,
        lambda n: "with " + ", ".join(f"c{i} as ({_QUERY})" for i in range(n)) + _QUERY,
    ),
    "columns": (
        MAX_COLUMNS,
        lambda n: (
            "create table m as select " + ", ".join(f"a as c{i}" for i in range(n)) + " from t"
        ),
    ),
}
# So many brackets side by side that somebody looks how they stand.
_BRACKETS = ", (1)" * (MAX_DEPTH + 1) + " from t"


@pytest.mark.threat(1, 5, 6)
@pytest.mark.parametrize("kind", _EXACT)
def test_a_limit_is_exact(kind: str) -> None:
    """As much of something as its limit says is read, one more is a gap that names the limit."""
    most, make = _EXACT[kind]

    assert not analyze_sql(make(most), dialect="duckdb").gaps
    (gap,) = analyze_sql(make(most + 1), dialect="duckdb").gaps
    assert gap.reason in {GapReason.TOO_DEEP, GapReason.TOO_LARGE}
    assert str(most) in gap.message or kind == "run"


@pytest.mark.threat(1)
@pytest.mark.parametrize("hidden", ["'('", '"("', "/* ( */", "'case'", '"case"'])
def test_what_stands_in_texts_names_and_comments_is_not_counted(hidden: str) -> None:
    """Only brackets and words of the SQL itself nest."""
    separated = "+" if "/*" in hidden else ","
    sql = "select " + separated.join([f"1 {hidden}" if "/*" in hidden else hidden] * 1_000)

    assert not [
        g for g in analyze_sql(sql, dialect="duckdb").gaps if g.reason is GapReason.TOO_DEEP
    ]


@pytest.mark.threat(1)
@pytest.mark.parametrize(
    "opened",
    ["(')' || ", '(")" || ', "( /* ) */ ", "case when t.end then ", 'case when "end" then '],
)
def test_depth_cannot_be_hidden(opened: str) -> None:
    """What looks like a bracket that closes, or an END, makes nothing less deep."""
    close = ")" if opened[0] == "(" else " end"
    sql = f"select {opened * (MAX_DEPTH + 1)}a{close * (MAX_DEPTH + 1)} from t"

    assert {g.reason for g in analyze_sql(sql, dialect="duckdb").gaps} == {GapReason.TOO_DEEP}


@pytest.mark.threat(9)
@pytest.mark.parametrize(("count", "gaps"), [(MAX_STATEMENTS, 0), (MAX_STATEMENTS + 1, 1)])
def test_the_limit_of_statements_is_exact(count: int, gaps: int) -> None:
    """As many semicolons as the limit says are read, one more is a gap; others end nothing."""
    assert len(analyze_sql(";" * count, dialect="duckdb").gaps) == gaps
    assert not analyze_sql(";" * 9 + f"select '{';' * count}'", dialect="duckdb").gaps


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


@pytest.mark.threat(6)
@pytest.mark.parametrize("levels", [10, 40])
def test_stars_that_double_are_spread_out_to_a_limit(
    monkeypatch: pytest.MonkeyPatch, levels: int
) -> None:
    """What a few hundred characters of stars come to is bounded, and beyond that a gap."""
    monkeypatch.setattr(segments, "MAX_FLOWS", 10_000)
    sql = "create table m as " + "select *, * from (" * levels + "select a from t" + ")" * levels
    found = analyze_sql(sql, dialect="duckdb")

    if levels == 10:
        assert not found.gaps
    else:
        assert [(gap.reason, gap.relations) for gap in found.gaps] == [
            (GapReason.TOO_LARGE, ("t", "m"))
        ]
        assert not found.edges


@pytest.mark.threat(6, 12)
def test_what_all_texts_come_to_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project with more flows than are followed is a gap for each statement."""
    monkeypatch.setattr(joining, "MAX_FLOWS_OF_ALL", 100)
    sql = "".join(f"create table g{n} as select * from g{n - 1};" for n in range(1, 20))
    found = analyze_sql(
        sql + "".join(f"select k{n} from g19;" for n in range(20)), dialect="duckdb"
    )

    assert {gap.reason for gap in found.gaps} == {GapReason.TOO_LARGE}
    assert found.opaque == found.statements == 39


@pytest.mark.threat(10)
def test_no_message_is_as_long_as_its_author_likes() -> None:
    """Names are cut, and a message names some of many: a chain would repeat them all."""
    long = "x" * 100_000
    sql = f'create table g0 as select * from "{long}";' + "".join(
        f"create table g{n} as select * from g{n - 1} join u{n} using (a);" for n in range(1, 100)
    )
    gaps = analyze_sql(sql, dialect="duckdb").gaps

    assert gaps
    assert max(len(gap.message) for gap in gaps) < 3_000


def test_names_that_are_cut_stay_different() -> None:
    """Two names that are longer than any engine allows are not taken for one."""
    one, other = "x" * 2_000 + "1", "x" * 2_000 + "2"
    (edge,) = analyze_sql(
        f"create table m as select {one} from t, u where {other} = 1",
        dialect="duckdb",
        schema={"t": {one: "int"}, "u": {other: "int"}},
    ).edges[:1]

    assert edge.source.relation == "t"


def test_flattening_a_bomb_of_aliases_ends() -> None:
    """Relation-to-relation edges of an alias bomb are found without walking every path."""
    analysis = analyze_sql(_LARGE["alias bomb"].replace("1 as a0", "x as a0"), dialect="duckdb")

    assert analysis.edges
