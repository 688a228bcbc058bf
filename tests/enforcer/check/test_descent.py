"""What is built from what, whole relations at a time."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from enforcer.check import check
from enforcer.estate import Estate
from enforcer.rules import Choice, Deny, Rule, Sample, Where
from enforcer.taxonomy import load_taxonomy
from enforcer.words import Phase
from lineage.build import analyze
from lineage.projects import Fact, Project, Relation, RelationKind, Unit
from lineage.words import Origin

TAXONOMY = load_taxonomy()
SAFE = "safe"


def embargo() -> Rule:
    return Rule(
        id="embargo",
        title="Embargo",
        phase=Phase.USE,
        deny=Deny(
            built_from=Where(tag=Choice(any_of=("secret",))),
            into=Where(name=Choice(none_of=(f"{SAFE}.*",))),
        ),
        why="So.",
        fix="Do not.",
        avoid=Sample(),
        prefer=Sample(),
    )


def sinks(sql: str, *secret: str, **depends_on: str) -> list[str]:
    names = {*secret, *depends_on, *depends_on.values()}
    relations = tuple(
        Relation(
            name=name,
            kind=RelationKind.TABLE,
            origin=Origin(name, 1, 1),
            facts=(
                *((Fact("tag", "secret"),) if name in secret else ()),
                *((Fact("depends_on", depends_on[name]),) if name in depends_on else ()),
            ),
        )
        for name in sorted(names)
    )
    units = (Unit(file="a.sql", text=sql, dialect="duckdb"),)
    project = Project(dialect="duckdb", relations=relations, units=units)
    estate = Estate(
        analysis=analyze(project, jobs=0), labels={}, taxonomy=TAXONOMY, today=date(2026, 1, 1)
    )
    return sorted(finding.sink for finding in check(embargo(), estate).findings)


def test_what_only_counts_rows_descends() -> None:
    """A figure made of nothing but the rows of a relation is built from it."""
    assert sinks("create table b as select count(*) as n from a", "a") == ["a", "b"]


def test_a_chain_through_safe_places_descends() -> None:
    """What lies between may be permitted; what comes out of it is not."""
    sql = (
        "create table safe.b as with c as (select x from a) select x from c;"
        "create table d as select 1 as one from e where e.y in (select x from safe.b)"
    )
    assert sinks(sql, "a") == ["a", "d"]


def test_what_a_tool_says_counts() -> None:
    """A dependency that is declared and not in the SQL is one."""
    assert sinks("select 1", "a", b="a") == ["a", "b"]


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16),
    st.sets(st.integers(0, 7), max_size=3),
)
def test_descent_is_reachability(pairs: list[tuple[int, int]], secret: set[int]) -> None:
    """What is found is what a plain walk over all pairs reaches, circles included."""
    steps = (f"insert into t{b} select x from t{a}" for a, b in pairs)
    sql = ";".join(steps) or "select 1"
    reached = set(secret)
    while more := {b for a, b in pairs if a in reached} - reached:
        reached |= more
    names = [f"t{number}" for number in sorted(secret)]
    assert sinks(sql, *names) == sorted(f"t{number}" for number in reached)
