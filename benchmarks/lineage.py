"""Lineage of a folder of SQL, side by side with the bare parser and with other tools.

    python benchmarks/lineage.py FOLDER --dialect bigquery [--rounds 5]
        [--peers] [--sample 0] [--peer-rounds 1] [--peer-python PATH]... [--copies 8]

Every measure is a fresh process; each round runs all of them, one after another; figures are
medians. The floor is bare `sqlglot.parse` of the same texts with default settings, the texts
being in memory: once with all trees kept, once with each dropped before the next. Fieldgate
reads the folder and links the graph within its time.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from copies import make_copies
from edits import Edits
from sample_peers import run_peers
from timing import (
    Measure,
    Round,
    floors,
    interleave,
    median,
    print_accounts,
    print_machine,
    print_table,
    run,
    work,
)

COLD, COLD_TWO, WARM, CHANGED = 1.0, 0.6, 0.05, 0.06  # limits, of the first floor's time
GROWTH = 8.5 / 8  # limit of time and memory for each copy of the corpus


def main() -> None:
    """Measure and print."""
    options = _options()
    print_machine()
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        texts = room / "texts.json"
        _describe(run(work("texts.py", options.folder, options.dialect, texts)), options.folder)
        _measure_folder(options, texts, room)
        if options.peers:
            pythons = (sys.executable, *options.peer_python)
            rounds = options.peer_rounds
            run_peers(texts, options.dialect, options.sample, rounds, pythons, room)
        if options.copies:
            _measure_copies(options, texts, room)


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description="Time lineage against the parser and peers.")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--dialect", default="")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--peers", action="store_true", help="run other tools on a sample")
    asked.add_argument("--sample", type=int, default=0, help="texts for the peers; 0 for all")
    asked.add_argument("--peer-rounds", type=int, default=1)
    asked.add_argument(
        "--peer-python", action="append", default=[], help="an interpreter that has a peer"
    )
    asked.add_argument("--copies", type=int, default=0, help="measure the corpus so many times")
    return asked.parse_args()


def _describe(read: Round, folder: Path) -> None:
    account = read.account
    if not account["texts"]:
        sys.exit(f"no SQL below {folder}")
    print(
        f"{folder.name}: {account['files']} files, of which {account['texts']} to parse with "
        f"{account['statements']} statements, {int(str(account['bytes'])) / 1e6:.2f} MB; "
        f"left out {account['left out']}"
    )
    print(f"sha256 of the sorted paths and sha256s: {account['digest']}\n")


def _measure_folder(options: argparse.Namespace, texts: Path, room: Path) -> None:
    folder, dialect = options.folder, options.dialect
    measures = [
        *floors("sqlglot.parse", texts, dialect),
        Measure("cold, 1 process", work("fieldgate.py", folder, dialect, 1), limit=COLD),
        Measure("cold, 2 processes", work("fieldgate.py", folder, dialect, 2), limit=COLD_TWO),
    ]
    measures += _cached_measures(options, texts, room)
    found = interleave(measures, options.rounds)
    print_table(measures, found)
    print_accounts(measures, found)


def _cached_measures(options: argparse.Namespace, texts: Path, room: Path) -> list[Measure]:
    """Warm and changed, on a copy of the folder whose cache is filled here."""
    folder = room / "folder"
    shutil.copytree(options.folder, folder, symlinks=True)
    command = work("fieldgate.py", folder, options.dialect, 1, room / "cache")
    run(command)
    edits = Edits(folder, texts, options.dialect)
    return [
        Measure("warm, nothing changed", command, limit=WARM),
        Measure("one file changed", command, before=edits.change, limit=CHANGED),
    ]


def _measure_copies(options: argparse.Namespace, texts: Path, room: Path) -> None:
    said = run(work("names.py", options.folder, options.dialect)).account
    names, functions = said["names"], said["functions"]
    assert isinstance(names, list)
    assert isinstance(functions, list)
    measures = []
    for count in (1, options.copies):
        folder = room / f"copies{count}"
        make_copies(texts, names, functions, count, folder)
        command = work("fieldgate.py", folder, options.dialect, 1)
        measures.append(Measure(f"{count} x the corpus", command))
    print(f"\n{options.copies} copies, {len(names)} names given a suffix in each")
    found = interleave(measures, options.rounds)
    print_table(measures, found)
    print_accounts(measures, found)
    one, many = (found[measure.name] for measure in measures)
    empty = room / "empty"
    empty.mkdir()
    idle = run(work("fieldgate.py", empty, options.dialect, 1)).peak
    limit = GROWTH * options.copies
    most = limit * median(one, "peak") + idle
    print(f"time: {median(many) / median(one):.2f} x (limit {limit:.2f} x)")
    print(
        f"peak memory: {median(many, 'peak') / median(one, 'peak'):.2f} x, "
        f"{median(many, 'peak') / 1e6:.0f} MB (limit {limit:.2f} x and the "
        f"{idle / 1e6:.0f} MB of a run without files: {most / 1e6:.0f} MB)"
    )


if __name__ == "__main__":
    main()
