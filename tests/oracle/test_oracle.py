"""DuckDB as the judge of what flows: the graph must know every flow that can be seen."""

from __future__ import annotations

import pytest

from .cases import make_case
from .judge import judge

_FIRSTS = range(0, 720, 30)  # so that 500 of these scripts and more are ones that run
_BATCH = 30


@pytest.mark.threat(18)
@pytest.mark.parametrize("first", _FIRSTS)
def test_every_flow_that_can_be_seen_is_in_the_graph(first: int) -> None:
    """What no flow leads to does not change, whatever is changed; known tables leave no gap.

    Both with the tables' columns known and without; a gap may stand for a flow only where
    they are not known.
    """
    wrong = []
    ran = 0
    for seed in range(first, first + _BATCH):
        case = make_case(seed)
        verdict = judge(case, seed, tries=1)
        ran += verdict.ran
        wrong += [f"seed {seed}: {found}\n{case.sql}" for found in verdict.missed + verdict.gaps]

    assert not wrong
    assert ran > _BATCH / 3


def test_most_flows_that_are_reported_can_be_seen() -> None:
    """Of what is said to flow, a part shows when columns are changed at random."""
    shown = reported = 0
    for seed in range(8):
        verdict = judge(make_case(seed), seed, tries=0, show=9)
        shown += verdict.shown
        reported += verdict.reported

    assert shown > reported / 8
