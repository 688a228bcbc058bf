"""Bare `sqlglot.parse` against the whole check, side by side on a folder of SQL.

    python benchmarks/check.py FOLDER --dialect snowflake [--rounds 5] [--jobs 1]

Each round runs both in fresh processes, one after the other, and times the work without
interpreter start and imports; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from timing import (
    Measure,
    floors,
    interleave,
    print_accounts,
    print_machine,
    print_table,
    run,
    work,
)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description="Time the whole check against the parser.")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--dialect", default="")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--jobs", type=int, default=1)
    options = asked.parse_args()
    folder, dialect, jobs = options.folder, options.dialect, options.jobs
    print_machine()
    with tempfile.TemporaryDirectory() as room:
        texts = Path(room) / "texts.json"
        read = run(work("texts.py", folder, dialect, texts)).account
        if not read["texts"]:
            sys.exit(f"no SQL below {folder}")
        print(f"{folder.name}: {read['texts']} texts, {int(str(read['bytes'])) / 1e6:.2f} MB")
        measures = [
            *floors("sqlglot.parse", texts, dialect),
            Measure(f"fieldgate check, {jobs} job(s)", work("checked.py", folder, dialect, jobs)),
        ]
        found = interleave(measures, options.rounds)
    print_table(measures, found)
    print_accounts(measures, found)


if __name__ == "__main__":
    main()
