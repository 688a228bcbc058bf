"""Data tests of a dbt project, as facts of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lineage.readers import find_project

if TYPE_CHECKING:
    from tests.lineage.readers.conftest import Shop


def add_test(shop: Shop, name: str, column: str, depends_on: list[str], **fields: Any) -> None:  # noqa: ANN401 - any JSON
    shop.node(
        f"{name}_{column}",
        resource_type="test",
        relation_name=None,
        column_name=column,
        depends_on={"nodes": depends_on},
        **fields,
    )


def facts(shop: Shop, relation: str) -> dict[str, list[tuple[str, str]]]:
    found = {r.name: r for r in find_project(shop.save()).relations}[relation]
    return {c.name: [(f.key, f.value) for f in c.facts] for c in found.columns}


def test_a_test_is_a_fact_of_the_column_that_it_looks_at(shop: Shop) -> None:
    """Whatever case and quotes the column is written in, and whoever brought the test."""
    shop.model("people", columns={"email": {"name": "email"}, "id": {"name": "id"}})
    for name, space in (("not_null", None), ("expect_column", "expectations")):
        metadata = {"name": name, "namespace": space, "kwargs": {}}
        target = {"test_metadata": metadata, "attached_node": "model.shop.people"}
        add_test(shop, name, '"Email"', ["model.shop.people"], **target)
    found = facts(shop, "PROD.CORE.PEOPLE")
    assert found["EMAIL"] == [("test", "expectations.expect_column"), ("test", "not_null")]
    assert found["ID"] == []


def test_a_test_of_a_source_names_it_in_its_model(shop: Shop) -> None:
    """A test of a source is attached to no node, so the arguments tell which one it is."""
    columns = {"email": {"name": "email"}}
    shop.node("people", resource_type="source", source_name="raw", columns=columns)
    model = "{{ get_where_subquery(source('raw', 'people')) }}"
    metadata = {"name": "unique", "kwargs": {"model": model}}
    add_test(shop, "unique", "email", ["source.shop.people"], test_metadata=metadata)
    assert facts(shop, "PROD.CORE.PEOPLE")["EMAIL"] == [("test", "unique")]


def test_relationships_say_what_a_column_refers_to(shop: Shop) -> None:
    """The other relation of the test is the one that holds each value."""
    shop.model("people")
    shop.model("orders", columns={"person_id": {"name": "person_id"}})
    metadata = {"name": "relationships", "kwargs": {"to": "ref('people')"}}
    target = {"test_metadata": metadata, "attached_node": "model.shop.orders"}
    add_test(shop, "rel", "person_id", ["model.shop.people", "model.shop.orders"], **target)
    assert facts(shop, "PROD.CORE.ORDERS")["PERSON_ID"] == [
        ("refers_to", "PROD.CORE.PEOPLE"),
        ("test", "relationships"),
    ]


def test_how_fresh_a_source_must_be_is_a_fact(shop: Shop) -> None:
    """A source that says nothing of its age has no such fact, though dbt writes empty ones."""
    dated = {"warn_after": {"count": 12, "period": "hour"}, "error_after": {"count": None}}
    shop.node("people", resource_type="source", source_name="raw", freshness=dated)
    shop.node("places", resource_type="source", source_name="raw", freshness={"warn_after": {}})
    found = {r.name: r for r in find_project(shop.save()).relations}
    fresh = {name: [f.key for f in r.facts if "fresh" in f.key] for name, r in found.items()}
    assert fresh["PROD.CORE.PEOPLE"] == [
        "freshness.warn_after.count",
        "freshness.warn_after.period",
    ]
    assert fresh["PROD.CORE.PLACES"] == []
