"""Fields of stored columns: what declares them, how far they are followed, what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lineage import Column, analyze, analyze_sql
from lineage.fields import as_field, as_written, is_within, wholes_of
from lineage.graph import EdgeKind, EdgeSite, GraphBuilder, with_dotted_names
from lineage.link import fields, parts
from lineage.projects import DeclaredColumn, Project, Relation, RelationKind, Unit
from lineage.struct_types import structs_in
from lineage.words import IDENTITY, Origin

if TYPE_CHECKING:
    from pathlib import Path

    from lineage import Analysis

_AT = Origin("schema.yml", 1, 1)


def _edges(analysis: Analysis) -> set[str]:
    return {f"{edge.source} -> {edge.target}" for edge in analysis.edges}


def _project(sql: str, *relations: Relation, dialect: str = "bigquery") -> Project:
    unit = Unit(file="m.sql", text=sql, dialect=dialect, target="m")
    return Project(dialect=dialect, relations=relations, units=(unit,))


def _relation(*columns: tuple[str, str], complete: bool) -> Relation:
    return Relation(
        name="raw.users",
        kind=RelationKind.SOURCE,
        origin=_AT,
        columns=tuple(DeclaredColumn(name, kind) for name, kind in columns),
        complete=complete,
    )


@pytest.mark.parametrize(
    ("written", "structs"),
    [
        ("STRUCT<a INT64, `b c` ARRAY<STRUCT<d NUMERIC(10, 2)>>>",
         (((), ("a", "b c")), (("b c",), ("d",)))),
        ("struct<a:string comment 'x, y',b:struct<c:int>>", (((), ("a", "b")), (("b",), ("c",)))),
        ('ROW(a varchar, "B" row(c bigint))', (((), ("a", "B")), (("B",), ("c",)))),
        ("STRUCT(a VARCHAR, b MAP(VARCHAR, INTEGER))[]", (((), ("a", "b")),)),
        ("Tuple(a String, b Array(Tuple(c Int8)))", (((), ("a", "b")), (("b",), ("c",)))),
        ("ARRAY<INT64>", ()), ("structure", ()), ("STRUCT", ()), ("STRUCT<", ()),
        ("STRUCT<a", ()), ("STRUCT<" * 5000, ()), ("", ()),
    ],
)  # fmt: skip
def test_a_type_tells_its_fields_however_an_engine_writes_it(
    written: str, structs: tuple[object, ...]
) -> None:
    """The structs in a type are found, outside in; what cannot be read has none."""
    assert structs_in(written) == structs


@pytest.mark.parametrize(
    "columns",
    [
        (("profile", "STRUCT<email STRING, city STRING>"),),
        (("profile", "RECORD"), ("profile.email", ""), ("profile.city", "")),
        (("profile.email", ""), ("profile.city", "")),
    ],
)
def test_declared_fields_are_what_a_star_stands_for(columns: tuple[tuple[str, str], ...]) -> None:
    """Types, and names with dots as dbt has them, say which fields a column has."""
    project = _project("select profile.* from raw.users", _relation(*columns, complete=False))

    assert _edges(analyze(project, jobs=0)) == {
        "raw.users.profile.email -> m.email", "raw.users.profile.city -> m.city",
    }  # fmt: skip


def test_a_star_puts_out_no_fields_beside_their_column() -> None:
    """`select *` over a relation with declared fields has its columns, and hands fields on."""
    declared = _relation(("id", ""), ("profile", ""), ("profile.email", ""), complete=True)
    analysis = analyze(_project("select * from raw.users", declared), jobs=0)

    (made,) = [r for r in analysis.relations if r.name == "m"]
    assert [column.name for column in made.columns] == ["id", "profile"]
    assert "raw.users.profile -> m.profile" in _edges(analysis)


def test_a_column_with_a_dot_in_its_name_is_no_field() -> None:
    """Where all columns are known and none has the first part for a name, a column is called so."""
    declared = _relation(("a.b", ""), complete=True)
    analysis = analyze(_project("select * from raw.users", declared, dialect="duckdb"), jobs=0)

    assert _edges(analysis) == {"raw.users.a.b -> m.a.b"}
    assert analysis.graph.begins == {}


def test_a_struct_that_is_taken_over_by_position_is_a_whole() -> None:
    """A field that the source does not have by that name may be any of its fields."""
    sql = """
        create table a (p struct<email string, city string>);
        create table b (p struct<mail string, town string>);
        insert into b select p from a;
        create table m as select p.mail as e from b
    """
    assert {"a.p -> b.p.mail", "b.p.mail -> m.e"} <= _edges(analyze_sql(sql, dialect="bigquery"))


def test_walking_down_a_document_again_and_again_comes_to_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A recursion that takes a field of a field at each step is followed so far, then whole."""
    sql = """
        with recursive c as (
            select doc as d from t
            union all select coalesce(d -> 'a', d -> 'b', d -> 'c') from c
        ) select d ->> 'x' as x from c
    """
    monkeypatch.setattr(parts, "MAX_FIELDS", 200)
    analysis = analyze_sql(sql, dialect="postgres")

    assert "t.doc.x -> result:1.x" in _edges(analysis)
    assert len(analysis.graph.columns) < 3000
    assert fields.MAX_DEPTH < 20


def test_a_graph_that_was_kept_has_the_same_fields(tmp_path: Path) -> None:
    """What the cache gives back knows which columns have which fields."""
    declared = _relation(("profile", ""), complete=True)
    project = _project("select profile.email as e from raw.users", declared)
    first, second = (analyze(project, jobs=0, cache=tmp_path).graph for _ in range(2))

    assert (first.columns, first.begins, first.parts) == (
        second.columns, second.begins, second.parts,
    )  # fmt: skip
    assert list(first.sources) == list(second.sources)
    email = Column("raw.users", "profile", "email")
    assert first.find_sink(email) == second.find_sink(email) is not None


def test_a_value_begins_in_all_fields_of_a_column_and_in_one_field_alone() -> None:
    """From a column one gets to readers of all its fields; from a field to those of the column."""
    builder = GraphBuilder()
    email, city, whole = (builder.node("t", "p", path) for path in ("a.email", "a.city", ""))
    readers = [builder.node("m", name) for name in ("email", "city", "whole")]
    for source, target in zip((email, city, whole), readers, strict=True):
        builder.edge(source, target, builder.kind(EdgeKind(IDENTITY)), EdgeSite(0, 0))
    graph = builder.freeze()

    def reached(name: str) -> set[str]:
        waiting = [graph.find(Column("t", name))]
        seen = set(waiting)
        while waiting:
            new = {graph.targets[e] for e in graph.outgoing(waiting.pop() or 0)} - seen
            seen |= new
            waiting += new
        return {graph.columns[n].column for n in seen if n in readers}

    assert reached("p") == reached("p.a") == {"email", "city", "whole"}
    assert reached("p.a.email") == {"email", "whole"}
    assert reached("p.a.phone") == reached("p.b") == {"whole"}
    assert graph.fields_of(whole) == sorted((email, city, graph.find_sink(Column("t", "p.a"))))
    assert [list(graph.incoming(node)) for node in (whole, email)] == [[], []]


def test_names_of_fields_are_taken_apart_and_put_together() -> None:
    """A field goes by a dotted name, whose parts are quoted where they need it."""
    field = Column("t", "p", 'a."x.y"')

    assert str(field) == 't.p.a."x.y"'
    assert as_field(as_written(field)) == field
    assert [c.column for c in wholes_of(field)] == ["p.a", "p"]
    assert is_within(field, Column("t", "p"))
    assert not is_within(Column("t", "pa", "b"), Column("t", "p"))


def test_a_column_with_a_dot_is_found_by_what_is_said_of_a_field() -> None:
    """Who declares `p.email`, and not which columns there are, may mean either: both are found."""
    source = _relation(("p.email", "text"), complete=False)
    for written in ('"p.email"', "p.email"):
        sql = f"create table m as select {written} as e from raw.users"
        graph = with_dotted_names(analyze(_project(sql, source, dialect="duckdb"), jobs=0).graph)
        waiting = [graph.find(Column("raw.users", "p.email"))]
        reached = set(waiting)
        while waiting:
            new = {graph.targets[e] for e in graph.outgoing(waiting.pop())} - reached
            reached |= new
            waiting += new
        assert "m.e" in {str(graph.columns[node]) for node in reached}
