"""Branches of unions that are copied come to what each of them would have come to by itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.compile import alike, compile_text
from lineage.compile.scripts.context import NOTHING_KNOWN
from lineage.compile.shortened import compile_shortened
from lineage.compile.tokenizing import tokens_of
from lineage.dialects import FOLDING, naming

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.objects import Object

DIALECTS = sorted(FOLDING.keys() - {"dax", "prql"})  # whose texts are no SQL
NEVER = 1 << 30

# What a statement may say around its union.
AROUND = (
    "{}",
    "create table m as {}",
    "create view v (x, y) as {}",
    "insert into m {}",
    "insert into m (a, b) {}",
    "select a from ({}) q where b = 1",
    "select a from x where a in ({})",
    "select a from x where not exists ({})",
    "with c as ({}) select a from c",
    "with c as (select a, b from t1) {}",
    "with c as (select a, b from u), d as ({}), e as (select a from d) select e.a from e, c",
    "with recursive c as ({} union all select a, b from c) select * from c",
    "with recursive t2 as (select a, b from c), c as ({}) select * from c",
    "create temporary table t3 as select a, b from u; create table m as {}",
    "create temp table t3 (a int, b int); insert into m {}; drop table t3",
    "merge into m using ({}) s on m.a = s.a when matched then update set b = s.b",
    "update m set a = (select max(a) from ({}) q)",
    "delete from m where a in ({})",
    "select ({}), query_to_xml((select 't1'))",
    "select f(({})) from x, t4",
    "declare t5 int; select a into t5 from x; {}",
    "begin for t2 in ({}) loop insert into m values (t2.a); end loop; end",
    "execute immediate '{}'",
    "({}) except select a, b from u",
    "{} except select a, b from u",
    "select a, b from t9 union all {} except select a, b from u union all select a, b from w",
    "begin for t2 in (select a, b from y) loop insert into m {}; end loop; end",
    "do $$ begin for t2 in select a, b from y loop insert into m {}; end loop; end $$",
    "select a, b from u except ({})",
    "select a, b from x where exists (select 1 from t1) union {}",
    "explain {}",
    "alter view v as {}",
    "use s; {}",
    "{} order by a limit 3",
    "({}) limit 3",
    "create table m as {} option (label = 'x')",
    "create function f() returns int as $$ {} $$ language sql",
)
OPERATORS = (
    *[" union all "] * 6,
    *[" UNION ALL "] * 2,
    " union ",
    " union distinct ",
    " except ",
    " except all ",
    " intersect ",
    "\nunion all\n",
    " union all by name ",
    " left outer union all ",
    " union all -- note\n",
    " /* note */ union all ",
    " union all corresponding ",
)
TABLES = (
    *(f"t{n}" for n in range(8)),
    *("c", "d", "m", "x", "u", "T1", "t5", "tmp", "#t1", "@t1", "t1$changes", "t1@link"),
    *("date", "left", "values", "dual", "unnest", "only", "final", "lateral", "true", "_x", "x1"),
    *("pg_stats", "sqlite_stat3", "all_tab_histograms", "dbo_t_CT", "files", "branch_x"),
    *(
        '"t1"',
        "`t1`",
        "[t1]",
        "'t1.csv'",
        "\u017f1",
        "t1 as t",
        "t1 t",
        "t1, t2",
        "(t1)",
        "t1 where a",
    ),
    *("f(1)", "t1 limit 3", "t1 order by a", "t1 tablesample (1)", "t1 -- note\n"),
)
SCHEMAS = (*[""] * 6, "s.", "S.", "c.", "cdc.", "recurring.", "fts_main_t.", "p.s.", "x.", "t1.")
COLUMNS = (
    *["a, b"] * 8,
    *("a as x, b as y", "a", "A, b", "a, b as t1", "b, a", "*", "a, 1", "a b, b a", "a, a"),
    *("t1.a, b", "t1, b", "rownum, b", "level as l, b", "a, sum(b)", "distinct a, b", "a,\n  b"),
)


@st.composite
def unions(draw: st.DrawFn) -> str:
    """A union of which most branches are like those before them."""
    said = draw(st.sampled_from(OPERATORS)), draw(st.sampled_from(COLUMNS))
    schema = draw(st.sampled_from(SCHEMAS))
    names = draw(st.permutations([f"t{n}" for n in range(8)]))
    pieces: list[str] = []
    for name in names[: draw(st.integers(4, 8))]:
        operator, columns, place, table = *said, schema, name
        match draw(st.integers(0, 30)):
            case 0:
                operator = draw(st.sampled_from(OPERATORS))
            case 1:
                columns = draw(st.sampled_from(COLUMNS))
            case 2:
                place = draw(st.sampled_from(SCHEMAS))
            case 3 | 4 | 5:
                table = draw(st.sampled_from(TABLES))
            case 6:
                said = draw(st.sampled_from(OPERATORS)), draw(st.sampled_from(COLUMNS))
        pieces += [operator if pieces else "", f"select {columns} from {place}{table}"]
    return "".join(pieces)


@contextmanager
def _fewest(branches: int) -> Iterator[None]:
    before, alike.FEWEST = alike.FEWEST, branches
    try:
        yield
    finally:
        alike.FEWEST = before


def _compiled(text: str, dialect: str, fewest: int) -> Object:
    with _fewest(fewest):
        return compile_text(text, dialect)


@settings(max_examples=1500)
@given(st.sampled_from(DIALECTS), st.sampled_from(AROUND), unions())
def test_what_is_copied_is_the_same(dialect: str, around: str, union: str) -> None:
    text = around.replace("{}", union)
    assert _compiled(text, dialect, 1) == _compiled(text, dialect, NEVER)


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_plain_unions_are_the_same_anywhere(dialect: str, around: str) -> None:
    branches = (f"select a, b from t{n}" for n in range(9))
    text = around.replace("{}", " union all ".join(branches))
    assert _compiled(text, dialect, 1) == _compiled(text, dialect, NEVER)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("schema", ["", "s.", "cdc.", "p.s."])
def test_no_table_is_copied_that_is_special(table: str, schema: str) -> None:
    text = " union all ".join(f"select a, b from {schema}{t}" for t in ("p", "q", table, "r"))
    for dialect in DIALECTS:
        assert _compiled(text, dialect, 1) == _compiled(text, dialect, NEVER), dialect


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "around",
    ["{}", "create table m as {}", "insert into m {}", "with c as ({}) select a from c"],
)
def test_long_unions_are_copied(dialect: str, around: str) -> None:
    branches = (f"select a, b as c from s.t{n}" for n in range(alike.FEWEST + 3))
    assert _is_copied(around.format(" union all ".join(branches)), dialect)


def test_what_is_said_of_one_branch_is_read() -> None:
    branches = [f"select a from t{n}" for n in range(alike.FEWEST + 3)]
    text = " union all ".join(branches)
    assert _is_copied(text, "duckdb")
    assert not _is_copied(text.replace("t5", "t5 where b"), "duckdb")
    assert not _is_copied(f"with t5 as (select 1 as a) {text}", "duckdb")
    assert not _is_copied(text.replace("t5", "pg_stats"), "postgres")


def _is_copied(text: str, dialect: str) -> bool:
    tokens = tokens_of(text, dialect)
    return compile_shortened(tokens, text, naming(dialect), NOTHING_KNOWN) is not None
