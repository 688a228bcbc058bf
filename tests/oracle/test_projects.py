"""Real projects of dbt, built on DuckDB over made-up rows with one column changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lineage import TransformType

from .projects import judge_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineage.graph import Graph

SHOP = Path(__file__).parents[2] / "examples" / "shop" / "target"
# They need a function that the example adds to DuckDB, and whose key is in no file.
KEYED = {
    "shop.intermediate.int_email_keys",
    "shop.marketing.ad_audience",
    "shop.finance.fraud_signals",
}


def test_whatever_changes_in_the_shop_is_reached() -> None:
    """What comes out otherwise when a column of a source is changed, is reached from it."""
    found = judge_project(SHOP)

    assert (found.missed, found.excused) == ((), 0)
    assert set(found.unbuilt) == KEYED
    assert found.changes > 300


def test_whatever_changes_in_a_project_of_others_is_reached(corpora: Path) -> None:
    """The same holds of a project that was not written for it."""
    found = judge_project(corpora / "data" / "jaffle")

    assert (found.missed, found.excused) == ((), 0)
    assert found.unbuilt == ()
    assert found.changes > 80


def _all_of(kind: TransformType) -> Callable[[Graph], Callable[[int], bool]]:
    return lambda graph: lambda edge: graph.kind(edge).transform.subtype.type is kind


@pytest.mark.parametrize("overlooked", [*TransformType])
def test_lineage_that_overlooks_flows_is_caught(overlooked: TransformType) -> None:
    """Who says nothing of values, or nothing of what decides about them, is named for it."""
    assert judge_project(SHOP, columns=12, without=_all_of(overlooked)).missed
