"""Sources of a dbt project that are files: an adapter puts what they say into SQL as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lineage.build import analyze
from lineage.readers import find_project
from lineage.words import GapReason

if TYPE_CHECKING:
    from tests.lineage.readers.conftest import Shop


def _reading(shop: Shop, written: str) -> None:
    shop.adapter = "duckdb"
    columns = {"email": {"name": "email", "meta": {"pii": True}}}
    source = {"resource_type": "source", "original_file_path": "models/s.yml"}
    shop.node("people", relation_name=written, columns=columns, **source)
    shop.model("mart", f"select email from {written}")


@pytest.mark.parametrize(
    "written",
    [
        "'people.csv'",
        "'it''s here.csv'",
        "'Raw/People.csv'",
        "'other.people'",
        "read_csv('people.csv')",
        "read_csv( 'people.csv' )",
        "READ_CSV('Raw/People.csv', header = true, delim = '|')",
        "main.read_csv(/* 'old.csv' */ 'people.csv')",
        "read_csv(path := 'people.csv')",
        "read_parquet(['a.parquet', 'raw/b.parquet'])",
        "read_parquet([\n  'a.parquet',\n], union_by_name = true)",
    ],
)
def test_what_is_said_of_a_source_is_said_of_the_files_that_are_read(
    shop: Shop, written: str
) -> None:
    """However a source writes its files, each of them has the columns that it declares."""
    _reading(shop, written)
    analysis = analyze(find_project(shop.save()), jobs=0)
    read = {e.source for e in analysis.edges if e.target.relation == "prod.core.mart"}
    declared = {r.name for r in analysis.relations for c in r.columns if c.facts}
    assert read
    assert {column.relation for column in read} == declared
    assert analysis.gaps == ()


@pytest.mark.parametrize(
    "written",
    [
        "(select * from read_csv('people.csv'))",
        "read_csv('people' || '.csv')",
        "read_csv(['people.csv', getenv('MORE')])",
        "glob('people.csv')",
        "postgres_scan('host=crm', 'public', 'people')",
    ],
)
def test_a_source_that_is_computed_is_a_gap(shop: Shop, written: str) -> None:
    """Where nobody knows what a source is, nothing that is declared of it is held against it."""
    _reading(shop, written)
    gaps = find_project(shop.save()).gaps
    assert [(gap.reason, gap.relations) for gap in gaps] == [
        (GapReason.OPAQUE_CODE, ("prod.core.people",))
    ]
