"""How long `fieldgate --version` takes against `python -c "import click"`, side by side.

    python benchmarks/start.py [--rounds 15]

Whole processes, alternating in one run; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from timing import print_machine, wall_seconds

_VERSION = (str(Path(sys.executable).parent / "fieldgate"), "--version")
_CLICK = (sys.executable, "-c", "import click")


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description="Time the start of the command line.")
    asked.add_argument("--rounds", type=int, default=15)
    rounds = asked.parse_args().rounds
    version, click = [], []
    for _ in range(rounds):
        version.append(wall_seconds(_VERSION))
        click.append(wall_seconds(_CLICK))
    print_machine()
    for name, times in (("fieldgate --version", version), ("import click", click)):
        print(f"{name}: {min(times):.3f} / {statistics.median(times):.3f} / {max(times):.3f} s")
    print(f"ratio of medians: {statistics.median(version) / statistics.median(click):.2f}")


if __name__ == "__main__":
    main()
