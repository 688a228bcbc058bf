"""The collector is kept out of the way, and nothing is left for it."""

from __future__ import annotations

import gc

from sqlglot import exp

from lineage.build import analyze_sql
from lineage.collector import paused


def test_what_was_made_meanwhile_is_not_looked_at_at_once() -> None:
    """What is made while the collector is paused counts as old when it goes on."""
    with paused():
        kept: list[list[int]] = [[] for _ in range(100_000)]
    assert gc.isenabled()
    assert len(kept) > gc.get_threshold()[0] > gc.get_count()[0]


def test_what_somebody_has_set_aside_stays_there() -> None:
    """Objects that the caller has frozen are still frozen afterwards."""
    kept: list[object] = []
    gc.freeze()
    try:
        with paused():
            pass
        assert not any(known is kept for known in gc.get_objects())
    finally:
        gc.unfreeze()
    assert any(known is kept for known in gc.get_objects())


def test_no_tree_is_left_of_a_text_that_was_read_or_refused() -> None:
    """No node of a parsed statement outlives the analysis, nor of one that breaks off."""
    script = "create table b as select a.x from a; select f(x, (select from"
    analyze_sql(script, dialect="duckdb")  # and what the parser keeps for itself
    gc.collect()
    before = _trees()
    analyze_sql(script, dialect="duckdb")
    assert _trees() == before


def _trees() -> int:
    return sum(isinstance(kept, exp.Expr) for kept in gc.get_objects())
