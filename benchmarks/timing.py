"""What the benchmarks share: fresh processes, interleaved rounds, medians, and how they print.

A measured program is a script in `benchmarks/measured/`, which prints one JSON object: `seconds`
of its work without interpreter start and imports, `peak` memory in bytes, and an account of
what it did (see `measured/clock.py`).
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WORK = Path(__file__).parent / "measured"
LIMIT_SECONDS = 3600.0  # for one process; a peer that hangs must end some time


@dataclass(frozen=True)
class Measure:
    """Something to measure: a command, what to do before each round, and how slow it may be.

    `limit` is the largest ratio to the first floor that is asked for. What others are compared
    with says in `floor` what is written above the ratios to it.
    """

    name: str
    command: tuple[str, ...]
    before: Callable[[int], None] | None = None
    limit: float | None = None
    floor: str = ""


@dataclass(frozen=True)
class Round:
    """One run of one process; `wall` are the seconds of the whole process, `peak` are bytes."""

    seconds: float
    wall: float
    peak: int
    account: dict[str, object]


def work(script: str, *arguments: object, python: str = sys.executable) -> tuple[str, ...]:
    """The command that runs a script of `benchmarks/measured/`."""
    return (python, str(WORK / script), *map(str, arguments))


def floors(name: str, texts: Path, dialect: object, *also: object) -> tuple[Measure, Measure]:
    """Bare `sqlglot.parse` of texts: all trees kept to the end, and each dropped at once."""
    kept, dropped = (
        Measure(f"{name}, trees {how}", work("parse.py", texts, dialect, how, *also), floor=how)
        for how in ("kept", "dropped")
    )
    return kept, dropped


def run(command: tuple[str, ...]) -> Round:
    """Run a measured program to its end. Exits with its last words where it fails."""
    start = time.perf_counter()
    done = subprocess.run(
        command, capture_output=True, check=False, text=True, timeout=LIMIT_SECONDS
    )
    wall = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{' '.join(command[1:3])} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return Round(found.pop("seconds"), wall, found.pop("peak"), found)


def wall_seconds(command: tuple[str, ...]) -> float:
    """The seconds of a whole process that prints what it likes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def interleave(measures: list[Measure], rounds: int) -> dict[str, list[Round]]:
    """Every measure once a round, one after the other, so that a busy minute hits them all."""
    found: dict[str, list[Round]] = {measure.name: [] for measure in measures}
    for number in range(rounds):
        for measure in measures:
            if measure.before is not None:
                measure.before(number)
            found[measure.name].append(run(measure.command))
    return found


def median(rounds: list[Round], what: str = "seconds") -> float:
    """The median of one figure of some rounds."""
    return float(statistics.median(getattr(one, what) for one in rounds))


def print_table(measures: list[Measure], found: dict[str, list[Round]]) -> None:
    """A line a measure, with its ratios to those that are floors; the first is one."""
    floors = {measure.floor: found[measure.name] for measure in measures if measure.floor}
    first = found[measures[0].name]
    head = ("work s", "min", "max", "process s", "peak MB", *floors, "process", "limit")
    print(f"{'':38}" + "".join(f"{word:>10}" for word in head))
    for measure in measures:
        rounds = found[measure.name]
        seconds = [one.seconds for one in rounds]
        figures = (
            f"{median(rounds):.3f}",
            f"{min(seconds):.3f}",
            f"{max(seconds):.3f}",
            f"{median(rounds, 'wall'):.3f}",
            f"{median(rounds, 'peak') / 1e6:.0f}",
            *(f"{median(rounds) / median(floor):.3f}" for floor in floors.values()),
            f"{median(rounds, 'wall') / median(first, 'wall'):.3f}",
            "" if measure.limit is None else f"{measure.limit:.2f}",
        )
        print(f"{measure.name:38}" + "".join(f"{figure:>10}" for figure in figures))


def print_accounts(measures: list[Measure], found: dict[str, list[Round]]) -> None:
    """What each measure said of its last round."""
    for measure in measures:
        account = found[measure.name][-1].account
        words = ", ".join(f"{key} {_written(value)}" for key, value in account.items())
        print(f"  {measure.name}: {words}")


def _written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_written(one)}" for key, one in value.items()) + "}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def print_machine() -> None:
    """The machine, Python and the versions of what is measured."""
    print(f"{_processor()}, {os.cpu_count()} processors, {platform.platform()}")
    print(f"{platform.python_implementation()} {platform.python_version()}, {_versions()}")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _versions() -> str:
    return ", ".join(f"{name} {_version(name)}" for name in ("fieldgate", "sqlglot", "sqlglotc"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
