"""DuckDB as the judge of what flows: the graph must know every flow that can be seen."""

from __future__ import annotations

import pytest

from .judge import judge, make_case

SCRIPTS = 300
_BATCH = 25


@pytest.mark.parametrize("first", range(0, SCRIPTS, _BATCH))
def test_every_flow_that_can_be_seen_is_in_the_graph(first: int) -> None:
    """Where changing a source column changes an output, the graph leads from one to the other."""
    missed = []
    ran = 0
    for seed in range(first, first + _BATCH):
        case = make_case(seed)
        verdict = judge(case, seed, tries=1, with_schema=seed % 3 != 0)
        ran += verdict.ran
        missed += [f"seed {seed}: {flow}\n{case.sql}" for flow in verdict.missed]

    assert not missed
    assert ran > _BATCH / 2


@pytest.mark.parametrize("first", range(1000, 1000 + SCRIPTS, SCRIPTS // 3))
def test_a_script_whose_tables_are_known_has_no_gap(first: int) -> None:
    """Where every column is declared and the engine runs the script, nothing stays unknown."""
    gaps = []
    for seed in range(first, first + 20):
        verdict = judge(make_case(seed), seed, tries=0)
        gaps += [f"seed {seed}: {gap}" for gap in verdict.gaps]

    assert not gaps
