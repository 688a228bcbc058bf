"""A script that never ends, or takes the engine down, costs itself and nothing else."""

from __future__ import annotations

import os
import signal

import pytest

from . import judge as judging
from .apart import Ended, each
from .cases import Case
from .engine import Engine, StoppedError
from .judge import Verdict, judge

_ENDLESS = (
    "create table made1 as with recursive q as (select 0 as n union all select 1 - n from q)"
    " select count(*) as n from q"
)


def test_a_query_that_never_ends_is_stopped_and_the_engine_goes_on() -> None:
    """What takes too long says so, and the next script is run as if nothing had been."""
    engine = Engine(longest=0.05)

    with pytest.raises(StoppedError):
        engine.run([], [_ENDLESS], ["made1"])

    assert engine.run([], ["create table made1 as select 1 as n"], ["made1"])


def test_a_script_that_was_stopped_has_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script without an end is no script that passed."""
    monkeypatch.setattr(judging, "ENGINE", Engine(longest=0.05))

    assert judge(Case([], [_ENDLESS], {"made1": ("n",)}), 0) == Verdict(stopped=True)


def _obstinate(seed: int) -> int:
    """Two of the seeds end their process, or never end."""
    if seed == 1:
        os.kill(os.getpid(), signal.SIGSEGV)
    while seed == 3:
        pass
    return seed


def test_a_process_that_dies_or_never_ends_costs_its_own_seed() -> None:
    """Every other seed is judged, and what became of these is said."""
    found = dict(each(_obstinate, range(5), seconds=0.5))

    assert {seed: what for seed, what in found.items() if not isinstance(what, Ended)} == {
        0: 0,
        2: 2,
        4: 4,
    }
    assert found[1] == Ended("its process died (-11)")
    assert found[3] == Ended("stopped by the limit of its process")
