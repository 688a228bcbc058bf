"""The peers on a sample of a corpus, with Fieldgate and the floor on the same sample."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from timing import Measure, floors, interleave, median, print_accounts, print_table, work

if TYPE_CHECKING:
    from pathlib import Path

# The program, the module it needs, and how to get that.
PEERS = {
    "sqlglot lineage(None, …)": ("peer_sqlglot.py", "sqlglot.lineage", "'sqlglot[c]'"),
    "DataHub sqlglot_lineage": (
        "peer_datahub.py",
        "datahub.sql_parsing.sqlglot_lineage",
        "'acryl-datahub[sql-parser]'  # pins another sqlglot: an environment of its own",
    ),
    "sqllineage": ("peer_sqllineage.py", "sqllineage.runner", "sqllineage"),
}


def run_peers(
    texts: Path, dialect: str, size: int, rounds: int, pythons: tuple[str, ...], room: Path
) -> None:
    """Measure and print. A peer runs in the first of `pythons` that has it.

    `size` is how many texts are taken; 0 for all.
    """
    entries = json.loads(texts.read_text("utf-8"))
    size = size or len(entries)
    sample = entries[:: max(len(entries) // size, 1)][:size]
    listed, folder = room / "sample.json", room / "sample"
    listed.write_text(json.dumps(sample), "utf-8")
    for entry in sample:
        path = folder / entry["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(entry["text"], "utf-8")
    statements = sum(len(entry["statements"]) for entry in sample)
    print(f"\nPeers, on {len(sample)} of {len(entries)} texts, {statements} statements")
    measures = [
        *floors("sqlglot.parse", listed, dialect),
        Measure("Fieldgate cold, 1 process", work("fieldgate.py", folder, dialect, 1)),
        Measure("Fieldgate cold, 2 processes", work("fieldgate.py", folder, dialect, 2)),
    ]
    for name, (script, module, package) in PEERS.items():
        python = next((one for one in pythons if _has(one, module)), None)
        if python is None:
            print(f"{name}: not installed; pip install {package}")
        else:
            measures.append(Measure(name, work(script, listed, dialect, python=python)))
    found = interleave(measures, rounds)
    print_table(measures, found)
    print_accounts(measures, found)
    one, two = (median(found[measure.name]) for measure in measures[2:4])
    for measure in measures[4:]:
        took = median(found[measure.name])
        print(
            f"Fieldgate is {took / one:.1f} x as fast as {measure.name}, "
            f"{took / two:.1f} x with 2 processes"
        )


def _has(python: str, module: str) -> bool:
    asked = [python, "-c", f"import {module}"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


if __name__ == "__main__":
    sys.exit("run lineage.py --peers")
