"""Functions that dbt creates: their bodies are as much a part of the project as its models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lineage.build import analyze
from lineage.readers import find_project
from lineage.words import GapReason

if TYPE_CHECKING:
    from lineage.analysis import Analysis
    from tests.lineage.readers.conftest import Shop

_READING = "(select max(email) || k from prod.crm.users)"


def _function(shop: Shop, code: str, **fields: object) -> None:
    path = "functions/joined.sql"
    shop.write(path, code)
    given = {
        "resource_type": "function",
        "original_file_path": path,
        "relation_name": None,
        "arguments": [{"name": "k", "data_type": "varchar"}],
        "returns": {"data_type": "varchar"},
    }
    shop.node("joined", code, **{**given, **fields})


def _analysis(shop: Shop) -> Analysis:
    return analyze(find_project(shop.save()), jobs=0)


def _told(shop: Shop) -> set[tuple[GapReason, str]]:
    return {(gap.reason, gap.origin.file) for gap in _analysis(shop).gaps}


@pytest.mark.parametrize("adapter", ["snowflake", "bigquery", "databricks", "postgres", "duckdb"])
def test_a_call_reads_what_the_function_reads(shop: Shop, adapter: str) -> None:
    """A model that calls a function of the project has what the function's body reads."""
    shop.adapter = adapter
    _function(shop, _READING)
    shop.model("mart", "select prod.core.joined(id) as note from prod.crm.orders")
    edges = [(str(e.source).lower(), str(e.target).lower()) for e in _analysis(shop).edges]
    made = {target for source, target in edges if source == "prod.crm.users.email"}
    assert {target for source, target in edges if source in made} == {"prod.core.mart.note"}


@pytest.mark.threat(16)
def test_code_that_ends_its_quotes_goes_on(shop: Shop) -> None:
    """What a function's code says behind the quotes that dbt puts around it is run too."""
    _function(shop, "k $$; create table ads.x as select email from prod.crm.users; select $$")
    edges = {(str(edge.source), str(edge.target)) for edge in _analysis(shop).edges}
    assert ("PROD.CRM.USERS.EMAIL", "ADS.X.EMAIL") in edges


@pytest.mark.parametrize(
    ("adapter", "code", "fields", "reason"),
    [
        ("trino", _READING, {}, GapReason.OPAQUE_CODE),
        ("snowflake", "", {}, GapReason.NOT_COMPILED),
        (
            "snowflake",
            "k",
            {"returns": {"data_type": "int as 'select 1'; drop table t"}},
            GapReason.DYNAMIC_SQL,
        ),
        ("snowflake", "{% do run_query(k) %} k", {"compiled_code": "k"}, GapReason.DYNAMIC_SQL),
        ("snowflake", "j", {"raw_code": "k", "compiled_code": "k"}, GapReason.STALE),
    ],
)
def test_a_function_that_cannot_be_known_is_a_gap(
    shop: Shop, adapter: str, code: str, fields: dict[str, object], reason: GapReason
) -> None:
    """Without code, in an engine that has none of dbt's, breaking out or changed: a gap."""
    shop.adapter = adapter
    _function(shop, code, **fields)
    assert (reason, "functions/joined.sql") in _told(shop)


def test_a_function_that_the_manifest_does_not_know_is_a_gap(shop: Shop) -> None:
    """Code in the folder of functions has to be in a manifest whose dbt knows functions."""
    shop.model("mart")
    shop.write("functions/new.py", "def new(k): return k")
    assert _told(shop) == {(GapReason.STALE, "functions/new.py")}
    shop.functions = None
    assert not _told(shop)
