"""Anti-joins hold: whoever is in a list that a guard speaks of never comes out."""

# ruff: noqa: E501 - a query a line, for the parser, or of our own names

from __future__ import annotations

from random import Random

import duckdb
import pytest

from lineage import Analysis, Column, TransformType, analyze_sql
from lineage.graph import ABSENT

_TABLES = {
    "p": {"id": "INTEGER", "email": "VARCHAR", "phone": "VARCHAR", "country": "VARCHAR"},
    "o": {"id": "INTEGER", "mail": "VARCHAR", "amount": "INTEGER"},
    "l": {"id": "INTEGER", "email": "VARCHAR", "phone": "VARCHAR", "active": "BOOLEAN"},
}


def _stands(analysis: Analysis, source: Column) -> bool:
    """Whether a guard on the list stands on every direct way out of a column into a result."""
    graph = analysis.graph
    start = graph.find(source)
    waiting, seen = [start] if start is not None else [], {start}
    while waiting:
        for edge in graph.outgoing(waiting.pop()):
            kind, target = graph.kind(edge), graph.targets[edge]
            if any(g.function == ABSENT and _is_list(analysis, g.node) for g in kind.guards):
                continue
            if kind.transform.type is not TransformType.DIRECT or target in seen:
                continue
            if graph.columns[target].column != "*":
                if graph.columns[target].relation.startswith("result:"):
                    return False
                seen.add(target)
                waiting.append(target)
    return True


def _is_list(analysis: Analysis, node: int) -> bool:
    """Whether a node is a column of the list, through whatever queries it comes."""
    graph = analysis.graph
    waiting, seen = [node], {node}
    while waiting:
        here = waiting.pop()
        if here not in graph.inner and graph.columns[here].relation.endswith("l"):
            return True
        for edge in graph.incoming(here):
            if graph.sources[edge] not in seen:
                seen.add(graph.sources[edge])
                waiting.append(graph.sources[edge])
    return False


_HOLDS = [
    "select email from p where not exists (select 1 from l where l.email = p.email)",
    "select email from p where not exists (select * from l as x where p.email = x.email limit 1)",
    "select email from p where not exists (select 1 from l where email = p.email)",
    "select email from p where not exists (select 1 from l where l.email = p.email and l.email is not null)",
    "select email from p where not exists (select 1 from l where l.email = p.email or l.phone = p.phone)",
    "select email from p where not (exists (select 1 from l where lower(l.email) = lower(p.email)))",
    "select email from p where country = 'FR' and not exists (select 1 from l where l.id = p.id)",
    "select email from p where email not in (select email from l)",
    "select email from p where not p.email in (select distinct x.email from l x)",
    "select email from p where email not in (select email from l where email is not null)",
    "select email from p where md5(email) not in (select md5(email) from l where email is not null)",
    "select email from p where email not in (select email from l union select mail from o)",
    "with gone as (select * from l) select email from p where email not in (select email from gone)",
    "with gone as (select email from l group by email) select email from p where not exists (select 1 from gone where gone.email = p.email)",
    "with gone as (select email from l union all select mail from o) select email from p where not exists (select 1 from gone where gone.email = p.email)",
    "select p.email from p left join l on l.email = p.email where l.email is null",
    "select p.email from p left join l using (email) where l.email is null",
    "select p.email from p left join l on p.email = l.email and l.email is not null where l.email is null",
    "with gone as (select email, phone from l) select p.email from p left join gone g on g.email = p.email where g.email is null and p.country is not null",
    "select p.email from p left join l on l.email = p.email join o on o.id = p.id where l.email is null",
    "select email from p anti join l on l.email = p.email",
    "select email from p anti join l using (email)",
    "select email from p except select email from l",
    "select email from p union select email from p except select email from l",
    "(select email from p) except (select email from l where email is not null)",
    "with ok as (select email from p except select email from l) select p.email from p join ok using (email)",
    "with ok as (select p.* from p anti join l on l.email = p.email) select email from ok",
    "with ok as (select id from p where not exists (select 1 from l where l.email = p.email)) select p.email from p join ok on ok.id = p.id",
    "select max(email) from p where email not in (select email from l) group by country",
    "select p.email from p join o on o.id = p.id where o.id not in (select id from l)",
    "select p.email from o left join p on o.id = p.id where p.email not in (select email from l)",
    "select email from p where email not in (select email from l) union all select email from p where email not in (select email from l) and id = 2",
    "select p.email from p where not exists (select 1 from l where l.id = p.id and l.email = p.email)",
]

_DOES_NOT_HOLD = [
    "select email from p where exists (select 1 from l where l.email = p.email)",
    "select email from p where email in (select email from l)",
    "select email from p where not exists (select 1 from l where l.email = p.email and l.active)",
    "select email from p where not exists (select 1 from l where l.email = p.email and p.country = 'FR')",
    "select email from p where not exists (select 1 from l where l.email > p.email)",
    "select email from p where not exists (select 1 from l where l.email = 'a')",
    "select email from p where not exists (select 1 from l join o on o.id = l.id where l.email = p.email)",
    "select email from p where not exists (select email from l where l.email = p.email group by email having count(*) > 1)",
    "select email from p where not exists (select 1 from (select * from l where active) x where x.email = p.email)",
    "select email from p where not exists (select 1 from l where l.phone = p.phone and l.email is not null)",
    "select email from p where not exists (select 1 from l where case when l.active then l.email end = p.email)",
    "select email from p where not exists (select 1 from l where l.email = p.email) or id = 1",
    "select email from p where email not in (select email from l where active)",
    "select email from p where email not in (select email from l limit 1)",
    "select email from p where email not in (select max(email) from l)",
    "select email from p where email not in (select case when active then email else '' end from l)",
    "select email from p where case when id = 1 then '' else email end not in (select email from l where email is not null)",
    "select email from p where email not in (select l.email from l join o on o.id = l.id)",
    "select email from p where email not in (select email from l intersect select mail from o)",
    "select email from p where email not in (select email from l except select mail from o)",
    "with gone as (select email from l where active) select email from p where email not in (select email from gone)",
    "with gone as (select * from l where phone is not null) select email from p where not exists (select 1 from gone where gone.email = p.email)",
    "with gone as (select case when active then email else '' end as email from l) select email from p where email not in (select email from gone)",
    "select p.email from p left join l on l.email = p.email",
    "select p.email from p left join l on l.email = p.email and l.active where l.email is null",
    "select p.email from p left join l on l.email = p.email and p.country = 'FR' where l.email is null",
    "select p.email from p left join l on l.email = p.email where l.phone is null",
    "select p.email from p left join l on l.email = p.email or l.phone = p.phone where l.email is null",
    "select p.email from p left join l on l.email = p.email where l.email is null or p.id = 1",
    "select p.email from p join l on l.email > p.email where l.email is not null",
    "select p.email from p left join (select * from l where active) x on x.email = p.email where x.email is null",
    "select p.email from o left join l on l.id = o.id right join p on p.id = o.id where l.id is null",
    "select p.email from p left join o on o.id = p.id left join l on l.id = o.id where l.id is null",
    "select p.email from p left join o on o.id = p.id where not exists (select 1 from l where l.id = o.id)",
    "select p.email from p left join o on o.id = p.id anti join l on l.id = o.id",
    "select p.email from p, o where o.mail not in (select email from l where email is not null)",
    "select email from p anti join l on l.email > p.email",
    "select email from p anti join l on l.email = p.email and l.active",
    "select email from p except all select email from l",
    "select email from p except select email from l where active",
    "select email from p except select email from l union all select email from p",
    "select email, phone from p except select email, phone from l",
    "select email from p union all (select mail from o except select email from l)",
    "select lead(email) over (order by id) from p qualify email not in (select email from l)",
    "select email from p where email not in (select email from l) union all select email from p",
]


def _listed_come_out(sql: str, seed: int) -> bool:
    """Whether the address of somebody who is in the list comes out, on random rows."""
    random = Random(seed)  # noqa: S311 - rows of a test
    gone = set(random.sample(range(7), 3))

    def mark(number: int) -> str:
        return f"{'GONE' if number in gone else 'here'}{number}"

    with duckdb.connect() as connection:
        for name, columns in _TABLES.items():
            listed = ", ".join(f"{c} {t}" for c, t in columns.items())
            connection.execute(f"create table {name} ({listed})")
        for number in random.sample(range(7), 6):
            row = [number, mark(number), f"+{number}", random.choice(["FR", "DE", None])]
            for _ in range(random.choice([1, 2])):
                connection.execute("insert into p values (?, ?, ?, ?)", row)
        for number in random.sample(range(7), 4):
            connection.execute("insert into o values (?, ?, ?)", [number, mark(number), number])
        for number in gone:
            row = [number, mark(number), random.choice([f"+{number}", None]), number % 2 == 0]
            connection.execute("insert into l values (?, ?, ?, ?)", row)
        rows = connection.execute(sql).fetchall()
    return any("GONE" in str(value) for row in rows for value in row)


@pytest.mark.parametrize("sql", _HOLDS)
def test_who_is_in_a_list_does_not_come_out_where_a_guard_says_so(sql: str) -> None:
    """Where an absence is told, the engine never puts out anybody who is in the list."""
    assert _stands(analyze_sql(sql, dialect="duckdb", schema=_TABLES), Column("p", "email"))
    assert not any(_listed_come_out(sql, seed) for seed in range(8))


@pytest.mark.parametrize("sql", _DOES_NOT_HOLD)
def test_an_absence_that_does_not_hold_is_not_told(sql: str) -> None:
    """Where somebody who is in the list may come out, no guard stands on every way."""
    assert not _stands(analyze_sql(sql, dialect="duckdb", schema=_TABLES), Column("p", "email"))


def test_most_of_what_is_not_told_would_be_wrong_to_tell() -> None:
    """The engine itself puts out people of the list for nearly all of those queries."""
    wrong = [sql for sql in _DOES_NOT_HOLD if any(_listed_come_out(sql, s) for s in range(40))]
    assert len(wrong) > len(_DOES_NOT_HOLD) * 0.8


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("spark", "select p.email from p left anti join l on l.email = p.email"),
        ("clickhouse", "select p.email from p left anti join l on l.email = p.email"),
        ("snowflake", "select email from p where email not in (select email from l)"),
        ("snowflake", "select email from p minus select email from l"),
        ("bigquery", "select email from p except distinct select email from l"),
        (
            "tsql",
            "select p.email from p where not exists (select 1 from l where l.email = p.email)",
        ),
        ("oracle", "select p.email from p left join l on l.email = p.email where l.email is null"),
    ],
)
def test_every_dialect_has_its_anti_join(dialect: str, sql: str) -> None:
    """However an engine spells it, an anti-join is told."""
    analysis = analyze_sql(sql, dialect=dialect)
    guards = {guard.function for kind in analysis.graph.kinds for guard in kind.guards}
    assert ABSENT in guards


def test_a_list_is_known_by_its_relation() -> None:
    """What is shown of the guard is the list's own column."""
    sql = "create table a as with gone as (select email from l) select email from p where email not in (select email from gone)"
    [guard] = analyze_sql(sql, dialect="duckdb", schema=_TABLES).guards
    assert (str(guard.column), guard.operator, guard.function) == ("l.email", "not in", ABSENT)
