"""Real dbt artifacts; `FIELDGATE_CORPORA` names the folder that holds them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from lineage.readers import find_project

if TYPE_CHECKING:
    from pathlib import Path


def test_gitlabs_project_is_read_whole(corpora: Path) -> None:
    """All of 2,941 models are read but for the 15 ephemeral ones, which are inside others."""
    project = find_project(corpora / "data" / "gitlab")
    kinds = Counter(relation.kind.value for relation in project.relations)
    assert kinds == {
        "model": 2_941 - 15,
        "source": 1_105 - 1,  # one is the same table as another
        "snapshot": 100,
        "seed": 34,
        "exposure": 12,
    }
    assert sum(bool(unit.target) for unit in project.units) == 2_941 + 100 - 15 - 7
    reasons = Counter(gap.reason.value for gap in project.gaps)
    # Models, and branches of four; macros that hooks call, and those that run SQL meanwhile.
    assert reasons == {"not-compiled": 7 + 4, "template-left-over": 9, "dynamic-sql": 14}
    assert project.dialect == "snowflake"


def test_gitlabs_labels_are_read(corpora: Path) -> None:
    """Every masking policy and sensitivity that the project declares arrives as a fact."""
    facts = Counter(
        fact.key
        for relation in find_project(corpora / "data" / "gitlab").relations
        for column in relation.columns
        for fact in column.facts
    )
    assert facts["meta.sensitive"] >= 170
    assert facts["meta.masking_policy"] >= 180


@pytest.mark.parametrize(
    ("name", "dialect", "models"),
    [
        ("jaffle", "duckdb", 5),
        ("synthea", "duckdb", 87),
        ("tuva", "duckdb", 737 - 48),
        ("colibri/bigquery", "bigquery", 14),
        ("colibri/clickhouse", "clickhouse", 22),
        ("colibri/databricks", "databricks", 14),
        ("colibri/ephemeral_finance_core", "duckdb", 36 - 6),
        ("colibri/oracle", "oracle", 20),
        ("colibri/postgres", "postgres", 22),
        ("colibri/redshift", "redshift", 13),
        ("colibri/sqlserver", "tsql", 22),
        ("colibri/starrocks", "starrocks", 22),
        ("colibri/trino", "trino", 22),
        ("colibri/1.8", "snowflake", 13),
    ],
)
def test_each_adapter_is_read(corpora: Path, name: str, dialect: str, models: int) -> None:
    """A project of any adapter is read, and its catalog makes the columns complete."""
    project = find_project(corpora / "data" / name)
    kinds = Counter(relation.kind.value for relation in project.relations)
    assert (project.dialect, kinds["model"]) == (dialect, models)
    assert any(relation.complete for relation in project.relations)
