"""Ways past the gate that an engine really goes: each is run by DuckDB, and then checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.hostile.makers import Hostile
from tests.hostile.project import check, make_project

if TYPE_CHECKING:
    from pathlib import Path

_SECRET = "secret@example.org"  # noqa: S105 - it only has to be found again
_BEGIN = f"""
create schema crm; create schema ads; create schema s;
create table crm.users (id int, email varchar(99));
insert into crm.users values (7, '{_SECRET}');
"""
_FIELDS = "create table crm.p as select {} as p from crm.users"
_OUT = "create table ads.x as select {} as y from crm.p"
_USED = "create table ads.x as select f(email) as y from crm.users"
# The files of a project by the way that they go, in the order in which they run.
_WAYS = {
    "a schema that is looked through first": (
        "create macro f(x) as 'x'; create macro s.f(x) as x",
        f"use s; {_USED}",
    ),
    "a passing function that is gone": (
        "create macro f(x) as x",
        f"create temp macro f(x) as 'x'; drop macro temp.f; {_USED}",
    ),
    "a function that is made anew": (
        "create macro g(x) as 'x'; create macro f(x) as g(x); create or replace macro g(x) as x",
        _USED,
    ),
    "a function in the place of one that reads a part": (
        "create macro element_at(m, k) as m['s']",
        _FIELDS.format("map {'a': id::text, 's': email}"),
        _OUT.format("element_at(p, 'a')"),
    ),
    "a table that is named by an argument": (
        "create macro f(t) as table select email from query_table(t)",
        "create table ads.x as select * from f('crm.users')",
    ),
    "a field that is called like all": (
        _FIELDS.format("{'*': email, 'a': id}"),
        _OUT.format("p['*']"),
    ),
    "a key with a dot": (
        _FIELDS.format("json_object('a.b', email, 'a', json_object('b', id))"),
        _OUT.format("p->>'a.b'"),
    ),
    "a cast by name": (
        _FIELDS.format("{'b': email, 'a': id::text}::struct(a text, b text)"),
        _OUT.format("p.b"),
    ),
    "fields that change their names": (
        _FIELDS.format("{'a': email, 'b': id}"),
        "alter table crm.p rename column p.b to c; alter table crm.p rename column p.a to b",
        _OUT.format("p.b"),
    ),
    "a column that is called like a position": (
        'create table crm.p as select id, email as "$1" from crm.users',
        _OUT.format('"$1"'),
    ),
    "a column that is called like one without a name": (
        "create table crm.p as select id + 1, email as _col_0 from crm.users",
        _OUT.format("_col_0"),
    ),
    "a type that holds data": (
        "create type e as enum (select email from crm.users)",
        "create table ads.x as select unnest(enum_range(null::e)) as y",
    ),
    "a table of the session": (
        "create temp table t as select email from crm.users",
        "create table ads.x as select email from temp.t",
    ),
    "names of columns that the data gives": (
        "create table ads.x as from (pivot crm.users on email using count(*))",
    ),
    "a value for a statement that was prepared": (
        "create table ads.x (y varchar)",
        "set variable v = (select email from crm.users)",
        "prepare q as insert into ads.x values ($1); execute q(getvariable('v'))",
    ),
    "a variable of the session": (
        "set variable v = (select email from crm.users)",
        "create table ads.x as select getvariable('v') as y",
    ),
}


@pytest.mark.threat(16)
@pytest.mark.threat(18)
@pytest.mark.parametrize("way", _WAYS)
def test_what_an_engine_lets_out_does_not_pass(tmp_path: Path, way: str) -> None:
    """What DuckDB puts where it must not be is found, or is a gap."""
    files = _WAYS[way]
    with duckdb.connect() as engine:
        for text in (_BEGIN, *files):
            engine.execute(text)
        found = engine.execute("from ads.x")
        assert _SECRET in f"{found.description}{found.fetchall()}"

    hostile = (Hostile(f"f{n}", "duckdb", f"{t};\n".encode()) for n, t in enumerate(files))
    make_project(tmp_path / "p", "duckdb", hostile)
    assert check(tmp_path / "p", "duckdb").exit_code in {1, 4}
