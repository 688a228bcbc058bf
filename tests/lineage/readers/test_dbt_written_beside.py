"""What dbt writes beside the relations of its models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lineage import Column
from lineage.build import analyze
from lineage.readers import find_project
from lineage.words import GapReason
from tests.oracle.reaching import reachable

if TYPE_CHECKING:
    from tests.lineage.readers.conftest import Shop

_LEAK = "create table prod.ads.x as select email from prod.crm.users;"


def _edges(shop: Shop) -> set[tuple[str, str]]:
    analysis = analyze(find_project(shop.save()), jobs=0)
    return {(str(edge.source), str(edge.target)) for edge in analysis.edges}


def test_a_header_is_a_script(shop: Shop) -> None:
    """`sql_header` runs right before a model and is analysed like a hook."""
    shop.model("mart", config={"materialized": "table", "sql_header": _LEAK})
    assert ("PROD.CRM.USERS.EMAIL", "PROD.ADS.X.EMAIL") in _edges(shop)


def test_what_dbt_adds_to_a_snapshot_is_made_of_its_settings(shop: Shop) -> None:
    """`updated_at` and `unique_key` go into the columns that dbt adds, by the names they have."""
    names = {"dbt_scd_id": "k", "dbt_valid_to": None}
    config = {"updated_at": "changed", "unique_key": "email", "snapshot_meta_column_names": names}
    raw = "select email, changed from prod.crm.users"
    shop.model("s", raw, resource_type="snapshot", config=config)
    assert {
        ("PROD.CORE.S.CHANGED", "PROD.CORE.S.DBT_UPDATED_AT"),
        ("PROD.CORE.S.CHANGED", "PROD.CORE.S.DBT_VALID_FROM"),
        ("PROD.CORE.S.EMAIL", "PROD.CORE.S.K"),
    } <= _edges(shop)


def test_what_a_snapshot_checks_decides_about_its_rows(shop: Shop) -> None:
    """Keys, and columns that are checked, say which versions there are, so about each column."""
    config = {"strategy": "check", "unique_key": "email", "check_cols": ["rating"]}
    raw = "select email, rating, city from prod.crm.users"
    shop.model("s", raw, resource_type="snapshot", config=config)
    edges = _edges(shop)
    assert {
        ("PROD.CORE.S.EMAIL", "PROD.CORE.S.CITY"),
        ("PROD.CORE.S.RATING", "PROD.CORE.S.CITY"),
        ("PROD.CORE.S.RATING", "PROD.CORE.S.DBT_VALID_TO"),
    } <= edges
    assert ("PROD.CORE.S.CITY", "PROD.CORE.S.RATING") not in edges


def test_a_snapshot_may_check_every_column(shop: Shop) -> None:
    """`check_cols: all` is each column of the query."""
    config = {"strategy": "check", "unique_key": "email", "check_cols": "all"}
    raw = "select email, rating, city from prod.crm.users"
    shop.model("s", raw, resource_type="snapshot", config=config)
    assert {
        ("PROD.CORE.S.CITY", "PROD.CORE.S.RATING"),
        ("PROD.CORE.S.EMAIL", "PROD.CORE.S.DBT_VALID_TO"),
    } <= _edges(shop)


@pytest.mark.parametrize(
    ("more", "decides"),
    [
        ({"unique_key": "email"}, {"EMAIL"}),
        ({"unique_key": ["lower(email)", "city"]}, {"EMAIL", "CITY"}),
        ({"unique_key": "email", "incremental_strategy": "append"}, set()),
        ({"event_time": "seen", "incremental_strategy": "microbatch"}, {"SEEN"}),
        ({"event_time": "seen"}, set()),
    ],
)
def test_the_key_of_an_incremental_model_decides_about_its_rows(
    shop: Shop, more: dict[str, object], decides: set[str]
) -> None:
    """Rows whose keys come again are taken away, and those of the time of a batch."""
    config = {"materialized": "incremental", **more}
    shop.model("m", "select email, city, seen, rating from prod.crm.users", config=config)
    found = {source for source, target in _edges(shop) if target == "PROD.CORE.M.RATING"}
    assert found - {"PROD.CRM.USERS.RATING"} == {f"PROD.CORE.M.{name}" for name in decides}


def test_a_model_in_batches_reads_by_the_time_of_what_it_reads(shop: Shop) -> None:
    """The `event_time` of a model that one in batches refers to decides which rows are read."""
    shop.model("up", "select email, made_at from prod.crm.users", config={"event_time": "made_at"})
    config = {"materialized": "incremental", "incremental_strategy": "microbatch"}
    raw = "select email, seen from prod.core.up"
    node = shop.model("m", raw, config={**config, "event_time": "seen"})
    node["depends_on"]["nodes"] = ["model.shop.up"]
    assert ("PROD.CORE.UP.MADE_AT", "PROD.CORE.M.EMAIL") in _edges(shop)


_UPDATES = {"set_expressions": {"note": "DBT_INTERNAL_SOURCE.email"}}
_INSERTS = {"columns": ["id", "note"], "values": ["DBT_INTERNAL_SOURCE.id", "lower(email)"]}


@pytest.mark.parametrize(
    "config",
    [
        {"merge_update_set_expressions": _UPDATES["set_expressions"]},
        {"merge_clauses": {"when_matched": [{"action": "update", "update": _UPDATES}]}},
        {"merge_clauses": {"when_not_matched": [{"action": "insert", "insert": _INSERTS}]}},
        {"merge_clauses": {"when_not_matched": [{"by": "source", **_UPDATES}]}},
        {"merge_clauses": {"when_matched": [{"action": "delete", "condition": "email > ''"}]}},
        {"merge_clauses": {"when_matched": [{"condition": ["id > 1", "email > ''"]}]}},
        {"merge_update_condition": "DBT_INTERNAL_DEST.email <> DBT_INTERNAL_SOURCE.email"},
        {"not_matched_by_source_action": "update set note = t.email", "target_alias": "t"},
    ],
)
@pytest.mark.parametrize("adapter", ["duckdb", "databricks"])
def test_a_merge_puts_in_what_its_settings_say(
    shop: Shop, adapter: str, config: dict[str, object]
) -> None:
    """Expressions and conditions of a merge are those of the table, and of what is given to it."""
    shop.adapter = adapter
    config = {"materialized": "incremental", "incremental_strategy": "merge", **config}
    raw = "select id, email, 'none' as note from prod.crm.users"
    shop.model("m", raw, config=config)
    edges = _edges(shop)
    assert ("prod.core.m.email", "prod.core.m.note") in edges
    assert find_project(shop.root).gaps == ()


def test_a_file_that_a_model_is_put_into_has_what_the_model_has(shop: Shop) -> None:
    """A location in a model's settings is a place outside that takes all of its columns."""
    config = {"materialized": "external", "location": "s3://partner/x.parquet"}
    shop.model("mart", "select email from prod.crm.users", config=config)
    assert ("PROD.CORE.MART.EMAIL", "s3://partner/x.parquet.EMAIL") in _edges(shop)


@pytest.mark.parametrize(
    ("config", "read"),
    [
        ({}, "./mart.parquet"),
        ({"format": "csv"}, "mart.csv"),
        ({"options": {"partition_by": "city"}}, "mart/*/*.parquet"),
        ({"location": "out/x.parquet"}, "out/*.parquet"),
        ({"location": "out/x"}, "out/x/**/*.parquet"),
        ({"properties": {"external_location": "'s3://b/x'"}}, "s3://b/x/1.parquet"),
    ],
)
@pytest.mark.parametrize("taken", ["email", "*"])
def test_a_file_that_a_model_is_put_into_may_be_read_again(
    shop: Shop, config: dict[str, object], read: str, taken: str
) -> None:
    """Whatever names the file, or a folder around it, reads what the model has."""
    shop.adapter = "duckdb"
    config = {"materialized": "external", **config}
    shop.model("mart", "select email from prod.crm.users", config=config)
    shop.model("again", f"select {taken} from '{read}'")
    shop.model("last", "select email from prod.core.again")
    analysis = analyze(find_project(shop.save()), jobs=0)
    reached = reachable(analysis, Column("prod.core.mart", "email"))
    assert Column("prod.core.last", "email") in reached


def test_a_location_that_is_rendered_is_a_gap(shop: Shop) -> None:
    """A template in a location is rendered when the model is built."""
    config = {"materialized": "external", "location": "{{ env_var('OUT') }}/x.parquet"}
    shop.model("mart", "select email from prod.crm.users", config=config)
    (gap,) = find_project(shop.save()).gaps
    assert (gap.reason, gap.relations) == (GapReason.TEMPLATE, ("PROD.CORE.MART",))


@pytest.mark.parametrize(
    "location", ["s3://partner/../other/x.parquet", "https://other.com:/x@partner.com/y"]
)
def test_a_location_that_may_lead_elsewhere_is_a_gap(shop: Shop, location: str) -> None:
    """What stands in an address that clients read differently is said, as it is of SQL."""
    config = {"materialized": "external", "location": location}
    shop.model("mart", "select email from prod.crm.users", config=config)
    (gap,) = find_project(shop.save()).gaps
    assert (gap.reason, gap.relations) == (GapReason.MISLEADING, ("PROD.CORE.MART",))


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"engine": "S3('https://h/x.csv', 'key', 'secret', 'CSV')"}, "https://h/x.csv"),
        ({"storage_uri": "gs://b/x"}, "gs://b/x"),
    ],
)
def test_what_an_adapter_puts_outside_is_there(
    shop: Shop, config: dict[str, object], place: str
) -> None:
    """An engine that keeps a table outside, and a bucket that its files are in, are places."""
    shop.model("mart", "select email from prod.crm.users", config=config)
    assert ("PROD.CORE.MART.EMAIL", f"{place}.EMAIL") in _edges(shop)


def test_an_export_has_what_its_query_may_read(shop: Shop) -> None:
    """An export of a saved query is a relation that takes all that its metrics are made of."""
    shop.model("mart", "select email from prod.crm.users")
    config = {"export_as": "table", "schema_name": "ads", "database": "prod", "alias": "x"}
    query = {
        "name": "q",
        "package_name": "shop",
        "original_file_path": "models/q.yml",
        "depends_on": {"nodes": ["model.shop.mart"]},
        "exports": [{"name": "e", "config": config}],
    }
    shop.saved_queries["saved_query.shop.q"] = query
    assert ("PROD.CORE.MART.EMAIL", "PROD.ADS.X.EMAIL") in _edges(shop)
