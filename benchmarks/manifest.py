"""Lineage of a dbt manifest, from file to linked graph, against bare parse of its SQL.

    python benchmarks/manifest.py MANIFEST.json[.gz] [--rounds 5]

The floor is `sqlglot.parse` of each compiled text with default settings, trees kept or dropped,
and one plain `json.load` of the file. Fresh processes, interleaved, medians.
"""

from __future__ import annotations

import argparse
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

LIMIT = 1.2


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description="Time the lineage of a dbt manifest.")
    asked.add_argument("manifest", type=Path)
    asked.add_argument("--rounds", type=int, default=5)
    options = asked.parse_args()
    path = options.manifest
    print_machine()
    with tempfile.TemporaryDirectory() as room:
        texts = Path(room) / "texts.json"
        read = run(work("texts.py", path, "", texts)).account
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, {read}\n")
        measures = [
            *floors("json.load + sqlglot.parse", texts, read["dialect"], path),
            Measure("file to graph, 1 process", work("fieldgate.py", path, "", 1), limit=LIMIT),
            Measure("file to graph, 2 processes", work("fieldgate.py", path, "", 2)),
        ]
        found = interleave(measures, options.rounds)
    print_table(measures, found)
    print_accounts(measures, found)


if __name__ == "__main__":
    main()
