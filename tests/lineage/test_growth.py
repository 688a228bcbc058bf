"""What an analysis costs grows with the size of the text, whatever there is more of."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from lineage.compile import compile_text
from lineage.link import link
from lineage.projects import Project, Unit

if TYPE_CHECKING:
    from collections.abc import Callable


def _listed(item: str, number: int, between: str = ", ") -> str:
    return between.join(item.format(n=n) for n in range(number))


_TEXTS: dict[str, Callable[[int], str]] = {
    "columns": lambda n: f"create table m as select {_listed('c{n} as d{n}', n)} from t",
    "expressions": lambda n: f"select {_listed('coalesce(a{n}, b{n}) as d{n}', n)} from t join u",
    "grouped": lambda n: f"select {_listed('c{n}', n)} from t group by {_listed('c{n}', n)}",
    "numbered": lambda n: f"select {_listed('c{n} as d{n}', n)} from t group by {_positions(n)}",
    "sorted": lambda n: (
        f"select {_listed('c{n} as d{n}', n)} from t order by {_listed('d{n}', n)} limit 9"
    ),
    "tested": lambda n: (
        f"select {_listed('c{n}', n)} from t where {_listed('c{n} = 1', n, ' and ')}"
    ),
    "branches": lambda n: _listed("select a, b from t{n}", n, " union all "),
    "schemas": lambda n: _listed("select a, b from s{n}.t", n, " union all "),
    "copies": lambda n: _listed("create table s{n}.t as select a from r{n}.t", n, ";"),
    "files": lambda n: _listed("copy (select a from t{n}) to 'out/{n}/a.csv'", n, ";"),
    "sessions": lambda n: _listed("create temp table t{n} as select a from s{n}.t", n, ";"),
    "views": lambda n: (
        "create view v0 as select a from t;"
        + _listed("create view v{n}1 as select * from v{n}", n, ";")
    ),
    "grants": lambda n: _listed("grant select on s{n}.t to r{n}", n, ";"),
    "deletes": lambda n: _listed("delete from s{n}.t where a = {n}", n, ";"),
    "altered": lambda n: _listed("alter table t{n} add column b int", n, ";"),
    "functions": lambda n: _listed(
        "create macro f{n}(a) as a + {n}; select f{n}(b) from t", n, ";"
    ),
    "distinct branches": lambda n: _listed("select a, b from t{n}", n, " union "),
    "starred branches": lambda n: _listed("select * from t{n}", n, " union all "),
    "taken away": lambda n: _listed("select a, b from t{n}", n, " except "),
    "subqueries": lambda n: f"select {_listed('(select max(x) from u{n}) as d{n}', n)} from t",
    "chain": lambda n: (
        f"with c0 as (select a from t), {_listed('d{n} as (select a from t{n})', n)}"
        f" select a from c0 {_listed('join d{n} on d{n}.a = c0.a', n, ' ')}"
    ),
    "statements": lambda n: _listed("create table m{n} as select a, b from t{n}", n, ";"),
    "inserts": lambda n: _listed("insert into m (a, b) values ({n}, 'x')", n, ";"),
    "changes": lambda n: _listed("update m set a{n} = b{n} where c = {n}", n, ";"),
    "remarks": lambda n: _listed("comment on column t.c{n} is 'x'", n, ";"),
    "merged": lambda n: (
        "merge into m using t on m.k = t.k "
        + _listed("when matched and t.x = {n} then update set a{n} = t.a{n}", n, " ")
    ),
    "whole rows": lambda n: (
        f"create table m as select {_listed('c{n}', n)} from t;"
        f" create table k as select {_listed('r.d{n}', n)} from (select f(t) as r from t) as u"
    ),
    "pipes": lambda n: f"from t {_listed('|> set a = a + {n}', n, ' ')} |> select a",
    "piped lists": lambda n: f"from t {_listed('|> select a + {n} as a, b', n, ' ')}",
    "structs": lambda n: (
        "create table t as select struct_pack(a := x, b := y) as s from u; "
        + _listed("create table t{n} as select s from t", n, "; ")
    ),
    "declared": lambda n: f"create table m ({_listed('c{n} varchar(10) not null', n)})",
}
_ALLOWED = 2.25  # twice the size may cost so many times as much


def _positions(number: int) -> str:
    return ", ".join(str(n + 1) for n in range(number))


def _calls(text: str) -> int:
    """How many functions, of Python and of compiled code, an analysis calls."""
    unit = Unit(file="a.sql", text=text, dialect="duckdb")
    project = Project(dialect="duckdb", units=(unit,))
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        found = link(project, [compile_text(text, "duckdb")])
    finally:
        sys.setprofile(before)
    assert {gap.reason for gap in found.gaps} <= {"unresolved-star"}
    return calls


@pytest.mark.parametrize("kind", _TEXTS)
def test_twice_the_text_costs_about_twice_as_much(kind: str) -> None:
    """No part of a statement is asked again for each other part of it."""
    make = _TEXTS[kind]
    _calls(make(2))  # what is imported or remembered at first

    assert _calls(make(160)) <= _ALLOWED * _calls(make(80))
