"""How long `fieldgate --version` takes against `python -c "import click"`, side by side.

    python benchmarks/start.py [--rounds 15]

Whole processes, alternating in one run; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

_VERSION = [str(Path(sys.executable).parent / "fieldgate"), "--version"]
_CLICK = [sys.executable, "-c", "import click"]


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description="Time the start of the command line.")
    asked.add_argument("--rounds", type=int, default=15)
    rounds = asked.parse_args().rounds
    version, click = [], []
    for _ in range(rounds):
        version.append(_seconds(_VERSION))
        click.append(_seconds(_CLICK))
    print(f"Python {platform.python_version()} on {platform.machine()}, {rounds} rounds")
    for name, times in (("fieldgate --version", version), ("import click", click)):
        print(f"{name}: {min(times):.3f} / {statistics.median(times):.3f} / {max(times):.3f} s")
    print(f"ratio of medians: {statistics.median(version) / statistics.median(click):.2f}")


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
