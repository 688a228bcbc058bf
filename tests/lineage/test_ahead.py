"""Linking ahead changes how long an analysis takes, and nothing that it finds."""

from __future__ import annotations

from random import Random

import pytest

import lineage.link
from lineage.compile import compile_text
from lineage.link import Ahead, link, link_compiled
from lineage.projects import Project, Unit
from tests.lineage.compared import whole

# What a text finds depends on others: on what they write, declare, drop and believe.
_TEXTS = [
    "create table raw (id int, email text)",
    "create or replace view stg as select * from raw",
    "create table mart as select * from stg where consent",
    "insert into mart select email from stg, unknown",
    "select u.email from unknown u",
    "create view a as select * from b",
    "create view b as select * from a",
    "alter table raw drop column email",
    "select email from raw, unknown; select * from mart",
    "create temp table t as select * from raw; select email from t",
    "delete from mart where id in (select id from raw)",
    "create view late as select * from not_said; create table not_said as select 1 as x",
    "insert into not_said select * from mart",
    "create macro f(x) as sha256(x)",
    "create macro f(x) as (select max(email) from raw where id = g(x))",
    "create macro g(x) as f(x); create temp macro h(x) as g(x); select h(email) from raw",
    "create macro g(x) as table select f(email) as e, x from raw",
    "create table called as select f(g(email)) as a from stg; select * from g(1), f(2)",
    "create macro s.f(x, y) as y",
    "this is no sql at all (",
    "",
]


def _project(random: Random) -> Project:
    texts = random.sample(_TEXTS, random.randrange(1, len(_TEXTS)))
    units = [Unit(file=f"{n}.sql", text=text, dialect="duckdb") for n, text in enumerate(texts)]
    model = Unit(file="m.sql", text="select email from stg", dialect="duckdb", target="m")
    reader = Unit(file="n.sql", text="select * from m", dialect="duckdb", target="n")
    return Project(dialect="duckdb", units=(reader, *units, model))


@pytest.mark.parametrize("seed", range(60))
def test_the_order_in_which_texts_come_decides_nothing(seed: int) -> None:
    """Texts that are linked as they come, in any order, have the flows of those linked at once."""
    random = Random(seed)  # noqa: S311 - a seeded generator of tests
    project = _project(random)
    objects = [compile_text(unit.text, unit.dialect) for unit in project.units]
    ahead = Ahead(project)
    for number in random.sample(range(len(objects)), len(objects)):
        ahead.take(number, objects[number])

    assert whole(link_compiled(project, ahead.texts())) == whole(link(project, objects))


def test_who_reads_what_another_text_writes_is_linked_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A text that comes before those that write what it reads, or make what it calls, waits."""
    chain = [f"create view v{n + 1} as select * from v{n}" for n in range(5)]
    chain += ["create macro f(x) as g(x)", "create macro g(x) as md5(x)"]
    chain += ["create table called as select f(a) as b from v5"]
    units = tuple(Unit(file=f"{n}.sql", text=t, dialect="duckdb") for n, t in enumerate(chain))
    project = Project(dialect="duckdb", units=units)
    ahead = Ahead(project)
    for number in reversed(range(len(units))):
        ahead.take(number, compile_text(units[number].text, "duckdb"))
    texts = ahead.texts()
    segments = [text.segment for text in texts]
    monkeypatch.setattr(lineage.link, "link_text", None)  # nothing is linked any more
    link_compiled(project, texts)

    assert None not in segments


def test_who_adds_to_what_a_text_is_the_whole_of_is_linked_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What puts rows into a model's relation, or tests it, sees what the model makes."""
    added = Unit(file="m.sql", text="insert into m select a, b from m", dialect="duckdb")
    model = Unit(file="m.sql", text="select a, b from s", dialect="duckdb", target="m")
    units = (added, added, model)
    project = Project(dialect="duckdb", units=units)
    ahead = Ahead(project)
    for number, unit in enumerate(units):
        ahead.take(number, compile_text(unit.text, "duckdb"))
    texts = ahead.texts()
    segments = [text.segment for text in texts]
    monkeypatch.setattr(lineage.link, "link_text", None)  # nothing is linked any more
    link_compiled(project, texts)

    assert None not in segments
