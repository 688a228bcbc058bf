"""DuckDB as the judge of what flows: the graph must know every flow that can be seen."""

from __future__ import annotations

import pytest

from .cases import make_case
from .judge import judge
from .mutants import MUTANTS, caught

_FIRSTS = range(0, 720, 30)  # so that 500 of these scripts and more are ones that run
_BATCH = 30


@pytest.mark.threat(18)
@pytest.mark.parametrize("first", _FIRSTS)
def test_every_flow_that_can_be_seen_is_in_the_graph(first: int) -> None:
    """What no flow leads to does not change, whatever is changed; known tables leave no gap.

    Both with the tables' columns known and without; a gap may stand for a flow only where
    they are not known. What a guard excuses never comes of a row that fails it.
    """
    wrong = []
    ran = 0
    for seed in range(first, first + _BATCH):
        case = make_case(seed)
        verdict = judge(case, seed, tries=1)
        ran += verdict.ran
        wrong += [
            f"seed {seed}: {found}\n{case.sql}"
            for found in (*verdict.missed, *verdict.gaps, *verdict.broken)
        ]

    assert not wrong
    assert ran > _BATCH / 3


def test_most_flows_that_are_reported_can_be_seen() -> None:
    """Of what is said to flow, a part shows when columns are changed at random."""
    shown = reported = 0
    for seed in range(8):
        verdict = judge(make_case(seed), seed, tries=0, show=9)
        shown += len(verdict.shown)
        reported += len(verdict.reported)

    assert shown > reported / 8


def test_lineage_that_overlooks_a_kind_of_flow_is_caught() -> None:
    """Where all edges of one kind are left out, a few scripts show it, whichever kind it is."""
    overlooking = tuple(m for m in MUTANTS if m.without is not None)

    found = {name for name, _count in caught(overlooking, range(400, 700))}

    assert found == {m.name for m in overlooking}
