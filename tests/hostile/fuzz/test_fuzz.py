"""Each fuzzer for a moment, and on every input that one of them has found."""

from __future__ import annotations

import importlib
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from .target import Target

_CASES = Path(__file__).parent / "cases"
# How many inputs each gets here; the slow ones fewer.
_EXAMPLES = {
    "sql": 150,
    "documents": 200,
    "manifest": 20,
    "rego": 30,
    "waivers": 200,
    "runfile": 150,
    "sealed": 25,
}


def target_of(name: str) -> Target:
    found: Target = importlib.import_module(f"tests.hostile.fuzz.{name}").TARGET
    return found


@pytest.mark.parametrize("case", sorted(_CASES.rglob("*.*")), ids=lambda path: path.stem)
def test_what_a_fuzzer_found_stays_mended(case: Path) -> None:
    """The laws of a target hold for each input under which one of them once did not."""
    target_of(case.parent.name).hold(case.read_bytes())


@pytest.mark.threat(1, 5, 11, 13, 19, 20, 21, 22, 24, 25, 30, 60, 75)
@pytest.mark.parametrize("name", _EXAMPLES)
def test_no_input_breaks_a_law(name: str) -> None:
    """Whatever is made of real inputs, each law of a target holds."""
    target = target_of(name)
    seeds = list(target.seeds())

    @settings(max_examples=_EXAMPLES[name], database=None)
    @given(st.integers(0, 1 << 30))
    def hold(number: int) -> None:
        dice = Random(number)  # noqa: S311 - no secret depends on it
        target.hold(target.mutate(dice.choice(seeds), seeds, target.words, dice))

    hold()


def test_every_fuzzer_starts_from_inputs_that_hold() -> None:
    """Seeds are real: most of them are read to the end, so mutants get that far too."""
    for name in _EXAMPLES:
        seeds = list(target_of(name).seeds())
        assert len(seeds) > 3, name
