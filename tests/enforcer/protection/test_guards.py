"""Guards that excuse: lists, ages and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.protection.guards import kinds_excused
from enforcer.rules import GuardTest
from lineage import Column, Transform, TransformSubtype, analyze_sql
from lineage.graph import ABSENT, EdgeKind, EdgeSite, GraphBuilder, GuardRef

if TYPE_CHECKING:
    from lineage.graph import Graph

IDENTITY = Transform(TransformSubtype.IDENTITY)


def graph_of(*guard: str, node: str = "raw.suppressions.email") -> Graph:
    builder = GraphBuilder()
    relation, _, column = node.rpartition(".")
    tested = GuardRef(builder.node(relation, column), *guard)
    builder.edge(
        builder.node("crm.people", "email"),
        builder.node("mart.audience", "email"),
        builder.kind(EdgeKind(IDENTITY, (tested,))),
        EdgeSite(0, 0),
    )
    return builder.freeze()


def excuses(graph: Graph, test: GuardTest, subjects: frozenset[int] = frozenset()) -> bool:
    return bool(kinds_excused(graph, [test], subjects))


def test_a_list_with_a_dot_in_its_name_is_no_other_list() -> None:
    """What stands in quotes is one part of a name, and none of it a schema that a rule names."""
    graph = graph_of("", "", ABSENT, node='ads."a.crm.suppressed".email')
    assert not excuses(graph, GuardTest(absent_from="crm.suppress*"))


@pytest.mark.parametrize(
    ("patterns", "holds"),
    [
        ("*suppress*", True),
        ("raw.suppressions", True),
        ("suppressions", True),
        (("*objection*", "*suppress*"), True),
        ("*objection*", False),
        ("email", False),
    ],
)
def test_a_list_is_known_by_the_end_of_its_relations_name(
    patterns: str | tuple[str, ...], *, holds: bool
) -> None:
    """A glob, or one of several, is matched part by part from the end of the dotted name."""
    graph = graph_of("not exists", "", ABSENT)
    assert excuses(graph, GuardTest(absent_from=patterns)) is holds


def test_a_name_that_says_the_contrary_is_no_such_list() -> None:
    """`not_suppressed` is no list of suppressed people."""
    graph = graph_of("not in", "", ABSENT, node="raw.not_suppressed.email")
    assert not excuses(graph, GuardTest(absent_from="*suppress*"))


def test_being_absent_is_no_value_and_a_value_is_no_absence() -> None:
    """A test of a column does not say that anybody is in no list, nor the other way round."""
    valued = graph_of("=", "true")
    assert not excuses(valued, GuardTest(absent_from="*suppress*"))
    absent = graph_of("not in", "", ABSENT)
    assert not excuses(absent, GuardTest(column="*email*"))
    assert not excuses(absent, GuardTest(column="email", equals=""))


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        (">=", "16", True),
        (">=", "15", False),
        (">", "15", True),
        ("=", "40", True),
        ("<", "16", False),
        (">=", "16.5", False),
        (">=", "'16'", False),
    ],
)
def test_an_age_is_tested_to_be_high_enough(operator: str, value: str, *, holds: bool) -> None:
    """Only a whole number that is certain to be reached will do."""
    graph = graph_of(operator, value, node="crm.people.age")
    assert excuses(graph, GuardTest(column=("years", "age"), at_least=16)) is holds


@pytest.mark.parametrize(("size", "holds"), [(10, True), (11, False)])
def test_a_group_is_of_at_least_so_many(size: int, *, holds: bool) -> None:
    """A row that stands for a group of k is a row of no single person."""
    graph = graph_of(">=", "10", "count_distinct", node="crm.people.id")
    assert excuses(graph, GuardTest(group_size=size)) is holds


def test_counting_what_is_no_subject_makes_no_group() -> None:
    """Where the subject's key is known, groups are counted by it."""
    graph = graph_of(">=", "10", "count_distinct", node="crm.orders.id")
    person = graph.find(Column("crm.people", "email"))
    assert person is not None
    assert not excuses(graph, GuardTest(group_size=10), frozenset({person}))


def test_a_list_is_followed_through_queries_and_not_through_relations() -> None:
    """A model that may leave people out of a list has a name of its own to be known by."""
    sql = """
    create table stg.active as select email from raw.suppressions where active;
    create table mart.a as
    with gone as (select distinct lower(email) as email from raw.suppressions)
    select email from crm.people where email not in (select email from gone);
    create table mart.b as
    select email from crm.guests where email not in (select email from stg.active);
    """
    graph = analyze_sql(sql, dialect="duckdb").graph
    kinds = kinds_excused(graph, [GuardTest(absent_from="*suppress*")])
    excused = {
        graph.columns[graph.sources[edge]].relation
        for edge, kind in enumerate(graph.kind_of)
        if kind in kinds
    }
    assert excused == {"crm.people"}
